"""Tune the sentence encoder on learning goals and the passages that answer them.

Plain sentence encoders find texts that say the same; a goal and the profile of the person
who can help seldom do. So a small LoRA adapter is trained on cases (a goal and two to four
passages of different people who fit it) until goals lie near their helpers' passages.

    cases -> batches of goals and good passages -> symmetric contrastive loss -> adapter

What was found to matter (figures in the model card): only good passages are shown, never
hand-made "near misses", which teach that shared words mean no; every good passage of a goal
counts as right, so none is pushed away as somebody else's; only the upper layers are adapted;
and texts of another kind, paragraphs of Python's own documentation, must stay where the
encoder had them, because without that it forgets technical texts.

Seeded: the same files, versions of Python and packages, processor family and thread count
give the same adapter. Training needs `torch`, `transformers` and `peft`; using the
adapter needs no peft (see `index.encoder.adapter.merge`).
"""

import logging
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from eval.training.adapter_file import write_adapter
from eval.training.cases import (
    CASES,
    HELD_OUT,
    Case,
    general_texts,
    read_cases,
)
from recommender.errors import DatasetError, ModelError

logger = logging.getLogger(__name__)

_Adapted = Any
"""peft's `PeftModel`, which is imported only where a model is trained."""

_GROUP_AT_LEAST = 8
_GROUP_STRETCH = 1.25

_ATTENTION = {
    "bert": (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
    ),
    "mpnet": ("attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o"),
}
_FEED_FORWARD = ("intermediate.dense", "output.dense")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an adapter is trained; the defaults made the one that is shipped."""

    rank: int = 16
    """Rank of the adapter's matrices."""
    alpha: int = 32
    """Updates are multiplied by `alpha / rank`."""
    upper_layers: int = 3
    """How many layers, from the top, are adapted; those below stay as they are."""
    dropout: float = 0.05
    """Share of the adapter's inputs that is dropped while training, 0 to 1."""
    learning_rate: float = 5e-4
    """Peak rate; it rises over the first tenth of the steps and falls to zero by the last."""
    epochs: int = 2
    """Passes over the cases."""
    batch_goals: int = 64
    """Goals in a batch; the passages of the others are what a goal is told apart from."""
    goods_per_goal: int = 2
    """Good passages drawn for each goal in each pass."""
    temperature: float = 0.05
    """Divides cosine similarities before the softmax; smaller looks only at the hardest."""
    keep_weight: float = 20.0
    """Weight of what keeps general texts in place, beside the contrastive loss."""
    keep_texts: int = 24
    """General texts in a batch."""
    strength: float = 0.6
    """Share of the trained change that the adapter applies, 0 to 1; less forgets less."""
    max_length: int = 160
    """Longest text while training, in tokens; longer ones are cut."""
    bf16: bool = True
    """Compute the frozen weights' products in bfloat16."""


def contrastive_loss(
    similarities: torch.Tensor, owner: torch.Tensor, temperature: float
) -> torch.Tensor:
    """Separate each goal's good passages from the others', and each passage's goal likewise.

    A goal's own passages never compete with each other.

    Args:
        similarities: (n_goals, n_passages) cosines.
        owner: (n_passages,) the row of the goal that each passage answers.
        temperature: Divides the cosines.

    Returns:
        A scalar, 0 at best.

    Source: van den Oord et al. (2018), InfoNCE; several positives as in Khosla et al. (2020).
    """
    logits = similarities / temperature
    own = owner[None, :] == torch.arange(len(logits))[:, None]
    others = torch.logsumexp(logits.masked_fill(own, float("-inf")), dim=1)[owner]
    right = logits[owner, torch.arange(len(owner))]
    passage_of_goal = (torch.logaddexp(right, others) - right).mean()
    goal_of_passage = functional.cross_entropy(logits.T, owner)
    return passage_of_goal + goal_of_passage


def train(
    base: Path,
    out: Path,
    cases: Sequence[Path] = CASES,
    *,
    seed: int = 13,
    recipe: Recipe | None = None,
    held_out: Mapping[str, Sequence[range]] | None = HELD_OUT,
    threads: int = 1,
) -> Path:
    """Train an adapter for `base` on `cases` and write it to `out`.

    Args:
        base: Folder of the sentence encoder (BERT or MPNet, mean pooling).
        out: Folder for the adapter, in peft's format with float16 weights.
        cases: JSON-lines files; a line has at least `goal` and `good`.
        seed: Of the adapter's first weights, the order of cases and the dropout.
        recipe: How to train; the shipped adapter's recipe when left out.
        held_out: Rows to leave out, by file name; None trains on all.
        threads: Of torch; another number changes the sums' order and so the last digits.

    Returns:
        `out`.

    Raises:
        DatasetError: A line is no case, or there are fewer cases than one batch.
        ModelError: The encoder is of an unknown type, or peft is not installed.
    """
    recipe = recipe or Recipe()
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    draw = random.Random(seed)  # noqa: S311 - no secret
    rows = read_cases(cases, held_out)
    if len(rows) < recipe.batch_goals:
        message = f"{len(rows)} cases are fewer than one batch of {recipe.batch_goals}"
        raise DatasetError(message)
    model, embedder = _load(base, recipe)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=0.0)
    steps = len(rows) // recipe.batch_goals * recipe.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    keeper = _Keeper(model, embedder, recipe)
    model.train()
    began = time.monotonic()
    for step, batch in enumerate(_batches(rows, recipe, draw), start=1):
        loss = _loss(embedder, keeper, batch, recipe, draw)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        seconds = time.monotonic() - began
        logger.info("step %d of %d: loss %.3f, %.0f s", step, steps, loss.item(), seconds)
    notes = {"seed": seed, **asdict(recipe)}
    write_adapter(model, out, recipe.rank, recipe.alpha * recipe.strength, recipe.dropout, notes)
    return out


