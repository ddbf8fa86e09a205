"""Training: the loss by hand, the cases, the shipped adapter's recipe, and one real step."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from eval.training.cases import (
    CASES,
    HELD_OUT,
    general_texts,
    read_cases,
)
from eval.training.train import Recipe, contrastive_loss, train
from index.encoder.model_folder import find_model
from recommender.errors import DatasetError

ADAPTER = Path("index/encoder/adapters/all-MiniLM-L6-v2")


def test_the_loss_by_hand() -> None:
    # two goals, the first with two good passages that do not compete with each other
    similarities = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    owner = torch.tensor([0, 0, 1])
    e = np.e
    # passages of goals: first -log(e/(e+1)) twice; second -log(e/(e+2)); goals of passages alike
    passages = (2 * -np.log(e / (e + 1)) - np.log(e / (e + 2))) / 3
    goals = -np.log(e / (e + 1))
    loss = contrastive_loss(similarities, owner, temperature=1.0)
    assert float(loss) == pytest.approx(passages + goals, abs=1e-6)


def test_a_perfect_batch_costs_nearly_nothing() -> None:
    loss = contrastive_loss(torch.eye(4), torch.arange(4), temperature=0.01)
    assert float(loss) == pytest.approx(0.0, abs=1e-6)


def test_whole_industries_are_held_out() -> None:
    everything, trained = read_cases(CASES), read_cases(CASES, HELD_OUT)
    assert (len(everything), len(trained)) == (2560, 2040)
    assert all(case.goal and case.good for case in everything)


def test_a_line_that_is_no_case_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"goal": "a", "good": ["b"]}\n{"goal": "a"}\n', encoding="utf-8")
    with pytest.raises(DatasetError, match="line 2"):
        read_cases([path])


def test_general_texts_are_prose() -> None:
    texts = general_texts()
    assert len(texts) > 100
    assert all(25 <= len(text.split()) <= 90 for text in texts)


def test_the_shipped_adapter_has_the_recipe_and_is_small(repository: Path) -> None:
    folder = repository / ADAPTER
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    recipe = Recipe()
    assert config["r"] == recipe.rank
    assert config["lora_alpha"] == pytest.approx(recipe.alpha * recipe.strength)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5_000_000


@pytest.mark.slow
def test_one_step_changes_the_upper_layers_and_is_repeatable(tmp_path: Path) -> None:
    pytest.importorskip("peft")
    lines = CASES[0].read_text(encoding="utf-8").splitlines()[:8]
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(lines), encoding="utf-8")
    recipe = Recipe(epochs=1, batch_goals=8, keep_weight=0.0, max_length=48)
    base = find_model("default").path
    weights = [
        load_file(train(base, tmp_path / name, [few], recipe=recipe) / "adapter_model.safetensors")
        for name in ("once", "again")
    ]
    assert weights[0].keys() == weights[1].keys()
    assert {name.split("layer.")[1][0] for name in weights[0]} == {"3", "4", "5"}
    assert all((weights[0][name] == weights[1][name]).all() for name in weights[0])
    assert any(weight.any() for name, weight in weights[0].items() if "lora_B" in name)
