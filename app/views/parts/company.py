"""What all sessions of one server share: the settings, the snapshot that serves, the services."""

from functools import cache, lru_cache

from app.services.distress import sounds_like_distress
from app.services.names import names_of
from app.services.services import Services, open_services
from app.services.settings import Settings, load_settings
from app.services.workplace import Published


@cache
def settings() -> Settings:
    """Return this server's settings.

    Raises:
        InputError: they cannot be read.
    """
    return load_settings()


def current_snapshot() -> Published:
    """Return the published snapshot; a newly published one takes over by itself.

    Raises:
        SnapshotError: there is none, or it is damaged.
        StoreError: the store cannot be opened, or is not this index's.
    """
    return services().workplace.current()


@cache
def services() -> Services:
    """Return the services that every page calls.

    Raises:
        SnapshotError: the index cannot be opened.
        StoreError: the store cannot be opened.
    """
    return open_services(settings())


def check_ready() -> str:
    """Prove that a goal can be answered: snapshot open, encoder loaded, store there.

    Returns:
        The snapshot's id.

    Raises:
        LearningRelationshipsError: something is missing.
    """
    snapshot = current_snapshot()
    _answer_once(snapshot.snapshot_id)
    services().workplace.store.check()
    return snapshot.snapshot_id


@lru_cache(maxsize=2)
def _answer_once(snapshot_id: str) -> None:
    """Do once for each snapshot what the first goal would wait for."""
    snapshot = current_snapshot()
    sounds_like_distress(snapshot, f"snapshot {snapshot_id}")
    names_of(snapshot.people)
