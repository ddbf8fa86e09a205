"""Which packages `python -m index` and `python -m eval` are, when they are started from here."""

import os
from collections.abc import Mapping
from pathlib import Path


def with_own_packages(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which `-m` finds this installation, not a folder where we stand."""
    paths = [str(Path(__file__).resolve().parents[2]), environment.get("PYTHONPATH", "")]
    own = {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    return {**environment, **own}
