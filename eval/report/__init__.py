"""Results as a page that can be read."""
