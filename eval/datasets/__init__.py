"""Judged companies as folders of tables."""
