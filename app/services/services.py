"""The only wiring: every service of one server, on one snapshot, store and clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.services.answering import Answering
from app.services.asking import Asking
from app.services.finding import Finding
from app.services.network import Network
from app.services.night import Night
from app.services.offering import Offering
from app.services.policy_desk import PolicyDesk
from app.services.programme import Programme
from app.services.reading import Reading
from app.services.settings import Settings
from app.services.workplace import Published, Workplace
from app.store.database import Store
from app.store.records import Clock
from index.disk.index_folder import IndexFolder
from index.serving.reader import IndexReader


@dataclass(frozen=True, slots=True)
class Services:
    """What pages and commands call; each call names the `Identity` on whose behalf it is made."""

    workplace: Workplace
    finding: Finding
    reading: Reading
    asking: Asking
    answering: Answering
    offering: Offering
    network: Network
    programme: Programme
    night: Night
    policy: PolicyDesk


def open_services(
    settings: Settings,
    *,
    clock: Clock = lambda: datetime.now(UTC),
    current: Callable[[], Published] | None = None,
) -> Services:
    """Open the index and the store and wire every service.

    Args:
        settings: where the index and the store are, who administers.
        clock: tells the moment, aware, in UTC.
        current: gives the snapshot that serves; None opens the index folder of the settings.

    Raises:
        SnapshotError: the index cannot be opened.
        StoreError: the store cannot be reached, or needs `python -m app migrate`.
    """
    store = Store(settings.store)
    IndexFolder(settings.index).warn_of_readers()
    give = current or IndexReader(settings.index, by_key=True).current
    workplace = Workplace(give, store, settings, clock)
    workplace.current()
    finding = Finding(workplace)
    return Services(
        workplace=workplace,
        finding=finding,
        reading=Reading(finding, settings.reader.open() if settings.reader else None),
        asking=Asking(workplace),
        answering=Answering(workplace),
        offering=Offering(workplace),
        network=Network(workplace),
        programme=Programme(workplace),
        night=Night(workplace),
        policy=PolicyDesk(workplace),
    )
