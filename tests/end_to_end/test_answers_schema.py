"""The published JSON Schema, held to real answers, of which it leaves nothing out."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from index import Index
from recommender.relationships import Relationship

GOALS = (
    "I want to present my work in English without reading from the screen.",
    "We had a bad year. I want to lead a small team one day. How do I read a balance sheet?",
    "zymurgy",
)

Json = dict[str, Any]


@pytest.fixture(scope="module")
def schema(repository: Path) -> Json:
    document = json.loads((repository / "recommender" / "answers.schema.json").read_text("utf-8"))
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def index(halden_index: Path) -> Index:
    return Index.open(halden_index)


def closed(schema: Any) -> Any:
    """Return a schema that forbids what it does not name, as the published one must not."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: closed(part) for name, part in schema.items()}
    if isinstance(strict.get("properties"), dict):
        strict["additionalProperties"] = False
    return strict


def check(document: Json, schema: Json, name: str) -> None:
    strict = closed({**schema, "anyOf": [{"$ref": f"#/$defs/{name}"}]})
    jsonschema.validate(json.loads(json.dumps(document)), strict)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("person", ["H0012", "H0001"])
def test_an_answer_is_what_the_schema_says(
    index: Index, schema: Json, person: str, goal: str
) -> None:
    check(index.recommend(person, goal).to_json(), schema, "recommendation")


def test_why_not_is_what_the_schema_says(index: Index, schema: Json) -> None:
    (part,) = index.recommend("H0012", GOALS[0], relationship="peer", limit=40).lists
    last = part.suggestions[-1].person_id
    for kind in Relationship:
        ruled_out = index.why_not("H0012", "H0012", kind).to_json()
        assert ruled_out["reasons"]
        check(ruled_out, schema, "why_not")
    behind = index.why_not("H0012", last, "peer", goal=GOALS[0]).to_json()
    assert behind["held_back_by"]
    check(behind, schema, "why_not")


def test_every_property_is_held_to(index: Index, schema: Json) -> None:
    """Whatever is taken away from an answer, or given another type, is noticed."""
    answer = index.recommend("H0012", GOALS[1]).to_json()
    tried = 0
    for path in paths_of(answer):
        for broken in (without(answer, path), replaced(answer, path)):
            if path[:1] + path[2:3] == ["lists", "excluded"] and len(path) > 3:
                continue  # its keys are the rules
            tried += 1
            with pytest.raises(jsonschema.ValidationError):
                check(broken, schema, "recommendation")
    assert tried > 60


def paths_of(document: Any, above: tuple[Any, ...] = ()) -> list[list[Any]]:
    """List the ways to every property; of a list only to its first element's."""
    if isinstance(document, list):
        return paths_of(document[0], (*above, 0)) if document else []
    if not isinstance(document, dict):
        return []
    found = [[*above, name] for name in document]
    for name, part in document.items():
        found += paths_of(part, (*above, name))
    return found


def without(document: Json, path: list[Any]) -> Json:
    changed, last = at(document, path)
    del last[path[-1]]
    return changed


def replaced(document: Json, path: list[Any]) -> Json:
    changed, last = at(document, path)
    last[path[-1]] = [[None]]
    return changed


def at(document: Json, path: list[Any]) -> tuple[Json, Any]:
    """Copy a document; give it and what holds the last step of the path."""
    changed = copy.deepcopy(document)
    last: Any = changed
    for step in path[:-1]:
        last = last[step]
    return changed, last


def test_the_schema_itself_is_valid_and_open(schema: Json) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert '"additionalProperties": false' not in json.dumps(schema), "properties may be added"
