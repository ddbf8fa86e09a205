"""Table files of every format as text."""
