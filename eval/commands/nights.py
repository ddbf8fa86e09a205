"""`python -m eval nights [--people N]`: what a night costs by how much changed."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.commands.options import progress_line
from index.terminal import show

if TYPE_CHECKING:
    from eval.performance.night_costs import Clock, NightCost

HALDEN = Path(__file__).parent.parent / "datasets" / "halden" / "people.csv"


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("nights", help="what a night costs by how much changed")
    parser.add_argument(
        "--people", type=int, metavar="N", help="a drawn company of N; default: the sample company"
    )
    parser.add_argument(
        "--embed-at-most", type=int, default=4096, metavar="TEXTS",
        help="a night of more new texts embeds so many and draws the others (default: 4096)",
    )  # fmt: skip
    parser.add_argument(
        "--texts", type=int, default=512, metavar="M",
        help="texts to compare the embedding on; 0 for none (default: 512)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="write JSON in place of text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    import dataclasses
    import json
    import os
    import tempfile

    from eval.performance.night_costs import cells_of, measure_nights, peak_memory_mb
    from index.encoder.load import load_encoder
    from index.encoder.protocol import EncoderSettings

    encoder = load_encoder(EncoderSettings())
    speeds = _compare(options.texts, encoder) if options.texts else {}
    with tempfile.TemporaryDirectory(prefix="nights-") as temporary:
        nights = measure_nights(
            cells_of(HALDEN, options.people), HALDEN, Path(temporary), encoder,
            embed_at_most=options.embed_at_most, progress=progress_line("embedding"),
        )  # fmt: skip
    threads, load, peak = EncoderSettings().n_threads, os.getloadavg()[0], peak_memory_mb()
    if options.json:
        found = {
            "threads": threads, "load": load, "peak_memory_mb": peak, "n_texts": options.texts,
            "embedding": {name: dataclasses.asdict(clock) for name, clock in speeds.items()},
            "nights": [dataclasses.asdict(night) for night in nights],
        }  # fmt: skip
        show(json.dumps(found, indent=1))
        return 0
    show(f"threads {threads}, load {load:.1f}, peak memory {peak:,.0f} MB\n")
    for name, clock in speeds.items():
        show(
            f"{name}: {options.texts:,} texts, {options.texts / clock.wall_s:,.0f} texts/s, "
            f"{options.texts / clock.cpu_s:,.0f} a CPU second"
        )
    show("\n" + table(nights))
    return 0


def _compare(n_texts: int, encoder: Any) -> "dict[str, Clock]":
    import torch
    from sentence_transformers import SentenceTransformer

    from eval.performance.night_costs import measure_embedding
    from index.encoder.model_folder import find_model
    from index.encoder.protocol import EncoderSettings
    from index.people_file.people_file import read_people
    from recommender.profiles import Field, passages_frame

    passages = passages_frame(read_people(HALDEN).frame)
    own = passages["text"][passages["field"] != int(Field.PROFILE)].drop_duplicates()
    texts = own.sample(min(n_texts, len(own)), random_state=0).tolist()
    bare = SentenceTransformer(str(find_model("default").path), device="cpu")
    torch.set_num_threads(EncoderSettings().n_threads)
    return measure_embedding(texts, encoder, bare)


def table(nights: "list[NightCost]") -> str:
    """Lay the nights out; `≈` marks what was reckoned."""
    full, unchanged = nights[0], nights[1]
    lines = [
        "| night | people new or changed | texts to embed | embedded | embedding, CPU s "
        "| the rest, CPU s | whole, CPU s (wall) | beyond the unchanged night, of a full build |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for night in nights:
        about = "≈ " if night.n_embedded < night.n_texts else ""
        beyond = (night.whole.cpu_s - unchanged.whole.cpu_s) / full.whole.cpu_s
        lines.append(
            f"| {night.name} | {night.n_changed:,} | {night.n_texts:,} | {night.n_embedded:,} "
            f"| {about}{night.embedding.cpu_s:,.1f} | {night.rest.cpu_s:,.1f} "
            f"| {about}{night.whole.cpu_s:,.1f} ({about}{night.whole.wall_s:,.1f}) "
            f"| {about}{beyond:.1%} |"
        )
    names = list(nights[0].parts_s)
    lines += ["", f"| wall s of | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for night in nights:
        cells = [f"{night.parts_s[name]:,.1f}" for name in names]
        lines.append(f"| {night.name} | {' | '.join(cells)} |")
    return "\n".join(lines)
