"""The policy file: its defaults, what is laid over them, and every fault with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from recommender.errors import PolicyError
from recommender.policy import Policy, default_policy, default_policy_text, parse_policy
from recommender.policy_problems import Lines, lines_of, problems_of
from recommender.relationships import Relationship

MENTOR, COACH, SPONSOR, PEER = Relationship


def faults(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "ours.toml")
    return str(caught.value).split("\n")


def test_the_defaults_are_the_rules_of_the_design() -> None:
    policy = default_policy()
    rules = {
        kind: (
            policy.of(kind).line_of_command,
            policy.of(kind).min_levels_above,
            policy.of(kind).max_levels_above,
            policy.of(kind).contractors,
        )
        for kind in Relationship
    }
    assert rules == {
        MENTOR: ("never", 1, "any", True),
        COACH: ("skip_level", "any", "any", True),
        SPONSOR: ("never", 2, "any", False),
        PEER: ("never", -1, 1, True),
    }
    assert policy.limits.request_days == 14
    assert policy.limits.open_requests_per_helper == 3


def test_the_packaged_file_weighs_only_signals_that_exist() -> None:
    parse_policy(default_policy_text(), "policy.toml")


def test_every_setting_has_a_sentence() -> None:
    schema = Policy.model_json_schema()
    tables = [table for name, table in schema["$defs"].items() if name != "Policy"]
    silent = [
        f"{table['title']}.{name}"
        for table in tables
        for name, field in table["properties"].items()
        if not field.get("description")
    ]
    assert tables
    assert silent == []


def test_an_empty_file_is_the_defaults() -> None:
    assert parse_policy("", "ours.toml") == default_policy()
    assert parse_policy(default_policy_text(), "ours.toml") == default_policy()


def test_a_file_holds_only_what_differs() -> None:
    policy = parse_policy(
        "[sponsor]\nmin_levels_above = 3\n[peer.weights]\nwords = 0\n", "ours.toml"
    )
    default = default_policy()
    assert policy.sponsor == default.sponsor.model_copy(update={"min_levels_above": 3})
    assert policy.peer.weights == default.peer.weights | {"words": 0.0}
    assert policy.mentor == default.mentor


def test_a_policy_cannot_be_changed_in_passing() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        default_policy().limits.request_days = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[mentor]\nmin_level_above = 2",
         'ours.toml, line 2: unknown key "mentor.min_level_above"; '
         'did you mean "min_levels_above"? '
         "allowed here: line_of_command, min_levels_above, max_levels_above, contractors, weights, "
         "strength"),
        ("\n\n[metnor]\nx = 1",
         'ours.toml, line 3: unknown key "metnor"; did you mean "mentor"? '
         "allowed here: mentor, coach, sponsor, peer, limits, list"),
        ("zzz = 1",
         'ours.toml, line 1: unknown key "zzz"; '
         "allowed here: mentor, coach, sponsor, peer, limits, list"),
        ('[mentor]\nmin_levels_above = "3"',
         'ours.toml, line 2: "mentor.min_levels_above" is "3"; '
         'it must be a whole number from -20 to 20 or "any"'),
        ("[mentor]\nmin_levels_above = 1.5",
         'ours.toml, line 2: "mentor.min_levels_above" is 1.5; '
         'it must be a whole number from -20 to 20 or "any"'),
        ("[mentor]\nmax_levels_above = 21",
         'ours.toml, line 2: "mentor.max_levels_above" is 21; '
         'it must be a whole number from -20 to 20 or "any"'),
        ("[mentor]\nmin_levels_above = true",
         'ours.toml, line 2: "mentor.min_levels_above" is true; '
         'it must be a whole number from -20 to 20 or "any"'),
        ("[sponsor]\ncontractors = 1",
         'ours.toml, line 2: "sponsor.contractors" is 1; it must be true or false'),
        ('[sponsor]\ncontractors = "false"',
         'ours.toml, line 2: "sponsor.contractors" is "false"; it must be true or false'),
        ('[coach]\nline_of_command = "nevr"',
         'ours.toml, line 2: "coach.line_of_command" is "nevr"; '
         'it must be "never" or "skip_level" or "allowed"'),
        ("[limits]\n# why\nrequest_days = 0",
         'ours.toml, line 3: "limits.request_days" is 0; it must be a whole number from 1 to 365'),
        ("[limits]\nopen_requests_per_helper = 0",
         'ours.toml, line 2: "limits.open_requests_per_helper" is 0; '
         "it must be a whole number from 1 to 100"),
        ("[limits]\ncooldown_days_after_decline = -1",
         'ours.toml, line 2: "limits.cooldown_days_after_decline" is -1; '
         "it must be a whole number from 0 to 3650"),
        ("[list]\nlength = 2026-11-01",
         'ours.toml, line 2: "list.length" is 2026-11-01; it must be a whole number from 1 to 50'),
        ("[peer.weights]\nwords = nan",
         'ours.toml, line 2: "peer.weights.words" is nan; it must be a number from -100 to 100'),
        ("[peer.weights]\nwords = inf",
         'ours.toml, line 2: "peer.weights.words" is inf; it must be a number from -100 to 100'),
        ('[peer.weights]\nwords = "much"',
         'ours.toml, line 2: "peer.weights.words" is "much"; it must be a number from -100 to 100'),
        ("peer = 3", 'ours.toml, line 1: "peer" is 3; it must be a table'),
        ("[[peer]]\nx = 1", 'ours.toml, line 1: "peer" is a list; it must be a table'),
        ("[list.length]\nx = 1",
         'ours.toml, line 1: "list.length" is a table; it must be a whole number from 1 to 50'),
        ("[mentor]\nmin_levels_above = 3\nmax_levels_above = 2",
         'ours.toml, line 1: in "mentor": min_levels_above is 3 and max_levels_above is 2, '
         "so nobody fits; the first must not be greater than the second"),
        ("[peer.strength]\nfair = 1.5",
         'ours.toml, line 2: "peer.strength.fair" is 1.5; it must be a number from 0 to 1'),
        ("[list]\nload_penalty = -1",
         'ours.toml, line 2: "list.load_penalty" is -1; it must be a number from 0 to 10'),
        ("[mentor]\ncontractors = true\n[mentor.strength]\nstrong = 0.1\nfair = 0.2",
         'ours.toml, line 3: in "mentor.strength": strong is 0.1 and fair is 0.2; '
         "the first must not be less than the second"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_line_and_what_is_allowed(text: str, message: str) -> None:
    assert faults(text) == [message]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("[mentor\n", "ours.toml, line 1: this is not valid TOML: Expected ']'"),
        ("[list]\nlength = 5\nlength = 6\n", "ours.toml, line 3: this is not valid TOML: Cannot"),
        ("[list]\n\nlength 5\n", "ours.toml, line 3: this is not valid TOML: Expected '='"),
        ('[list]\nlength = """\nfive\n', "ours.toml, line 2: this is not valid TOML: Unterm"),
        ("x = " + "[" * 5000, "ours.toml, line 1: this is not valid TOML:"),
    ],
)
def test_what_is_not_toml_is_said_with_the_line_where_reading_stopped(
    text: str, start: str
) -> None:
    (message,) = faults(text)
    assert message.startswith(start)


