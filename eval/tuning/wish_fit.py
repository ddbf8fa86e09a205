"""Fitting by which words a sentence speaks like a goal, and what holds on companies left out."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eval.datasets.dataset import Dataset
from recommender.goals import sentences_of
from recommender.wish_model import WishModel, terms_of

PENALTY = 0.1
"""The inverse strength of the squared coefficients' penalty."""
SEEN_IN = 5
"""Terms of fewer sentences are left out."""
LENIENCE = 0.5
"""Added to the constant: rather a sentence too many than a wish that is lost. Source: leaving one
company out, .84 of a goal is kept then and .19 of what is kept is none; without it .76 and .12."""
PASTED = 100
"""Goals of a left-out company into which a profile is pasted."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What was written as goals, and what as profiles."""

    goals: Sequence[str]
    profiles: Sequence[str]

    @classmethod
    def of_dataset(cls, dataset: Dataset) -> "Texts":
        """Take the goals of a company, and what its people wrote about themselves."""
        frame = dataset.people.frame
        written = zip(frame["about"], frame["experience"], strict=True)
        profiles = ["\n".join(part for part in parts if not pd.isna(part)) for parts in written]
        return cls(dataset.goals["text"].tolist(), profiles)


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of a left-out company's goals with a profile pasted before or after them."""

    kept: float
    """The mean share of a goal's sentences that are kept, 0 to 1."""
    foreign: float
    """The mean share of the profile among what is kept."""
    lost: float
    """How many goals are left out whole."""


def fit_wishes(texts: Sequence[Texts]) -> WishModel:
    """Fit the model; both sides count alike, whatever there is more of."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    wished = [one for part in texts for text in part.goals for one in sentences_of(text)]
    told = [one for part in texts for text in part.profiles for one in sentences_of(text)]
    terms = CountVectorizer(analyzer=terms_of, min_df=SEEN_IN, binary=True)
    found = LogisticRegression(C=PENALTY, max_iter=1000, class_weight="balanced").fit(
        terms.fit_transform([*wished, *told]), np.repeat([1, 0], [len(wished), len(told)])
    )
    weights = zip(terms.get_feature_names_out(), found.coef_[0], strict=True)
    return WishModel(
        {str(term): round(float(weight), 3) for term, weight in sorted(weights)},
        round(float(found.intercept_[0]) + LENIENCE, 3),
    )


def leave_one_out(companies: Mapping[str, Texts], others: Texts, seed: int = 7) -> dict[str, Held]:
    """Fit on all but one company, and paste profiles into the goals of that one."""
    return {
        name: hold(
            fit_wishes([others, *(one for other, one in companies.items() if other != name)]),
            left, seed,
        )
        for name, left in companies.items()
    }  # fmt: skip


def hold(model: WishModel, texts: Texts, seed: int) -> Held:
    """Measure what a model keeps of goals into which profiles are pasted."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    figures = []
    for goal in draw.sample(list(texts.goals), min(PASTED, len(texts.goals))):
        parts = [(goal, True), (draw.choice(texts.profiles), False)]
        draw.shuffle(parts)
        sentences = [(one, wished) for text, wished in parts for one in sentences_of(text)]
        is_goal = np.array([wished for _, wished in sentences])
        wish = model.find_wish([one for one, _ in sentences])
        kept = np.isin(np.arange(len(sentences)), wish)
        figures.append((kept[is_goal].mean(), 1 - is_goal[kept].mean(), not kept[is_goal].any()))
    return Held(*(float(figure) for figure in np.array(figures, np.float64).mean(axis=0)))
