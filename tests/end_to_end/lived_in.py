"""A store in which something happened: requests in every state, relationships of some age."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.services.identity import Identity
from app.services.services import Services, open_services
from app.services.settings import Settings
from app.store.records import HelpRequest, SavedGoal
from recommender.relationships import Relationship

SEEKER = "H0012"

_GOALS = {
    Relationship.COACH: "In the Thursday demo I know what to say, and then my English and my "
    "heartbeat go away together. I want to practise presenting my own work.",
    Relationship.MENTOR: "In two years I would like to be an architect. I do not know what is "
    "missing.",
    Relationship.PEER: "I would like somebody to compare notes with on property based tests.",
}


def live_in(index_dir: Path, store: str) -> None:
    """Let `SEEKER` have a coach for months, a mentor for weeks, and open requests both ways."""
    ago = timedelta(days=100)
    settings = Settings(index=index_dir, store=store)
    services = open_services(settings, clock=lambda: datetime.now(UTC) - ago)
    me = Identity(SEEKER)
    coached = services.finding.save_goal(me, _GOALS[Relationship.COACH], Relationship.COACH)
    request = _ask(services, me, coached)
    services.answering.accept(Identity(request.helper_id), request.id)
    ago = timedelta(days=20)
    mentored = services.finding.save_goal(me, _GOALS[Relationship.MENTOR], Relationship.MENTOR)
    request = _ask(services, me, mentored)
    services.answering.accept(Identity(request.helper_id), request.id)
    ago = timedelta(days=2)
    declined = services.finding.save_goal(me, _GOALS[Relationship.PEER], Relationship.PEER)
    request = _ask(services, me, declined)
    services.answering.decline(Identity(request.helper_id), request.id)
    _ask(services, me, coached)
    other = Identity("H0008")
    goal = services.finding.save_goal(other, "I want to test invoices by properties.")
    services.asking.send(
        other, goal.id, Relationship.PEER, SEEKER,
        services.asking.draft(other, goal.id, Relationship.PEER, SEEKER),
    )  # fmt: skip
    services.workplace.store.close()


def _ask(services: Services, who: Identity, goal: SavedGoal) -> HelpRequest:
    assert goal.relationship is not None
    (only,) = services.finding.suggest(who, goal.id, goal.relationship).lists
    helper = only.suggestions[0]
    message = services.asking.draft(
        who, goal.id, goal.relationship, helper.person_id, helper.evidence
    )
    return services.asking.send(who, goal.id, goal.relationship, helper.person_id, message)
