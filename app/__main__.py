"""The terminal's door: `python -m app COMMAND`.

Exit codes: 0 answered, 1 a problem (one line on stderr), 2 wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from index.arguments import at_least_one
from index.disk.private import keep_private
from index.terminal import show, write_any_letter
from recommender.errors import LearningRelationshipsError
from recommender.relationships import Relationship

if TYPE_CHECKING:
    from index.serving.reader import Snapshot
    from recommender.live import LiveFacts
    from recommender.policy import Policy
    from recommender.reader import Reader


Answer = TypeVar("Answer")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    write_any_letter()
    keep_private()
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Ask for learning relationships."
    )
    add_commands(parser.add_subparsers(required=True, metavar="COMMAND"))
    return run(parser.parse_args(arguments))


def run(options: argparse.Namespace) -> int:
    """Do what was asked; an error is one line on stderr."""
    try:
        return int(options.run(options))
    except LearningRelationshipsError as error:
        show(f"error: {error}", sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except KeyboardInterrupt:
        show("stopped", sys.stderr)
    return 1


def _published(index_dir: Path) -> "tuple[Snapshot, Policy]":
    from index.serving.reader import IndexReader
    from recommender.policy import parse_policy

    snapshot = IndexReader(index_dir).current()
    return snapshot, parse_policy(
        snapshot.policy_text, f"policy of snapshot {snapshot.snapshot_id}"
    )


def _live_facts(
    snapshot: "Snapshot", policy: "Policy", store: str | None, person: str
) -> "LiveFacts | None":
    """Read what lies over the snapshot; None without a store."""
    from app.services.workplace import Moment
    from app.store.database import Store

    if store is None:
        return None
    moment = Moment(snapshot, policy, datetime.now(UTC))
    with Store(store).reading() as connection:
        return moment.live_facts(connection, person)


def _reader(options: argparse.Namespace) -> "Reader | None":
    """Open the reader of the settings, and say to whom the goal goes before it goes."""
    import os

    from app.services.reading import StrictReader
    from app.services.settings import load_reader_settings

    settings = None if options.no_reader else load_reader_settings(os.environ)
    if settings is None:
        return None
    show(
        f"note: this goal, and what the first {settings.reads} of a list wrote, go to "
        f"{settings.host}, to be read by the language model {settings.model}; names and ids do "
        "not. --no-reader sends nothing",
        sys.stderr,
    )
    return StrictReader(settings.open())


def _read(ask: "Callable[[Reader], Answer]", reader: "Reader | None") -> "Answer":
    """Ask with the reader of the settings; where it is silent, or there is none, without it."""
    from app.services.reading import UnreadError
    from recommender.small_reader import SMALL_READER

    if reader is not None:
        try:
            return ask(reader)
        except UnreadError as error:
            show(f"note: {error}, so the list stands without it", sys.stderr)
    return ask(SMALL_READER)


def _recommend(options: argparse.Namespace) -> int:
    from app.terminal import render_recommendation
    from recommender.answers import Request
    from recommender.recommend import recommend

    snapshot, policy = _published(options.index)
    request = Request(options.person, options.goal, options.relationship, options.limit)
    live = _live_facts(snapshot, policy, options.store, options.person)
    reader = _reader(options)
    answer = _read(lambda by: recommend(snapshot, request, policy, live, by), reader)
    _print(options.json, answer.to_json(), render_recommendation(answer))
    _warn_without_store(options.store)
    return 0


def _why_not(options: argparse.Namespace) -> int:
    from app.terminal import render_why_not
    from recommender.answers import Request
    from recommender.recommend import why_not

    snapshot, policy = _published(options.index)
    request = Request(options.person, options.goal or "", options.relationship)
    live = _live_facts(snapshot, policy, options.store, options.person)
    reader = _reader(options) if request.goal else None
    candidate = options.candidate
    answer = _read(lambda by: why_not(snapshot, request, candidate, policy, live, by), reader)
    _print(options.json, answer.to_json(), render_why_not(answer))
    _warn_without_store(options.store)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from app.serve import serve

    return serve(options.index, options.port, options.address, options.store)


def _migrate(options: argparse.Namespace) -> int:
    from app.store.migration import migrate

    show(f"the store has version {migrate(options.store)}")
    return 0


def _tidy(options: argparse.Namespace) -> int:
    from app.services.services import open_services
    from app.services.settings import Settings

    done = open_services(Settings(index=options.index, store=options.store)).workplace.tidy()
    show(
        f"{done.expired} requests expired; {done.withdrawn} requests and "
        f"{done.relationships_ended} relationships ended because somebody stayed away; what "
        f"{done.erased} people wrote is erased"
    )
    return 0


def _adopt(options: argparse.Namespace) -> int:
    from app.store.database import Store
    from app.store.identities import adopt
    from index.serving.reader import IndexReader

    snapshot = IndexReader(options.index, by_key=True).current()
    count = adopt(
        Store(options.store), snapshot.identities, snapshot.snapshot_id, datetime.now(UTC)
    )
    show(f"the records of {count} people are bound to the people of {snapshot.snapshot_id}")
    return 0


def _forget(options: argparse.Namespace) -> int:
    from app.store.database import Store
    from app.store.erasure import forget_person

    now = datetime.now(UTC)
    count = forget_person(Store(options.store), options.person, now, is_key=options.key)
    show(f"{count} rows deleted or made anonymous; 'python -m index forget' does the index")
    return 0


def _warn_without_store(store: str | None) -> None:
    if store is None:
        show(
            "note: no --store, so this is the state of last night: who paused, is full or was "
            "hidden since, and what may no longer be quoted, is not known here",
            sys.stderr,
        )


def _print(as_json: bool, document: dict[str, Any], text: str) -> None:
    show(json.dumps(document, ensure_ascii=False, indent=2) if as_json else text)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add each command with its options; `run` does what they say."""
    command = commands.add_parser("recommend", help="suggest colleagues for a learning goal")
    _add_index_and_person(command)
    command.add_argument("--goal", required=True, help="what you would like to learn")
    command.add_argument("--relationship", type=Relationship, choices=list(Relationship))
    command.add_argument(
        "--limit", type=at_least_one, help="suggestions a list (default: the policy's)"
    )
    command.set_defaults(run=_recommend)

    command = commands.add_parser("why-not", help="say why a colleague is not suggested")
    _add_index_and_person(command)
    command.add_argument("--candidate", required=True, help="the colleague's person_id")
    command.add_argument(
        "--relationship", type=Relationship, choices=list(Relationship), required=True
    )
    command.add_argument("--goal", help="with it, the colleague's rank")
    command.set_defaults(run=_why_not)

    command = commands.add_parser("serve", help="open the pages on this machine")
    command.add_argument("--index", type=Path, required=True, help="the index folder")
    command.add_argument("--port", type=at_least_one, default=8501)
    command.add_argument("--address", default="127.0.0.1", help="where to listen")
    command.add_argument(
        "--store",
        help="the store's address (default: LEARNING_RELATIONSHIPS_STORE, else a file beside the "
        "index)",
    )
    command.set_defaults(run=_serve)

    command = commands.add_parser(
        "tidy", help="end what time or a departure has ended; for the night"
    )
    command.add_argument("--index", type=Path, required=True, help="the index folder")
    command.add_argument("--store", required=True, help="the store's address")
    command.set_defaults(run=_tidy)

    command = commands.add_parser("forget", help="remove a person from the store")
    command.add_argument("person", metavar="PERSON_ID")
    command.add_argument("--store", required=True, help="the store's address")
    command.add_argument(
        "--key",
        action="store_true",
        help="PERSON_ID is a key, as named where several people have had the number",
    )
    command.set_defaults(run=_forget)

    command = commands.add_parser(
        "adopt", help="bind the store's records to the people of another index, by their ids"
    )
    command.add_argument("--index", type=Path, required=True, help="the index folder")
    command.add_argument("--store", required=True, help="the store's address")
    command.set_defaults(run=_adopt)

    command = commands.add_parser("migrate", help="make the store's tables, or bring them up")
    command.add_argument(
        "--store", required=True, help="sqlite:///path/to/store.sqlite or postgresql://user@host/db"
    )
    command.set_defaults(run=_migrate)


def _add_index_and_person(command: argparse.ArgumentParser) -> None:
    command.add_argument("--index", type=Path, required=True, help="the index folder")
    command.add_argument("--person", required=True, help="the seeker's person_id")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument(
        "--no-reader", action="store_true",
        help="send nothing to the language model that the settings name",
    )  # fmt: skip
    command.add_argument(
        "--store", help="the store's address; without it, nothing newer than the snapshot counts"
    )


if __name__ == "__main__":
    sys.exit(main())
