"""What can be read of a snapshot without opening it, whichever version made it.

Every format has a manifest that lists its files, the people as a table, and the policy.
"""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from index import snapshot as layout
from recommender.errors import SnapshotError

NEEDED = ("person_id", "department")
"""Columns without which people cannot be compared."""


def read_people(folder: Path) -> pd.DataFrame:
    """Read the people of a snapshot of any format, after their checksum.

    Raises:
        SnapshotError: the manifest or the table is damaged, or tells too little.
    """
    path = _checked(folder, layout.PEOPLE)
    try:
        people = pd.read_parquet(path)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise SnapshotError(
            f"{layout.PEOPLE} of the snapshot {folder.name} cannot be read by this version "
            f"({type(error).__name__}); 'python -m index nightly' makes a new one"
        ) from error
    missing = [name for name in NEEDED if name not in people]
    if missing:
        raise SnapshotError(
            f"{layout.PEOPLE} of the snapshot {folder.name} has no column {', '.join(missing)}; "
            "'python -m index nightly' makes a new one"
        )
    return people


def read_policy(folder: Path) -> str:
    """Read the policy of a snapshot of any format, after its checksum.

    Raises:
        SnapshotError: the manifest or the policy is damaged.
    """
    return _checked(folder, layout.POLICY).read_text(encoding="utf-8")


def _checked(folder: Path, name: str) -> Path:
    record = layout.read_listing(folder).files.get(name)
    if record is None or not layout.is_whole(folder / name, record):
        raise layout.damaged(folder, name)
    return folder / name
