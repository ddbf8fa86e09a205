"""The programme in figures, for administrators: aggregates only, made once a day."""

from dataclasses import dataclass

from pydantic import ValidationError

from app.services.figures import (
    FIGURES,
    Answers,
    Balance,
    Division,
    Load,
    ProgrammeFigures,
    Said,
    Unmet,
    Week,
)
from app.services.identity import Identity
from app.services.programme_counts import count_figures
from app.services.workplace import Workplace
from app.store.daily_figures import DailyFigures, keep_figures, newest_figures
from recommender.errors import StoreBusyError


@dataclass(frozen=True, slots=True)
class Programme:
    """Figures for administrators; nobody's name, and never the text of a goal.

    All figures of a day are counted with the first look of that day, so that nobody reads a person
    off the difference of two looks.

    Every method raises `NotAllowedError` for anybody else, and `StoreError` where the store cannot
    be reached.
    """

    workplace: Workplace

    def balance(self, identity: Identity, division: Division) -> list[Balance]:
        """Set demand against supply, by kind and part of the company."""
        return self._today(identity).balance[division]

    def unmet(self, identity: Identity, division: Division) -> list[Unmet]:
        """Count goals that have had nobody for two weeks; few are left out."""
        return self._today(identity).unmet[division]

    def answers(self, identity: Identity) -> list[Answers]:
        """Return what became of the requests of the last 90 days."""
        return self._today(identity).answers

    def weeks(self, identity: Identity) -> list[Week]:
        """Count the requests of the last twelve weeks, the oldest week first."""
        return self._today(identity).weeks

    def load(self, identity: Identity) -> Load:
        """Return how evenly helping, and being shown, are spread."""
        return self._today(identity).load

    def said(self, identity: Identity, topic: str) -> list[Said]:
        """Count the answers to 'did you meet?' (`met`) or 'what came of it?' (`outcome`)."""
        return self._today(identity).said[topic]

    def _today(self, identity: Identity) -> ProgrammeFigures:
        identity.require_admin()
        moment, store = self.workplace.moment(), self.workplace.store
        smallest, today = self.workplace.settings.smallest_group, moment.now.date()
        with store.reading() as connection:
            kept = newest_figures(connection)
            before = _read(kept)
            if kept is not None and before is not None and kept.made_on >= today:
                return before
            made = count_figures(
                connection, moment.people, moment.policy.limits, smallest, moment.now
            )
        content, unread = FIGURES.dump_json(made).decode(), None
        if kept is not None and before is None:
            unread = kept.content
        try:
            with store.writing_at_leisure() as connection:
                return FIGURES.validate_json(keep_figures(connection, today, content, unread))
        except StoreBusyError:
            # what is not kept is not shown: the next look would count anew
            if before is None:
                raise
            return before


def _read(kept: DailyFigures | None) -> ProgrammeFigures | None:
    """Read figures; None where another version of the program kept others."""
    try:
        return None if kept is None else FIGURES.validate_json(kept.content)
    except ValidationError:
        return None
