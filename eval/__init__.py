"""The evaluator's room: datasets, runs, measures, audits, reports and baselines."""
