"""How fast, how large, how much of the best is found."""
