"""The people export: read, checked and reported row by row."""
