"""Training cases, and the adapter that is trained on them."""
