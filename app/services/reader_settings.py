"""The table `[reader]` of the settings: the language model that reads the lists, if any.

Its endpoint may be the company's own (vLLM, Ollama, llama.cpp) or hosted; it speaks the OpenAI
chat-completions protocol. In the environment `[reader] url` is `LEARNING_RELATIONSHIPS_READER_URL`.
"""

from pathlib import Path
from typing import Any

from pydantic import model_validator

from index.reader.chat import ChatReader, ChatSettings, read_key
from recommender.errors import InputError

TABLE = "reader"

_PREFIX = "READER_"
_KEY = "key"


class ReaderSettings(ChatSettings):
    """Which endpoint reads, within which limits, and where its key stands."""

    key_file: Path | None = None
    """A file of one line, the key; or set it in the environment."""

    @model_validator(mode="after")
    def _has_one_key(self) -> "ReaderSettings":
        if self.key and self.key_file:
            raise ValueError("give the key in the environment or in a key_file, not in both")
        return self

    def open(self) -> ChatReader:
        """Open the reader; nothing is sent before a list is read.

        Raises:
            InputError: the key's file cannot be read, or is not one line.
        """
        key = self.key if self.key_file is None else read_key(self.key_file)
        return ChatReader(self.model_copy(update={"key": key}))


def read_reader_values(
    table: Any, told: dict[str, str]
) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """Tell what is said of the reader from the other variables; the environment goes first.

    Args:
        table: what the settings file says under `[reader]`; None where nothing.
        told: variables by their names without the project's prefix.

    Returns:
        The reader's values, unchecked, None where nothing names one; and the other variables.

    Raises:
        InputError: the file's `reader` is no table, or holds the key itself.
    """
    if table is not None and not isinstance(table, dict):
        raise InputError("setting 'reader': write it as a table, [reader], with url and model")
    if _KEY in (table or {}):
        raise InputError(
            "setting 'reader.key': a key does not stand in the settings file; set "
            "LEARNING_RELATIONSHIPS_READER_KEY, or name a file of its own by key_file"
        )
    own = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in told.items()
        if name.startswith(_PREFIX)
    }
    others = {name: value for name, value in told.items() if not name.startswith(_PREFIX)}
    return ({**(table or {}), **own} if table is not None or own else None), others
