"""The policy from a page: who may, what is written, and that it reads back as it was meant."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.identity import Identity
from app.services.night import Night
from app.services.policy_desk import PolicyDesk, to_toml
from app.services.services import Services, open_services
from app.services.settings import Settings
from app.store.migration import migrate
from recommender.errors import InputError, NotAllowedError, PolicyError
from recommender.policy import default_policy, parse_policy
from recommender.relationships import Relationship
from tests.app.small_company import SmallSnapshot

EMPLOYEE, ADMINISTRATOR = Identity("ANNA"), Identity("BOSS", is_admin=True)


@pytest.fixture
def desk(tmp_path: Path) -> PolicyDesk:
    return opened(tmp_path, policy_file=tmp_path / "policy.toml").policy


def opened(folder: Path, **settings: object) -> Services:
    url = f"sqlite:///{folder / 'store.sqlite'}"
    migrate(url)
    values = {"index": folder / "index", "store": url, **settings}
    return open_services(Settings.model_validate(values), current=SmallSnapshot)


def test_nobody_but_an_administrator_reads_or_writes_it(desk: PolicyDesk) -> None:
    policy = default_policy()
    night = Night(desk.workplace)
    for call in (
        lambda: desk.serving(EMPLOYEE),
        lambda: desk.saved(EMPLOYEE),
        lambda: desk.check(EMPLOYEE, {}),
        lambda: desk.try_out(EMPLOYEE, policy, Relationship.MENTOR, "ANNA", "a goal"),
        lambda: desk.save(EMPLOYEE, policy),
        lambda: night.state(EMPLOYEE),
        lambda: night.problems(EMPLOYEE),
        lambda: night.roll_back(EMPLOYEE),
        lambda: night.rebuild(EMPLOYEE),
        lambda: night.last_rebuild(EMPLOYEE),
    ):
        with pytest.raises(NotAllowedError):
            call()


def test_a_saved_change_is_all_that_the_file_holds(desk: PolicyDesk, tmp_path: Path) -> None:
    changes = {"mentor": {"min_levels_above": "any", "contractors": False}}
    changed = desk.check(ADMINISTRATOR, changes)
    path = desk.save(ADMINISTRATOR, changed)
    lines = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
    assert lines == ["[mentor]", 'min_levels_above = "any"', "contractors = false"]
    assert desk.saved(ADMINISTRATOR) == changed
    again = desk.check(ADMINISTRATOR, {"coach": {"contractors": False}})
    desk.save(ADMINISTRATOR, again)
    assert path.with_name("policy.toml.before").read_text().count("[coach]") == 0
    assert desk.saved(ADMINISTRATOR).coach.contractors is False
    assert desk.saved(ADMINISTRATOR).mentor.contractors is False


def test_an_impossible_change_is_refused_and_nothing_is_written(desk: PolicyDesk) -> None:
    with pytest.raises(PolicyError, match="nobody fits"):
        desk.check(ADMINISTRATOR, {"peer": {"min_levels_above": 3, "max_levels_above": 1}})
    with pytest.raises(PolicyError):
        desk.check(ADMINISTRATOR, {"peer": {"weights": {"charm": 1.0}}})
    assert desk.saved(ADMINISTRATOR) == default_policy()


def test_without_a_policy_file_saving_says_which_setting_is_missing(tmp_path: Path) -> None:
    desk = opened(tmp_path).policy
    with pytest.raises(InputError, match="LEARNING_RELATIONSHIPS_POLICY_FILE"):
        desk.save(ADMINISTRATOR, default_policy())
    night = replace(Night(desk.workplace))
    with pytest.raises(InputError, match="LEARNING_RELATIONSHIPS_PEOPLE_FILE"):
        night.rebuild(ADMINISTRATOR)


@given(
    weights=st.dictionaries(
        st.sampled_from(["passages", "words", "step"]),
        st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 4)),
    ),
    line=st.sampled_from(["never", "skip_level", "allowed"]),
)
def test_what_is_written_reads_back(weights: dict[str, float], line: str) -> None:
    text = to_toml({"coach": {"line_of_command": line, "weights": weights}})
    read = parse_policy(text, "written").coach
    assert read.line_of_command == line
    assert {name: read.weights[name] for name in weights} == weights
