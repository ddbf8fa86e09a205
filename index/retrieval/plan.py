"""Which kind of FAISS index a snapshot has, and what was measured on it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

FLAT_PASSAGES = 200_000
"""Up to here one pass over all vectors costs less than about 30 ms: an exact index."""

Kind = Literal["flat", "ivf"]


def kind_for(n_passages: int) -> Kind:
    """Choose the kind of index by size; how vectors are kept goes by the same."""
    return "flat" if n_passages <= FLAT_PASSAGES else "ivf"


class Probes(BaseModel):
    """How many lists to look into when at least this share of people is eligible."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fraction: float
    nprobe: int
    recall: float
    """Of the people of the 50 nearest eligible passages, found among those of the `FETCHED` ones
    that are scored exactly; measured at build time against exact search."""


class Plan(BaseModel):
    """The kind of FAISS index, chosen by size, and what was measured on it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "flat"
    nlist: int = 0
    probes: tuple[Probes, ...] = ()
    """By ascending fraction; empty for an exact index."""

    def nprobe(self, fraction: float) -> int:
        """Return the number of lists to look into where `fraction` of all people are eligible."""
        fitting = [probe.nprobe for probe in self.probes if probe.fraction <= fraction]
        return fitting[-1] if fitting else self.nlist
