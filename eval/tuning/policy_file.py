"""Numbers changed in a policy file, and nothing else: its comments and rules stay as they are."""

from collections.abc import Mapping

import tomlkit
from tomlkit.exceptions import TOMLKitError

from recommender.errors import InputError
from recommender.policy import parse_policy
from recommender.relationships import Relationship

Numbers = Mapping[str, float]


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
        InputError: it is no TOML.
        PolicyError: it is no policy, before or after the change.
    """
    try:
        document = tomlkit.parse(text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip() + "\n")
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise InputError(f"{source} is not valid TOML: {error}") from None
    for (kind, name), numbers in tables.items():
        if kind not in document:
            document.add(tomlkit.nl())
            document.add(kind, tomlkit.table(is_super_table=True))
        table = document[kind].setdefault(name, tomlkit.table())
        for key, number in numbers.items():
            table[key] = int(number) if float(number).is_integer() else float(number)
    changed = tomlkit.dumps(document)
    parse_policy(changed, source)
    return changed
