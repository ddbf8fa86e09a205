"""A reader that takes its answers from a file: any model can be measured where no endpoint is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index.reader.reading_answer import AnswerError, read_answer
from index.reader.reading_request import make_request
from recommender.errors import InputError
from recommender.reader import Opinion, Shortlist

READS = 20
"""How many people of a list were asked about where an answer does not say."""


@dataclass(frozen=True)
class ReplayReader:
    """A `recommender.reader.Reader` over answers that were given before."""

    name: str
    answers: Mapping[str, str]
    """By the request's key."""
    reads: int = READS
    weight: float = 4.0

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a file of JSON lines, each with the `key` and `reads` of a request and its `answer`.

        Without `reads`, 20 people of a list were asked about.

        Raises:
            InputError: it cannot be read, or a line is none; says which.
        """
        answers: dict[str, str] = {}
        reads: set[int] = set()
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"the answers {path} cannot be read ({error})") from None
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                answer = row["answer"]
                reads.add(int(row.get("reads", READS)))
                answers[str(row["key"])] = (
                    answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
                )
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise InputError(
                    f"{path.name}, line {number}: expected an object with key and answer"
                ) from None
        if len(reads) > 1:
            raise InputError(
                f"{path.name}: the lines differ in reads ({', '.join(map(str, sorted(reads)))}); "
                "measure each number by itself"
            )
        return cls(f"replay of {path.name}", answers, *reads)

    def read(self, shortlist: Shortlist) -> Sequence[Opinion] | None:
        """Look the answer up; None where there is none, or it breaks the schema."""
        request = make_request(shortlist)
        if request.key not in self.answers:
            return None
        try:
            return read_answer(self.answers[request.key], request)
        except AnswerError:
            return None