class _Embedder:
    """Mean-pooled unit embeddings, in groups of similar length to save padding."""

    def __init__(self, model: _Adapted, tokenizer: Any, recipe: Recipe) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._recipe = recipe

    def __call__(self, texts: Sequence[str]) -> torch.Tensor:
        """Embed texts: (n_texts, dim) float32, unit rows, in the texts' order."""
        tokens: list[list[int]] = self._tokenizer(
            list(texts), truncation=True, max_length=self._recipe.max_length, padding=False
        )["input_ids"]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        rows = torch.cat([self._embed(group) for group in _groups([tokens[i] for i in order])])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return rows[back]

    def _embed(self, tokens: list[list[int]]) -> torch.Tensor:
        inputs = self._tokenizer.pad({"input_ids": tokens}, return_tensors="pt")
        with torch.autocast("cpu", torch.bfloat16, enabled=self._recipe.bf16):
            hidden = self._model(**inputs).last_hidden_state.float()
        mask = inputs["attention_mask"].unsqueeze(-1).float()
        return functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)


def _groups(tokens: Sequence[list[int]]) -> Iterator[list[list[int]]]:
    """Cut texts, shortest first, where a group's padding would grow too much."""
    group: list[list[int]] = []
    for text in tokens:
        full = len(group) >= _GROUP_AT_LEAST
        if full and len(text) > _GROUP_STRETCH * len(group[0]) + 4:
            yield group
            group = []
        group.append(text)
    if group:
        yield group


def _load(base: Path, recipe: Recipe) -> tuple[_Adapted, _Embedder]:
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError:
        raise ModelError(
            "training needs peft: pip install 'learning-relationships[train]'"
        ) from None
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(base)
    if model.config.model_type not in _ATTENTION:
        message = (
            f"{base.name}: expected one of {sorted(_ATTENTION)}, not {model.config.model_type}"
        )
        raise ModelError(message)
    layers = model.config.num_hidden_layers
    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=[*_ATTENTION[model.config.model_type], *_FEED_FORWARD],
        layers_to_transform=list(range(layers - recipe.upper_layers, layers)),
        bias="none",
        task_type="FEATURE_EXTRACTION",
    )
    adapted = get_peft_model(model, config)
    return adapted, _Embedder(adapted, AutoTokenizer.from_pretrained(base), recipe)


def _rate(step: int, steps: int) -> float:
    rising = (step + 1) / max(1.0, steps / 10)
    falling = (steps - step) / steps * 10 / 9
    return min(rising, falling)


def _batches(rows: list[Case], recipe: Recipe, draw: random.Random) -> Iterator[list[Case]]:
    """Shuffle the cases anew in each pass; the incomplete last batch is left out."""
    for _ in range(recipe.epochs):
        order = list(rows)
        draw.shuffle(order)
        for start in range(0, len(order) - recipe.batch_goals + 1, recipe.batch_goals):
            yield order[start : start + recipe.batch_goals]


class _Keeper:
    """Where the untouched encoder has the general texts."""

    def __init__(self, model: _Adapted, embedder: _Embedder, recipe: Recipe) -> None:
        self.texts = general_texts() if recipe.keep_weight else []
        if not self.texts:
            return
        model.eval()
        with torch.no_grad(), model.disable_adapter():
            self.rows = torch.cat(
                [embedder(self.texts[i : i + 64]) for i in range(0, len(self.texts), 64)]
            )


def _loss(
    embedder: _Embedder,
    keeper: _Keeper,
    batch: list[Case],
    recipe: Recipe,
    draw: random.Random,
) -> torch.Tensor:
    drawn = [
        (row, passage)
        for row, case in enumerate(batch)
        for passage in draw.sample(case.good, min(len(case.good), recipe.goods_per_goal))
    ]
    kept = draw.sample(range(len(keeper.texts)), min(len(keeper.texts), recipe.keep_texts))
    rows = embedder(
        [case.goal for case in batch]
        + [passage for _, passage in drawn]
        + [keeper.texts[i] for i in kept]
    )
    goals, passages, general = torch.split(rows, [len(batch), len(drawn), len(kept)])
    owner = torch.tensor([row for row, _ in drawn])
    loss = contrastive_loss(goals @ passages.T, owner, recipe.temperature)
    if not kept:
        return loss
    moved: torch.Tensor = 1.0 - (general * keeper.rows[kept]).sum(dim=1).mean()
    return loss + recipe.keep_weight * moved
