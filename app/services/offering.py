"""What a helper offers: the kinds, how many, a pause, and what may be quoted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.services.answering import check_pause
from app.services.identity import Identity
from app.services.workplace import PersonCard, Workplace
from app.store.database import record
from app.store.offers import find_offer, save_offer
from app.store.records import Offer
from app.store.relationships import count_active
from recommender.errors import InputError
from recommender.profiles import Field
from recommender.relationships import Relationship
from recommender.retrieval import QUOTABLE

MAX_CAPACITY = 20
"""Nobody is a mentor to more people than this at a time and does it well."""


@dataclass(frozen=True, slots=True)
class MyOffer:
    """What is true of a helper at this moment: their own word here, else the people file's."""

    open_to: frozenset[Relationship]
    capacity: int
    active: int
    """How many the helper helps now; these count against `capacity`."""
    paused_until: date | None
    """The first day back; None where not paused."""
    quotable: frozenset[Field]
    is_own_word: bool
    """Whether anything was set here; else all of it comes from the people file."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a helper appears to others."""

    card: PersonCard
    kinds: tuple[Relationship, ...]
    """The kinds for which the helper may be suggested today; empty while paused or full."""
    passages: tuple[tuple[Field, str], ...]
    """What a card may quote, in the order of the profile."""


@dataclass(frozen=True, slots=True)
class Offering:
    """A person's own offer; there is no way to ask for anybody else's.

    Every method raises `StoreError` where the store cannot be reached, and `UnknownPersonError`
    where the person is not in the snapshot.
    """

    workplace: Workplace

    def mine(self, identity: Identity) -> MyOffer:
        """Return what the person offers now."""
        moment = self.workplace.moment()
        people = moment.people
        row = people.row(identity.person_id)
        with self.workplace.store.reading() as connection:
            own = find_offer(connection, identity.person_id)
            active = count_active(connection, identity.person_id)
        from_file = frozenset(kind for kind in Relationship if people.open_to[row] & kind.bit)
        return MyOffer(
            open_to=from_file if own.open_to is None else own.open_to,
            capacity=int(people.capacity[row]) if own.capacity is None else own.capacity,
            active=active,
            paused_until=own.paused_until if own.is_paused(moment.now) else None,
            quotable=frozenset(QUOTABLE) if own.quotable is None else own.quotable,
            is_own_word=own != Offer(identity.person_id),
        )

    def save(
        self,
        identity: Identity,
        *,
        open_to: frozenset[Relationship],
        capacity: int,
        paused_until: date | None,
        quotable: frozenset[Field],
    ) -> None:
        """Set the person's offer; everybody's very next query obeys it.

        Args:
            identity: the helper.
            open_to: the kinds they would do; empty for none.
            capacity: how many people at a time, 0 to `MAX_CAPACITY`; those they help already go on.
            paused_until: the first day back, after today; None for no pause.
            quotable: the parts of the profile that a card may quote.

        Raises:
            InputError: a number or a day is impossible.
        """
        moment = self.workplace.moment()
        moment.people.row(identity.person_id)
        check_pause(paused_until, moment.now)
        if not 0 <= capacity <= MAX_CAPACITY:
            raise InputError(f"capacity is a number from 0 to {MAX_CAPACITY}, not {capacity}")
        if not quotable <= frozenset(QUOTABLE):
            raise InputError("a part of the profile that is never quoted cannot be chosen")
        offer = Offer(identity.person_id, open_to, capacity, paused_until, quotable)
        with self.workplace.store.writing() as connection:
            moment.bind(connection, identity.person_id)
            save_offer(connection, offer, moment.now)
            record(connection, moment.now, identity.person_id, "offer.changed", identity.person_id)

    def appearance(self, identity: Identity) -> Appearance:
        """Show the person how others would see them."""
        moment = self.workplace.moment()
        offer = self.mine(identity)
        row = moment.people.row(identity.person_id)
        numbers = moment.snapshot.passages_of(row)
        fields = [Field(int(field)) for field in moment.snapshot.fields(numbers)]
        texts: Sequence[str] = moment.snapshot.texts(numbers)
        free = offer.paused_until is None and offer.active < offer.capacity
        available = free and bool(moment.people.active[row])
        return Appearance(
            card=moment.card(identity.person_id),
            kinds=tuple(kind for kind in Relationship if available and kind in offer.open_to),
            passages=tuple(
                (field, text)
                for field, text in zip(fields, texts, strict=True)
                if field in offer.quotable
            ),
        )
