"""Who people are, beyond the number that a people file gives them.

A number is given again, counted anew, or loses its leading zeros; the human behind it is known by a
key that stays. The key is the number under which somebody was first met, or, where that was
somebody else's before, that number with a piece of the fingerprint. Of e-mail, name and hire date
only fingerprints are kept: hashes under a secret of the index folder, which tell whether two are
the same and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index.snapshot.tables import write_frame

IDENTITIES = "identities.parquet"
COLUMNS = (
    "person_key", "person_id", "email_print", "name_print", "former_prints", "last_seen", "lineage",
)  # fmt: skip
"""A row is one human: those of the snapshot first, in its order, then those who are gone.

`former_prints` are joined by ";"; `last_seen` is an ISO day; `lineage` names the secret under which
the fingerprints were made, the same in every row."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One human of a snapshot."""

    person_key: str
    person_id: str
    """The number of this night's people file."""
    prints: frozenset[str]
    """Of every e-mail and name that the human had; empty where nothing is known."""

    def fits(self, prints: Iterable[str]) -> bool:
        """Whether others' fingerprints may be this human's: one is the same, or none known."""
        others = frozenset(prints)
        return not others or not self.prints or bool(self.prints & others)


@dataclass(frozen=True, eq=False)
class Identities:
    """The humans of one snapshot, and those of earlier ones."""

    table: pd.DataFrame
    """The columns `COLUMNS`."""
    n_people: int
    """How many of the rows are people of the snapshot."""

    @classmethod
    def open(cls, folder: Path, n_people: int) -> "Identities | None":
        """Read a snapshot's; None where an earlier version made it, or its vectors were drawn."""
        table = read_identities(folder)
        return None if table is None else cls(table, n_people)

    @property
    def lineage(self) -> str:
        """Name the secret under which the fingerprints were made."""
        return str(self.table["lineage"].iloc[0]) if len(self.table) else ""

    @cached_property
    def keys(self) -> NDArray[np.object_]:
        """The keys of the snapshot's people: `(n_people,)`."""
        return self.table["person_key"].to_numpy(dtype=object)[: self.n_people]

    @cached_property
    def _rows(self) -> pd.Index:
        return pd.Index(self.keys, dtype=object)

    def of(self, keys: Iterable[str]) -> dict[str, Fingerprint]:
        """Look up people of the snapshot by their keys; who is not in it is absent."""
        wanted = list(keys)
        rows = self._rows.get_indexer(pd.Index(wanted, dtype=object))
        found = [(key, row) for key, row in zip(wanted, rows.tolist(), strict=True) if row >= 0]
        some = self.table.iloc[[row for _, row in found]]
        return {
            key: Fingerprint(key, str(row.person_id), prints_of(row))
            for (key, _), row in zip(found, some.itertuples(index=False), strict=True)
        }

    def without(self, person_id: str) -> pd.DataFrame:
        """Return the table without everybody who has or had a number."""
        return self.table[self.table["person_id"] != person_id].reset_index(drop=True)

    def has(self, person_id: str) -> bool:
        """Return whether somebody has or had a number."""
        return bool((self.table["person_id"] == person_id).any())


def prints_of(row: object) -> frozenset[str]:
    """Collect all fingerprints of a row of `COLUMNS`."""
    former = str(getattr(row, "former_prints", "")).split(";")
    own = (str(getattr(row, "email_print", "")), str(getattr(row, "name_print", "")))
    return frozenset((*own, *former)) - {""}


def write_identities(folder: Path, table: pd.DataFrame) -> None:
    """Write the table into a snapshot that is being made."""
    write_frame(folder / IDENTITIES, table[list(COLUMNS)])


def read_identities(folder: Path) -> pd.DataFrame | None:
    """Read the table of a snapshot; None where it has none."""
    path = folder / IDENTITIES
    return pd.read_parquet(path) if path.exists() else None
