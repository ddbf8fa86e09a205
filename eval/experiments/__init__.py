"""Running systems on datasets, and comparing what came of it."""
