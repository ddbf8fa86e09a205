"""Writes one small table in every format that is read."""

import csv
import gzip
import html
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd

Rows = Sequence[Sequence[str]]

ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
)


def csv_bytes(rows: Rows, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Write CSV; "utf-8-sig" and "utf-16" begin with their mark."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows(rows)
    return stream.getvalue().encode(encoding)


def xlsx_bytes(rows: Rows) -> bytes:
    """Write a workbook in which every cell is text."""
    book = openpyxl.Workbook()
    for row, cells in enumerate(rows, 1):
        for place, text in enumerate(cells, 1):
            book.active.cell(row, place).value = text
            book.active.cell(row, place).data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet_bytes(rows: Rows) -> bytes:
    """Write Parquet, the first row being the names of the columns."""
    stream = io.BytesIO()
    pd.DataFrame(list(rows[1:]), columns=list(rows[0]), dtype="str").to_parquet(stream)
    return stream.getvalue()


def ods_sheet(rows: Rows) -> str:
    """Write the rows of an OpenDocument sheet."""
    return "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p>'
            "</table:table-cell>"
            if text
            else "<table:table-cell/>"
            for text in cells
        )
        + "</table:table-row>"
        for cells in rows
    )


def ods_bytes(sheet: str) -> bytes:
    """Pack the rows of a sheet as an OpenDocument spreadsheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest="
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
            "</manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {_NAMES}><office:body>'
            f'<office:spreadsheet><table:table table:name="People">{sheet}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return stream.getvalue()


def html_bytes(rows: Rows) -> bytes:
    """Write the web page that some systems call .xls."""
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in cells) + "</tr>"
        for cells in rows
    )
    return f"<html><head><meta charset=utf-8></head><table>{body}</table></html>".encode()


def spreadsheet_xml_bytes(rows: Rows) -> bytes:
    """Write an XML Spreadsheet 2003."""
    body = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{escape(text)}</Data></Cell>' for text in cells)
        + "</Row>"
        for cells in rows
    )
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}">'
        f'<Worksheet ss:Name="People"><Table>{body}</Table></Worksheet></Workbook>'
    ).encode()


def zip_bytes(*parts: tuple[str, bytes]) -> bytes:
    """Pack files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return stream.getvalue()


FORMATS = {
    "comma": csv_bytes,
    "semicolon": lambda rows: csv_bytes(rows, ";"),
    "tab": lambda rows: csv_bytes(rows, "\t"),
    "bar": lambda rows: csv_bytes(rows, "|"),
    "marked semicolon": lambda rows: b"sep=;\r\n" + csv_bytes(rows, ";"),
    "byte order mark": lambda rows: csv_bytes(rows, ",", "utf-8-sig"),
    "Unicode Text": lambda rows: csv_bytes(rows, "\t", "utf-16"),
    "type line": lambda rows: b"#TYPE System.Object\r\n" + csv_bytes(rows),
    "parquet": parquet_bytes,
    "xlsx": xlsx_bytes,
    "ods": lambda rows: ods_bytes(ods_sheet(rows)),
    "html": html_bytes,
    "spreadsheet xml": spreadsheet_xml_bytes,
    "gzip": lambda rows: gzip.compress(csv_bytes(rows)),
    "zip": lambda rows: zip_bytes(("people.csv", csv_bytes(rows)), ("__MACOSX/._people.csv", b"x")),
}
"""How each format is written."""


def write(folder: Path, data: bytes) -> Path:
    """Write bytes under a name that tells no format."""
    path = folder / "people.dat"
    path.write_bytes(data)
    return path
