"""The four kinds of learning relationship: question, purpose, what the helper does."""

from dataclasses import dataclass
from enum import StrEnum


class Relationship(StrEnum):
    """A kind of learning relationship; its value is the word used in files and JSON."""

    MENTOR = "mentor"
    COACH = "coach"
    SPONSOR = "sponsor"
    PEER = "peer"

    @property
    def bit(self) -> int:
        """This kind's bit in `People.open_to`."""
        return 1 << list(Relationship).index(self)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a relationship is for, in the words shown to people."""

    relationship: Relationship
    question: str
    """The key question that this relationship answers."""
    purpose: str
    """What the helper does, in one sentence to the seeker."""
    thing: str
    """What one does in it, following 'I want to'."""
    first_topic: str
    """How a first conversation of this kind begins, following 'I would like to'."""
    first_question: str
    """The key question as the seeker would put it."""


KINDS: dict[Relationship, Kind] = {
    Relationship.MENTOR: Kind(
        Relationship.MENTOR,
        "Where do you want to go?",
        "Listens and advises on your way; low stakes, and no power over you.",
        "talk about direction",
        "think aloud with you about my way",
        "Where do I want to go?",
    ),
    Relationship.COACH: Kind(
        Relationship.COACH,
        "How can you improve your performance?",
        "Trains one skill of your present job with you, directly and tactically.",
        "practise a skill",
        "practise one thing with you until I do it better",
        "How can I improve my performance?",
    ),
    Relationship.SPONSOR: Kind(
        Relationship.SPONSOR,
        "How can we accomplish things together that will advance both of our careers?",
        "Puts their own weight behind something that advances you both.",
        "be put forward",
        "show you something that could advance us both",
        "How can we accomplish things together that will advance both of our careers?",
    ),
    Relationship.PEER: Kind(
        Relationship.PEER,
        "How can we help each other get better?",
        "Learns with you, as an equal: both give and both take.",
        "swap notes with an equal",
        "compare notes with you",
        "How can we help each other get better?",
    ),
}
