"""A language model's answer, read strictly: grades for everybody, and quotations to the letter."""

import json

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.reader.reading_request import ReadingRequest, SentPassage
from recommender.errors import LearningRelationshipsError
from recommender.reader import Case, Opinion

SURE = 0.85
"""The probability of the grade that was given; the others share the rest. Not calibrated: a company
that has judgements of its own can see by 'eval strength' whether it holds."""
CASE = 0.8
"""How likely a quotation of a language model is said to make the case; it only orders them."""
SHORTEST = 12
"""A shorter quotation proves nothing."""


class AnswerError(LearningRelationshipsError):
    """An answer that breaks the schema; it is asked for once more."""


class _Quote(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    need: int = Field(ge=1)
    text: str


class _Person(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    label: str
    grade: int = Field(ge=0, le=3)
    quotes: list[_Quote] = Field(max_length=8)


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    people: list[_Person]


def read_answer(text: str, request: ReadingRequest) -> list[Opinion]:
    """Turn an answer into opinions, in the order of the shortlist.

    A quotation that does not stand in that person's passages to the letter is dropped; somebody
    without a grade breaks the schema, a label that nobody has too.

    Raises:
        AnswerError: it is no JSON of the schema; the message quotes nothing of it.
    """
    try:
        answer = _Answer.model_validate(json.loads(_without_fence(text)))
    except (ValueError, RecursionError, ValidationError):
        raise AnswerError("the reader's answer breaks the schema") from None
    given = {person.label: person for person in answer.people}
    if set(given) != set(request.labels) or len(given) != len(answer.people):
        raise AnswerError("the reader's answer does not name everybody once")
    return [
        _opinion(given[label], passages, request.n_needs)
        for label, passages in zip(request.labels, request.passages, strict=True)
    ]


def _without_fence(text: str) -> str:
    text = text.strip()
    return text.removeprefix("```json").removeprefix("```").removesuffix("```")


def _opinion(person: _Person, passages: tuple[SentPassage, ...], n_needs: int) -> Opinion:
    grades = np.full(4, (1 - SURE) / 3)
    grades[person.grade] = SURE
    cases: dict[int, Case] = {}
    for quote in person.quotes if person.grade else ():
        wanted = " ".join(quote.text.split())
        if len(wanted) < SHORTEST or quote.need > n_needs:
            continue
        for passage in passages:
            if wanted in " ".join(passage.text.split()):
                cases.setdefault(passage.number, Case(quote.need - 1, passage.number, CASE))
                break
    return Opinion(person.grade / 3, grades, tuple(cases.values()))
