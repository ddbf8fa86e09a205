"""What a door may ask: one module for each thing that people do."""
