"""The policy as an administrator sees, tries and saves it from a page."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from app.services.identity import Identity
from app.services.settings import PREFIX
from app.services.workplace import Workplace
from app.store.database import record
from index.disk import private
from recommender.answers import Request, SuggestionList
from recommender.errors import InputError
from recommender.policy import Policy, default_policy, parse_policy
from recommender.recommend import recommend
from recommender.relationships import Relationship

Tree = dict[str, Any]
"""A policy as tables of tables: what `Policy.model_dump` gives."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One goal answered by the policy that serves and by a changed one."""

    now: SuggestionList
    changed: SuggestionList


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that a changed policy sets otherwise."""

    path: tuple[str, ...]
    """Where it stands, as in the file: `("mentor", "weights", "words")`."""
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class PolicyDesk:
    """What administrators do with the policy.

    Every method raises `NotAllowedError` for anybody else.
    """

    workplace: Workplace

    def serving(self, identity: Identity) -> Policy:
        """Return the policy of the snapshot that serves."""
        identity.require_admin()
        return self.workplace.moment().policy

    def saved(self, identity: Identity) -> Policy:
        """Return the policy that the next build will use.

        Raises:
            PolicyError: the file has problems.
            InputError: the file cannot be read.
        """
        identity.require_admin()
        path = self.workplace.settings.policy_file
        if path is None or not path.exists():
            return default_policy() if path is not None else self.workplace.moment().policy
        return _parse(_read(path), path.name)

    def waits(self, identity: Identity) -> bool:
        """Return whether a saved policy waits for the next build.

        Raises:
            PolicyError: the file has problems.
            InputError: the file cannot be read.
        """
        return self.saved(identity) != self.serving(identity)

    def check(self, identity: Identity, changes: Mapping[str, Any]) -> Policy:
        """Lay changes over the saved policy.

        Args:
            identity: the administrator.
            changes: what differs, as in the file: `{"mentor": {"weights": {"words": 0.3}}}`.

        Raises:
            PolicyError: a value is impossible.
        """
        identity.require_admin()
        tree = _laid_over(self.saved(identity).model_dump(), changes)
        return _parse(to_toml(tree), "the changed policy")

    def try_out(
        self,
        identity: Identity,
        changed: Policy,
        relationship: Relationship,
        seeker_id: str,
        goal: str,
    ) -> Trial:
        """Answer one goal by the policy that serves and by a changed one.

        No live facts are laid over: nothing is shown of who is paused, full or hidden from whom.

        Raises:
            GoalError: the goal cannot be answered.
            UnknownPersonError: nobody has this id.
        """
        identity.require_admin()
        moment = self.workplace.moment()
        request = Request(seeker_id, goal, relationship)
        (now,) = recommend(moment.snapshot, request, moment.policy).lists
        (then,) = recommend(moment.snapshot, request, changed).lists
        return Trial(now, then)

    def effects(
        self,
        identity: Identity,
        changed: Policy,
        relationship: Relationship,
        seeker_id: str,
        goals: Sequence[str],
    ) -> dict[str, int]:
        """Count for each weight how many of those shown would be others if it were 0.

        Args:
            identity: the administrator.
            changed: the policy that is looked at.
            relationship: the kind.
            seeker_id: the sample's seeker.
            goals: the sample's goals; the counts are summed over them.

        Raises:
            GoalError: a goal cannot be answered.
            UnknownPersonError: nobody has this id.
        """
        identity.require_admin()
        snapshot = self.workplace.moment().snapshot
        weights = changed.of(relationship).weights
        used = [name for name, weight in weights.items() if weight]

        def shown(policy: Policy, goal: str) -> set[str]:
            (only,) = recommend(snapshot, Request(seeker_id, goal, relationship), policy).lists
            return {one.person_id for one in only.suggestions}

        counts = dict.fromkeys(used, 0)
        for goal in goals:
            whole = shown(changed, goal)
            for name in used if len(used) > 1 else ():
                tree = {relationship.value: {"weights": {**weights, name: 0.0}}}
                without = _parse(to_toml(_laid_over(changed.model_dump(), tree)), "a sample")
                counts[name] += len(whole - shown(without, goal))
        return counts

    def save(self, identity: Identity, changed: Policy) -> Path:
        """Write the company's policy file, which the next build uses; gives its path.

        The file holds what differs from the defaults. The one before is kept beside it.

        Raises:
            InputError: the settings name no policy file, or it cannot be written.
        """
        identity.require_admin()
        path = self.workplace.settings.policy_file
        if path is None:
            raise InputError(
                f"the settings name no policy file; set policy_file ({PREFIX}POLICY_FILE) and "
                "restart"
            )
        now = self.workplace.clock()
        differs = _difference(default_policy().model_dump(), changed.model_dump())
        text = (
            f"# Written by the page The policy on {now:%Y-%m-%d}: what differs from the defaults.\n"
        )
        try:
            draft = path.with_name(path.name + ".new")
            private.make_file(draft)
            draft.write_text(text + to_toml(differs), encoding="utf-8")
            if path.exists():
                before = path.with_name(path.name + ".before")
                private.make_file(before)
                shutil.copyfile(path, before)
            draft.replace(path)
        except OSError as error:
            raise InputError(f"the policy file {path} cannot be written: {error}") from None
        with self.workplace.store.writing() as connection:
            record(connection, now, identity.person_id, "policy.saved", path.name[:200])
        return path


def to_toml(tree: Mapping[str, Any]) -> str:
    """Write tables of tables of numbers, words and truth values as TOML."""
    return tomlkit.dumps(tree)


def differences(before: Policy, after: Policy) -> list[Difference]:
    """List what differs between two policies, in the order of the file."""
    return list(_compare(before.model_dump(), after.model_dump(), ()))


def _compare(before: Tree, after: Tree, path: tuple[str, ...]) -> Iterator[Difference]:
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _compare(old, new, (*path, key))
        elif (old or 0) != (new or 0) if path[-1:] == ("weights",) else old != new:
            yield Difference((*path, key), old, new)


def _laid_over(base: Tree, own: Mapping[str, Any]) -> Tree:
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, Mapping)
        merged[key] = _laid_over(below, value) if both else value  # type: ignore[arg-type]
    return merged


def _difference(base: Tree, own: Tree) -> Tree:
    """Keep what differs from the base; a weight that was taken away counts as 0."""
    found: Tree = {}
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            below = _difference(base[key], value)
            if below:
                found[key] = below
        elif base.get(key) != value:
            found[key] = value
    return found


def _parse(text: str, source: str) -> Policy:
    return parse_policy(text, source)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the policy file {path} cannot be read: {error}") from None