def test_all_faults_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = """\
[list]
lenght = 5
[mentor]
contractors = 1
[mentor.weights]
wrods = 1.0
[peer]
line_of_command = "nevr"
"""
    where = [message.split(":")[0] for message in faults(text)]
    assert where == [f"ours.toml, line {line}" for line in (2, 4, 6, 8)]


def test_a_misspelt_signal_is_named() -> None:
    (message,) = faults("[coach.weights]\nwrods = 1.0")
    assert message.startswith(
        'ours.toml, line 2: unknown signal "coach.weights.wrods"; did you mean "words"?'
    )


@pytest.mark.parametrize(
    "text",
    [
        "# one\r\n[list]\r\nlenght = 1\r\n",
        "\ufeff# one\n[list]\nlenght = 1\n",
        "# one\n\nlist.lenght = 1\n",
        "# one\n\nlist = { lenght = 1 }\n",
        '# one\n\n"list"."lenght" = 1\n',
        "[mentor]\n\n[ list . lenght ]\n",
        '[list]\nlength = 5 # lenght = 1\nlenght = [\n  1, # "]"\n  2,\n]\n',
        'x.y = """\nlist.lenght = 1"""\nlist.lenght = """\n\n1"""\n',
    ],
)
def test_the_line_is_right_however_toml_writes_it(text: str) -> None:
    message = next(message for message in faults(text) if "lenght" in message)
    assert message.startswith('ours.toml, line 3: unknown key "list.lenght"')


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_an_unknown_key_anywhere_in_the_packaged_file_is_found_on_its_line(
    data: st.DataObject,
) -> None:
    lines = default_policy_text().split("\n")
    tables = [number for number, line in enumerate(lines) if line.startswith("[")]
    at = data.draw(st.integers(tables[0] + 1, len(lines)))
    lines.insert(at, "surprise = 1")
    (message,) = faults("\n".join(lines))
    assert message.startswith(f"ours.toml, line {at + 1}: unknown ")
    assert "surprise" in message


