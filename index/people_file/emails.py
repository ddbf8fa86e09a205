"""E-mail addresses: who could sign in with theirs, and who could not."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index.people_file.tables.table import Table
from recommender.errors import Problem

_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

_ADDRESS = r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+"
_DECORATED = re.compile(
    rf"(?:[^<>@]*<\s*)?(?:mailto:|smtp:)?\s*({_ADDRESS})\s*>?[;,.]?|({_ADDRESS})\s*\([^()@]*\)",
    re.IGNORECASE,
)


def plain_address(email: object) -> str:
    """Write an e-mail address as it is compared: no blanks around it, ASCII letters lower-cased.

    No other letter is folded: `straße@` is not `strasse@`.
    """
    return str(email).strip(" \t\r\n").translate(_LOWER)


def bare_address(text: str) -> str:
    """Take an address out of what stands around it: 'Anna <a@x.org>' and 'mailto:a@x.org'.

    Text that holds no address, or several, stays as it stands.
    """
    found = _DECORATED.fullmatch(text)
    return (found[1] or found[2]) if found else text


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who could not sign in by OpenID Connect, since their e-mail does not name one person."""

    absent: NDArray[np.bool_]
    """`(n_people,)`: there is no e-mail."""
    unreadable: NDArray[np.bool_]
    """There is something else."""
    shared: NDArray[np.bool_]
    """Somebody else has the same."""

    @classmethod
    def of(cls, emails: pd.Series) -> "SignIn":
        """Look at a cleaned column."""
        keys = emails.map(plain_address)
        absent = (emails == "").to_numpy(np.bool_)
        good = emails.str.fullmatch(_ADDRESS).to_numpy(np.bool_)
        return cls(absent, ~absent & ~good, good & keys.duplicated(keep=False).to_numpy(np.bool_))

    @property
    def count(self) -> int:
        """How many people could not sign in."""
        return int((self.absent | self.unreadable | self.shared).sum())


def find_locked_out(table: Table, texts: pd.DataFrame, judged: NDArray[np.bool_]) -> list[Problem]:
    """Warn about everyone who could not sign in with OpenID Connect."""
    if "email" not in texts:
        return []
    found, cells = SignIn.of(texts["email"]), texts["email"].tolist()
    checks = (
        (found.absent, "no_email", "there is no e-mail address", "fill it in"),
        (found.unreadable, "bad_email", "this is not one e-mail address",
         "write one address, such as anna@firm.example"),
        (found.shared, "shared_email", "several people have this e-mail address",
         "give each person the address of their own sign-in"),
    )  # fmt: skip
    return [
        table.problem(
            record, "email", code,
            f"{message}: with sign-in by OpenID Connect the person cannot sign in", remedy,
            value=cells[record], severity="warning",
        )
        for mask, code, message, remedy in checks
        for record in np.flatnonzero(mask & judged).tolist()
    ]  # fmt: skip
