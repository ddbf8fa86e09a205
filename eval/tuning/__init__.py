"""Fitting weights and calibrations on judged lists."""
