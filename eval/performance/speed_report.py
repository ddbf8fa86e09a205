"""What `python -m eval speed` found, as text."""

from typing import Any

PARTS: dict[str, str] = {
    "whole": "whole",
    "encode": "encode",
    "but_encoding": "all but encoding",
    "eligibility": "eligibility",
    "search": "search",
    "ranking": "ranking, reasons",
}


def render(found: dict[str, Any]) -> str:
    """Write tables of times, ratios, recall and memory."""
    machine = found["machine"]
    lines = [
        f"{found['people']:,} people, {found['passages']:,} passages, {found['goals']} goals, "
        f"{found['rounds']} rounds; {machine['cores']} cores, {machine['threads']} threads; index "
        f"{found['plan']}",
        *_built(found),
        f"open {found['opened']['open_s']:.2f} s, first answer "
        f"{found['opened']['first_answer_s']:.2f} s; "
        f"memory {found['memory']['resident_mb']:,.0f} MB resident, "
        f"{found['memory']['mapped_mb']:,.0f} MB of it pages of mapped files, "
        f"{found['opened']['memory_before_mb']:,.0f} MB before opening",
        "",
        f"{'milliseconds, p50 / p95':<20}" + "".join(f"{head:>20}" for head in PARTS.values()),
    ]
    for name, task in found["times"].items():
        lines.append(f"{name:<20}" + "".join(_cell(task["milliseconds"], part) for part in PARTS))
        best = "".join(_cell(task["best_of_rounds"], part) for part in PARTS)
        lines.append(f"{'  best of rounds':<20}{best}")
    lines += [
        "",
        f"{'':<20}{'eligible':>12}{'recall@50':>12}{'kept':>10}{'× the floor: p50':>20}{'p95':>8}"
        f"{'by goal':>10}",
    ]
    for name, task in found["times"].items():
        share, recall, kept = (found[key].get(name) for key in ("eligible", "recall", "kept"))
        ratio = task["ratio"]
        lines.append(
            f"{name:<20}{f'{share:.2%}' if share is not None else '':>12}"
            f"{f'{recall:.4f}' if recall is not None else '':>12}"
            f"{f'{kept:.3f}' if kept is not None else '':>10}"
            f"{ratio['p50']:>20.2f}{ratio['p95']:>8.2f}{ratio['by_goal']:>10.2f}"
        )
    return "\n".join([*lines, "", *NOTES])


NOTES = (
    "The floor embeds the goal once and searches FAISS bare, unfiltered, for as many as a list "
    "holds.",
    "Ratios are of each goal's best round. Recall@50: of the 50 eligible people with the passage "
    "nearest to the goal, by an exact search, the share among whom candidates are chosen. Kept: of "
    "those who come first when everybody is ranked by all signals, the share among the candidates.",
    "People, words and vectors are drawn: words as often as the sample company has them; a vector "
    "is the mean, plus parts of a real passage of the same field, of the person and of its own, so "
    "that mean and covariance are the real ones. Nothing about quality follows.",
)


def _built(found: dict[str, Any]) -> list[str]:
    built = found["built"]
    if built is None:
        return ["the index was there already"]
    parts = ", ".join(f"{name} {took:.1f}" for name, took in built["parts_s"].items())
    real, drawn = (built["cosine_mean_and_sd"][name] for name in ("real", "drawn"))
    return [
        f"drawn in {built['draw_s']:.1f} s, built in {built['build_s']:.1f} s ({parts}); "
        f"{built['snapshot_mb']:,.0f} MB on disk, {built['peak_memory_mb']:,.0f} MB at the peak",
        f"cosine of two passages, mean and standard deviation: real {real[0]:.3f} ± {real[1]:.3f}, "
        f"drawn {drawn[0]:.3f} ± {drawn[1]:.3f}",
    ]


def _cell(times: dict[str, dict[str, float]], part: str) -> str:
    if part not in times:
        return f"{'':>20}"
    return f"{times[part]['p50']:>11.2f} / {times[part]['p95']:>6.2f}"