@settings(deadline=None)
@given(st.text(alphabet="[]{}=.\"'#\n\r ,-1eatmlishnorcdp", max_size=60))
def test_any_text_is_a_policy_or_a_policy_error(text: str) -> None:
    try:
        policy = parse_policy(text, "ours.toml")
    except PolicyError as error:
        assert str(error).startswith("ours.toml")
    else:
        assert isinstance(policy, Policy)


def test_a_setting_without_a_default_is_missed_by_name() -> None:
    """For whoever adds a field and forgets its default in the packaged file."""

    class Small(BaseModel):
        length: int

    with pytest.raises(ValidationError) as caught:
        Small.model_validate({})
    (problem,) = problems_of(caught.value, Small, {})
    assert problem.says == 'the key "length" is missing; it must be a whole number'


def test_where_a_key_stands_or_else_the_table_around_it() -> None:
    found = lines_of("a = 1\n\n[b]\nc = 2\n", [("a",), ("b", "c"), ("b", "d"), ("e",)])
    assert isinstance(found, Lines)
    assert [found.line_of(path) for path in [("a",), ("b", "c"), ("b", "d"), ("e",)]] == [
        1, 4, 3, 0,
    ]  # fmt: skip


def test_a_table_of_earlier_versions_can_still_be_read() -> None:
    """Snapshots keep the policy that they were built with."""
    assert parse_policy("[relevance.weights]\nwords = 2.0", "theirs.toml") == default_policy()


def test_a_signal_of_another_version_is_refused_wherever_a_policy_is_read() -> None:
    """Also of a snapshot that was built by a version with signals that this one does not know."""
    text = default_policy_text().replace("words = 0.6", "worlds = 0.6")
    assert all('unknown signal "' in line for line in faults(text))


DIGITS = "9" * 5000


@pytest.mark.parametrize(
    "text",
    [
        f"[limits]\nrequest_days = {DIGITS}",
        f"[limits]\nrequest_days = 0x{DIGITS}",
        f"[limits]\nrequest_days = -0x{DIGITS}",
        f"[mentor.weights]\nwords = 0x{DIGITS}",
        f"[mentor]\nmin_levels_above = 0b{'1' * 5000}",
        f"[mentor]\nmin_levels_above = {DIGITS}.5e{DIGITS}",
        f"[list]\nlength = 1979-05-27T07:32:00.{DIGITS}+99:99",
        "[list]\nlength = 9999-99-99",
        "[limits]\nrequest_days = " + "[" * 20_000,
        '[limits]\nrequest_days = "\\ud800"',
        '[limits]\nrequest_days = "\ud800"',
        "[limits]\nrequest_days\0 = 1",
        "a." * 5_000 + "b = 1",
    ],
)
def test_what_python_itself_chokes_on_is_a_fault_of_the_policy(text):
    with pytest.raises(PolicyError, match=r"mine\.toml") as told:
        parse_policy(text, "mine.toml")
    assert len(str(told.value).splitlines()[0]) < 20_000
