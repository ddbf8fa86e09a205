"""Every error that this project raises on purpose, in one tree.

    LearningRelationshipsError
    ├── InputError            what was passed in cannot be used
    │   ├── PeopleFileError   the people export has problems; carries all of them
    │   ├── PolicyError       the policy file has an unknown key or an impossible value
    │   ├── DatasetError      an evaluation dataset cannot be read
    │   ├── UnknownPersonError
    │   └── GoalError         a goal that cannot be answered (empty, too long)
    ├── ModelError            the encoder cannot be found, verified or loaded
    ├── SnapshotError         a snapshot is missing, damaged or made by another version
    ├── BuildError            a build stopped; what served before goes on serving
    │   ├── BusyError         another build or publish is at work in the same index folder
    │   ├── DropError         far fewer people than before; somebody must say that it is meant
    │   ├── ManagersError     many people have another manager; somebody must say that it is meant
    │   ├── IdentityError     numbers may be other people's than before; somebody must say whose
    │   └── GateError         the measured quality keeps a new snapshot from being published
    └── StoreError            the store refused or could not be reached
        ├── NotAllowedError   the person who asks may not do or see this
        ├── ConflictError     somebody else was faster (capacity, an answered request)
        ├── LimitError        the person has as much open, or asked as often, as anybody may
        └── StoreBusyError    others were writing for all the time that was waited

A message says what was wrong, where, and what to do next, in one line where it can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file: where it is, what is wrong, and what to do about it."""

    file: str
    code: str
    """A stable short name of the fault, for programs."""
    message: str
    remedy: str
    row: int | None = None
    """The row as a spreadsheet shows it, the header being row 1; None for the whole file."""
    column: str = ""
    """The column's name, empty where a whole row or the whole file is meant."""
    value: str = ""
    """The offending value, shortened; empty where there is none to show."""
    severity: Literal["error", "warning"] = "error"
    line: int | None = None
    """The line in the text file where the row begins, given where it differs from `row`."""

    @property
    def place(self) -> str:
        """Return where the fault is, as 'row 7 (line 12 of the file), manager_id'."""
        parts = []
        if self.row is not None:
            parts.append(f"row {self.row}" + (f" (line {self.line})" if self.line else ""))
        if self.column:
            parts.append(self.column)
        return ", ".join(parts)


class LearningRelationshipsError(Exception):
    """Base of all errors that a caller may want to show to a person."""


class InputError(LearningRelationshipsError):
    """What was passed in cannot be used."""


class PeopleFileError(InputError):
    """The people export has problems; `problems` holds all of them, errors and warnings."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        errors = [problem for problem in problems if problem.severity == "error"]
        first = errors[0]
        place = f"{first.place}: " if first.place else ""
        many = "1 problem" if len(errors) == 1 else f"{len(errors):,} problems, the first"
        super().__init__(
            f"{file} has {many}: {place}{first.message}; {first.remedy} "
            "('python -m index validate' lists all problems)"
        )
        self.problems = tuple(problems)


class PolicyError(InputError):
    """The policy file has an unknown key or an impossible value."""


class DatasetError(InputError):
    """An evaluation dataset or a run has problems; `problems` holds all of them."""

    def __init__(self, source: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        if not problems:
            super().__init__(source)
            return
        first = problems[0]
        place = f"{first.file}, {first.place}: " if first.place else f"{first.file}: "
        many = "1 problem" if len(problems) == 1 else f"{len(problems):,} problems, the first"
        super().__init__(
            f"{source} has {many}: {place}{first.message}; {first.remedy} "
            "('python -m eval validate' lists all problems)"
        )


class UnknownPersonError(InputError):
    """No person has this id in the snapshot that serves."""

    def __init__(self, person_id: str) -> None:
        super().__init__(
            f"no person with the id {person_id!r} in this index; "
            "check the id, or rebuild the index from an export that has this person"
        )
        self.person_id = person_id


class GoalError(InputError):
    """A goal that cannot be answered."""


class ModelError(LearningRelationshipsError):
    """The encoder cannot be found, verified or loaded."""


class SnapshotError(LearningRelationshipsError):
    """A snapshot is missing, damaged or made by another version."""


class BuildError(LearningRelationshipsError):
    """A build stopped; what served before goes on serving."""


class BusyError(BuildError):
    """Another build or publish is at work in the same index folder."""


class DropError(BuildError):
    """Far fewer people than before, or nobody can tell; somebody must say that it is meant."""


class ManagersError(BuildError):
    """Many people have another manager than is published; somebody must say that it is meant."""


class IdentityError(BuildError):
    """Numbers may be other people's than before; somebody must say whose they are."""


class GateError(BuildError):
    """The measured quality keeps a new snapshot from being published."""


class StoreError(LearningRelationshipsError):
    """The store refused or could not be reached."""


class NotAllowedError(StoreError):
    """The person who asks may not do or see this."""


class ConflictError(StoreError):
    """Somebody else was faster."""


class LimitError(StoreError):
    """The person has as much open, or did it as often of late, as anybody may."""


class StoreBusyError(StoreError):
    """Others were writing for all the time that was waited; nothing was saved."""
