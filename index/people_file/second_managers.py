"""Columns that look like a second manager: power that must not be overlooked."""

from dataclasses import replace

from recommender.errors import Problem

_SECOND: tuple[str, ...] = (
    "matrix", "dotted", "functional", "project", "second", "secondary", "2nd", "additional",
    "indirect", "other", "co", "alternate", "fachlich", "fachliche", "fachlicher", "projekt",
    "zweite", "zweiter", "funktionale", "fonctionnel", "projet", "funcional", "proyecto", "2", "ii",
)  # fmt: skip
"""What tells a second manager from the first, in some languages."""

_MANAGER: tuple[str, ...] = (
    "manager", "managers", "supervisor", "supervisors", "boss", "lead", "leader",
    "vorgesetzter", "vorgesetzte", "führungskraft", "leiter", "chef", "responsable", "jefe",
)  # fmt: skip

_ALONE: tuple[frozenset[str], ...] = (
    frozenset({"matrix", "id"}), frozenset({"dotted", "line"}), frozenset({"projektleiter"}),
    frozenset({"fachvorgesetzter"}), frozenset({"fachvorgesetzte"}), frozenset({"matrixmanager"}),
    frozenset({"manager2"}), frozenset({"reports", "to", "2"}),
    frozenset({"matrixmanagerid"}), frozenset({"secondmanager"}),
)  # fmt: skip

_NOT: frozenset[str] = frozenset({"level", "chain", "email", "count", "number", "is"})
"""Words of columns about the first line, or about how many there are."""


def looks_like_second_manager(column: str) -> bool:
    """Return whether a column's name speaks of a manager beside the first one."""
    words = set(column.replace(".", "_").strip("_").split("_"))
    if any(alone <= words for alone in _ALONE):
        return True
    if words & (_NOT - {"email"}):
        return False
    return not words.isdisjoint(_SECOND) and not words.isdisjoint(_MANAGER)


def looks_like_manager(column: str) -> bool:
    """Return whether a column's name speaks of the manager."""
    words = set(column.replace(".", "_").strip("_").split("_"))
    return words.isdisjoint(_NOT - {"email"}) and (
        not words.isdisjoint(_MANAGER) or {"reports", "to"} <= words
    )


def point_to_manager(problems: list[Problem]) -> list[Problem]:
    """Return the hint, in a file without manager_id, which column may be the one."""
    return [
        replace(problem, remedy="if it names the manager by id or e-mail, rename it to manager_id")
        if problem.code == "unknown_column" and looks_like_manager(problem.column)
        else problem
        for problem in problems
    ]


def refuse_second_managers(problems: list[Problem]) -> list[Problem]:
    """Turn the warning that such a column is ignored into an error.

    Args:
        problems: what was found about the header, among it the columns that are not known.
    """
    return [
        replace(
            problem,
            code="second_manager",
            message=f"the column {problem.column} looks like a second manager, whose power over "
            "the person would not be seen",
            remedy="rename it to matrix_manager_id, with ids or e-mail addresses, several joined "
            "by ';'; or leave it out of the export, if it gives nobody power",
            severity="error",
        )
        if problem.code == "unknown_column" and looks_like_second_manager(problem.column)
        else problem
        for problem in problems
    ]
