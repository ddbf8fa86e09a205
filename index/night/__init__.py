"""One night's work: build, compare, gate, publish, prune, and forget."""
