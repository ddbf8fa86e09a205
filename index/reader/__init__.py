"""Readers of shortlists: small ones from files, large ones behind an endpoint, recorded ones."""
