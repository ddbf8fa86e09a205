"""`python -m eval languages DATASET …`: what is lost in other languages, and with slips."""

import argparse
from pathlib import Path
from typing import Any

from eval.commands.options import add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("languages", help="what is lost in other languages, and by slips")
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET")
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the headline measure of the same goals in each language."""
    from eval.datasets.dataset import read_dataset
    from eval.datasets.translations import read_translations
    from eval.experiments.summary import render_table
    from eval.metrics.language_quality import compare_languages, measure_in_languages
    from eval.metrics.quality import HEADLINE
    from eval.systems.systems import RECOMMENDER, open_system
    from recommender.errors import InputError

    setting, tables = setting_of(options), []
    for folder in options.datasets:
        dataset = read_dataset(folder)
        translations = read_translations(dataset)
        if len(translations):
            system = open_system(RECOMMENDER, dataset, setting)
            tables.append(measure_in_languages(dataset, system, translations))
    if not tables:
        raise InputError("no goal of these datasets was put into another language")
    found = compare_languages(tables)
    show(f"{found[0].quality.n} lists; the same goals as written, put into a language, or mistyped")
    rows = [[one.language, str(one.quality), str(one.relative)] for one in found]
    show(render_table(["language", HEADLINE, "relative"], rows))
    return 0
