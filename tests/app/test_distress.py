"""Goals that tell of being treated badly are known; goals about learning raise no false alarm."""

import csv
from pathlib import Path

import pytest

from app.services.distress import sounds_like_distress
from index.serving.reader import IndexReader

TOLD = (
    "My boss yells at me nearly every morning, how do I live with that?",
    "My manager shouts at me when something goes wrong. I want to become tougher.",
    "Somebody on my shift keeps making comments about my body.",
    "I am bullied by two people of my crew and want to learn to ignore them.",
    "They call me names because I come from abroad.",
    "My team lead threw a clipboard at me. I want to learn how to react.",
    "I feel harassed by a supplier's salesman who writes to me at night.",
    "I am passed over because I am pregnant, how do I become more assertive?",
    "A colleague grabs me at the coffee machine, I would like to learn to say no.",
    "I get insulted in the group chat and do not dare to go to work.",
    "My supervisor humiliates me in front of the crew, I want thicker skin.",
    "I am excluded from everything since I told them that I am gay.",
    "He threatens me that I will never work here again if I tell anybody.",
    "I want to learn how to deal with a racist colleague who mocks me.",
    "My manager shouts at me in meetings and I want to learn to deal with it.",
)
"""Written for this test, none of them an example of `distress.toml`."""

ABOUT_LEARNING = (
    "I want to handle shouting drivers at the gate without losing my temper.",
    "I want to stop micromanaging and shouting orders.",
    "How do I give hard feedback to an older colleague?",
    "I would like to learn to lead an investigation after an accident.",
    "I want to set boundaries with clients who call at night.",
    "I feel like an impostor in my new role and want to talk to somebody.",
    "We have a lot of conflict in our team and I want to learn to moderate.",
    "I am the only woman in my team and look for a mentor who knows that.",
    "As HR partner I want to run fair interviews after complaints of harassment.",
    "I want to train our shift leads in preventing bullying.",
    "I want to become a confidential adviser.",
    "How do I ask for a raise?",
)


@pytest.fixture(scope="module")
def snapshot(halden_index: Path):
    return IndexReader(halden_index).current()


def test_most_of_what_is_told_is_known(snapshot) -> None:
    known = [goal for goal in TOLD if sounds_like_distress(snapshot, goal)]
    print(f"{len(known)} of {len(TOLD)}")
    assert len(known) >= 12
    assert sounds_like_distress(snapshot, f"I want to learn Excel. {TOLD[0]}"), "one part tells"


def test_goals_about_learning_raise_no_alarm(snapshot) -> None:
    assert [goal for goal in ABOUT_LEARNING if sounds_like_distress(snapshot, goal)] == []


def test_the_goals_of_the_sample_company_raise_no_alarm(snapshot, halden: Path) -> None:
    with (halden / "goals.csv").open(encoding="utf-8", newline="") as file:
        goals = [row["text"] for row in csv.DictReader(file)]
    assert len(goals) > 100
    assert [goal for goal in goals if sounds_like_distress(snapshot, goal)] == []
