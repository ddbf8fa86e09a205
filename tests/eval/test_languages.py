"""What is lost in another language, measured on the same goals."""

from pathlib import Path

import pandas as pd
import pytest

from eval.__main__ import main
from eval.datasets.dataset import read_dataset
from eval.datasets.translations import read_translations
from eval.metrics.language_quality import AS_WRITTEN, compare_languages
from recommender.errors import DatasetError


def test_the_share_that_is_left_by_hand() -> None:
    """Lists of .8 and .4 become .4 and .2: half of .6 is left."""
    table = pd.DataFrame(
        {"goal_id": ["a", "b"], "relationship": "coach", "seeker": ["x", "y"],
         AS_WRITTEN: [0.8, 0.4], "de": [0.4, 0.2]}
    )  # fmt: skip
    written, german = compare_languages([table])
    assert (written.language, written.quality.value, written.relative.value) == (
        AS_WRITTEN, pytest.approx(0.6), 1.0,
    )  # fmt: skip
    assert german.relative.value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("row", "says"),
    [("fourteen,G9,de,x", "no such goal"), ("fourteen,G1,de,y", "in a row above")],
)
def test_faults_of_translations_are_named(row: str, says: str, small: Path, tmp_path: Path) -> None:
    path = tmp_path / "goals.csv"
    path.write_text(f"dataset,goal_id,language,text\nother,G1,de,z\nfourteen,G1,de,x\n{row}\n")
    with pytest.raises(DatasetError) as caught:
        read_translations(read_dataset(small), path)
    assert says in caught.value.problems[0].message
    assert caught.value.problems[0].row == 4


def test_a_dataset_without_translations_is_told(
    small: Path, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["languages", str(small), "--work", str(work)]) == 1
    assert "put into another language" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_compares_the_sample_companys_goals(
    halden: Path, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["languages", str(halden), "--work", str(work)]) == 0
    said = capsys.readouterr().out
    for language in (AS_WRITTEN, "de", "es", "fr", "slips"):
        assert f"\n{language} " in said
