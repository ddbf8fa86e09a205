"""Companies whose people wrote little: what a check of searches still finds, and what is said."""

import numpy as np
import pytest
from small_company import HashEncoder, night, people

from index.serving.reader import IndexReader
from index.snapshot import verification
from recommender.answers import Request
from recommender.errors import BuildError
from recommender.policy import default_policy_text, parse_policy
from recommender.recommend import recommend

POLICY = parse_policy(default_policy_text(), "the default policy")


def test_a_search_that_finds_others_is_still_a_fault(small, monkeypatch):
    """The check knows ties; it does not wave through an index whose rows are mixed up."""
    opened = verification.Snapshot.open

    def mixed_up(folder):
        snapshot = opened(folder)
        search = snapshot.index.__class__.search
        monkeypatch.setattr(
            snapshot.index.__class__,
            "search",
            lambda self, *asked: (search(self, *asked) + 11) % len(snapshot.people),
        )
        return snapshot

    monkeypatch.setattr("index.night.build.Snapshot.open", mixed_up)
    with pytest.raises(BuildError, match="do not find the vector that was searched for"):
        night(small, people(300))


@pytest.mark.parametrize("form", ["flat", "ivf"])
def test_most_people_may_share_one_title(small, monkeypatch, form):
    """Of 400 people 180 have one title and no text, which is under the half that is left out."""
    if form == "ivf":
        monkeypatch.setattr("index.retrieval.plan.FLAT_PASSAGES", 50)
    frame = people(400)
    same = frame.index < 180
    frame.loc[same, "job_title"] = "Technician"
    frame.loc[same, "department"] = "Production"
    frame.loc[same, ["about", "experience", "skills"]] = ""
    done = night(small, frame)
    assert done.build.published
    snapshot = IndexReader(small / "index").current()
    assert snapshot.manifest.plan.kind == form
    assert snapshot.passage_vectors.dtype == (np.float32 if form == "flat" else np.int16)


def bare():
    """Return people of whom only title and place are known."""
    return people().drop(columns=["about", "experience", "skills"])


def test_a_company_without_any_text_is_told_so(small):
    done = night(small, bare())
    assert done.build.as_dict()["people"]["without_own_words"] == 24
    snapshot = IndexReader(small / "index").current()
    snapshot._use(HashEncoder())
    answer = recommend(snapshot, Request("P009", "I want to run a crane"), POLICY)
    shown = [part for part in answer.lists if part.suggestions]
    assert shown
    for part in shown:
        assert "has written about themselves" in part.note


def test_a_company_with_texts_is_not(small):
    done = night(small, people())
    assert done.build.as_dict()["people"]["without_own_words"] == 0
    snapshot = IndexReader(small / "index").current()
    snapshot._use(HashEncoder())
    answer = recommend(snapshot, Request("P009", "I want to run a crane"), POLICY)
    assert not any("has written about themselves" in part.note for part in answer.lists)
