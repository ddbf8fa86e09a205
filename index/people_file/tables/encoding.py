"""The encoding of a text file: UTF-8 and UTF-16 are read, anything else is told with its place."""

import codecs
from pathlib import Path

from recommender.errors import Problem

_READ_BYTES = 1 << 20


def text_encoding(path: Path) -> tuple[str, list[Problem]]:
    """Find the encoding to go on with, "" where the file is no text.

    UTF-8 and UTF-16, which Excel calls "Unicode Text", are certain; anything else is told.
    """
    file = path.name
    with path.open("rb") as stream:
        start = stream.read(4096)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", _cut_utf16(path, "utf-16")
        for order, offset in (("le", 1), ("be", 0)):
            if start[offset::2].count(0) > len(start) // 4 > start[1 - offset :: 2].count(0) * 4:
                return f"utf-16-{order}", _cut_utf16(path, f"utf-16-{order}")
        if sum(byte < 9 or 13 < byte < 32 for byte in start) > len(start) // 50 + 1:
            return "", [Problem(
                file, "wrong_format", "this is a binary file of a kind that is not known",
                "export the people as CSV, Parquet or Excel",
            )]  # fmt: skip
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        nul = -1
        try:
            done = 0
            while block := stream.read(_READ_BYTES):
                if nul < 0 <= (place := block.find(0)):
                    nul = done + place
                decoder.decode(block)
                done += len(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1", [_bad_byte(file, path.read_bytes())]
    problems = []
    if nul >= 0:
        line = line_of(path.read_bytes(), nul)
        problems.append(Problem(
            file, "nul_byte", f"a zero byte stands at byte {nul + 1:,}, line {line:,}",
            "the file is damaged: copy or export it again", line=line,
        ))  # fmt: skip
    return "utf-8-sig", problems


def _bad_byte(file: str, data: bytes) -> Problem:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as reason:
        place = reason.start
    else:
        place = 0
    line = line_of(data, place)
    around = data[max(0, place - 12) : place + 12].split(b"\n")[0 if place < 12 else -1]
    read = around.decode("cp1252", "replace").strip()
    shown = "".join(letter if letter.isprintable() else " " for letter in read)
    where = (
        f": byte 0x{data[place]:02x} at place {place + 1:,}, line {line:,}, is no UTF-8 "
        f"(as Windows-1252 it would read '{shown}')"
    )
    return _not_utf8(file, "something other than UTF-8, probably Windows-1252", where, line)


def _not_utf8(file: str, what: str, where: str, line: int | None = None) -> Problem:
    return Problem(
        file, "wrong_encoding", f"the text is encoded as {what}{where}",
        "save it as UTF-8 (in Excel: Save as, 'CSV UTF-8')", line=line,
    )  # fmt: skip


def line_of(data: bytes, place: int) -> int:
    """Count in which line a byte stands."""
    return data.count(b"\n", 0, place) + 1


def _cut_utf16(path: Path, encoding: str) -> list[Problem]:
    """Return where UTF-16 breaks off in the middle of a letter."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_READ_BYTES):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return [Problem(
            path.name, "cut_off", "the UTF-16 text is damaged or ends in the middle of a letter",
            "copy or export the whole file again",
        )]  # fmt: skip
    return []
