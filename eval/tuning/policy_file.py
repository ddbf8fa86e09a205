"""Numbers changed in a policy file, and nothing else: its comments and rules stay as they are."""

import re
from collections.abc import Mapping

from recommender.errors import InputError, PolicyError
from recommender.policy import parse_policy
from recommender.relationships import Relationship

Numbers = Mapping[str, float]

_HEADER = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_NUMBER = re.compile(r"^(\s*([A-Za-z_]+)\s*=\s*)[-+0-9._einfa]+(\s*(?:#.*)?)$")


def write_numbers(
    text: str, tables: Mapping[tuple[Relationship, str], Numbers], source: str
) -> str:
    """Put numbers into the tables of a policy's text.

    A number that stands there is replaced; one that does not is added to its table, and a table
    that is not there to the end of the file.

    Args:
        text: a valid policy file.
        tables: the numbers by kind and name of a table (`weights`, `strength`).
        source: the file's name, for messages.

    Raises:
        InputError: the file writes its tables in a form that cannot be changed so.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n").split("\n")
    for (kind, name), numbers in tables.items():
        lines = _change(lines, f"{kind}.{name}", numbers)
    changed = "\n".join(lines) + "\n"
    try:
        policy = parse_policy(changed, source)
    except PolicyError as error:
        raise _cannot(source) from error
    for (kind, name), numbers in tables.items():
        found = policy.of(kind).model_dump()[name]
        if any(abs(found[key] - number) > 1e-9 for key, number in numbers.items()):
            raise _cannot(source)
    return changed


def _change(lines: list[str], table: str, numbers: Numbers) -> list[str]:
    result: list[str] = []
    left, inside, end = dict(numbers), False, None
    for line in lines:
        header = _HEADER.match(line)
        if header:
            inside = re.sub(r"[\s\"']", "", header[1]) == table
        found = _NUMBER.match(line) if inside else None
        if found and found[2] in left:
            line = f"{found[1]}{_write(left.pop(found[2]))}{found[3]}"
        result.append(line)
        if inside and line.strip() and not line.lstrip().startswith("#"):
            end = len(result)
    added = [f"{key} = {_write(number)}" for key, number in left.items()]
    if end is not None:
        return result[:end] + added + result[end:]
    return [*result, "", f"[{table}]", *added] if added else result


def _write(number: float) -> str:
    return f"{number:g}" if float(f"{number:g}") == number else repr(float(number))


def _cannot(source: str) -> InputError:
    return InputError(
        f"the numbers of {source} cannot be changed in place; write its tables as "
        "[mentor.weights] with a line for each number"
    )
