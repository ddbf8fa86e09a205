"""A long text's beginning, where only so much of it fits."""


def excerpt(text: str, most: int) -> str:
    """Return a text, or as many of its first words as fit into `most` characters and "…"."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
