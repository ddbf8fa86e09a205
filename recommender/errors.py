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
    └── StoreError            the store refused or could not be reached
        ├── NotAllowedError   the person who asks may not do or see this
        └── ConflictError     somebody else was faster (capacity, an answered request)

A message says what was wrong, where, and what to do next, in one line where it can.
"""


class LearningRelationshipsError(Exception):
    """Base of all errors that a caller may want to show to a person."""


class InputError(LearningRelationshipsError):
    """What was passed in cannot be used."""


class PeopleFileError(InputError):
    """The people export has problems."""


class PolicyError(InputError):
    """The policy file has an unknown key or an impossible value."""


class DatasetError(InputError):
    """An evaluation dataset cannot be read."""


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


class StoreError(LearningRelationshipsError):
    """The store refused or could not be reached."""


class NotAllowedError(StoreError):
    """The person who asks may not do or see this."""


class ConflictError(StoreError):
    """Somebody else was faster."""
