"""The evaluator's room: datasets, runs, measures, audits, reports and baselines."""

import index  # noqa: F401 (sets what keeps libraries from connecting, before they are imported)
