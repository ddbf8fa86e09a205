"""What a goal says is not wanted: "not Excel again" must not find those who teach Excel."""

import re

_WHAT = r"(?:(?!\bbut\b)[^,.;:!?()\n–—…])+"
_REFUSAL = re.compile(
    rf"\b(?:not|no)\s+(?:(?!\bbut\b)[^,.;:!?()\n–—…]){{1,60}}?\bagain\b"
    rf"|\b(?:no more(?! than\b)|anything but|not another|enough of|nothing to do with"
    rf"|not interested in|not about)\s+{_WHAT}"
    rf"|\b(?:instead of|rather than)\s+(?!\w+ing\b){_WHAT}"
    rf"|\b(?:i|we)\s+(?:really\s+)?(?:do not|don['’]?t)\s+want\s+"
    rf"(?:(?!to\b)|to (?:do|hear|learn|see|study|use|work)\b){_WHAT}",
    re.IGNORECASE,
)
_EDGES = " ,;:–—-.!?…"


def take_refusals(text: str) -> tuple[str, tuple[str, ...]]:
    """Part what is sought from what is refused.

    "I am not good at …" and "I do not know how …" refuse nothing: they are what help is sought
    with. So only turns of phrase count that turn something down.

    Args:
        text: a part of a goal, English.

    Returns:
        The text without its refusals, empty where it is nothing else; and the refusals.
    """
    refused = tuple(found[0].strip(_EDGES) for found in _REFUSAL.finditer(text))
    if not refused:
        return text, ()
    kept = " ".join(_REFUSAL.sub(" ", text).split()).strip(_EDGES)
    return (kept if any(map(str.isalpha, kept)) else ""), refused
