"""A CSV file as spreadsheets write it: commas, semicolons or tabs, with or without the mark of UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from naksha.csvfile import FORMULA
from naksha.errors import WrongInput

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 60
SHOWN = 3  # rows, where columns have to be named
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Read:
    text: str
    delimiter: str
    header: list[str]
    samples: list[list[str]]
    total: int


def bad(words: str) -> WrongInput:
    return WrongInput("file", words)


def read(data: bytes) -> Read:
    """The whole file, counted. Raises WrongInput with what is wrong with it in words."""
    if len(data) > MOST_BYTES:
        raise bad(_("The file is larger than 10 MB. Split it."))
    text = _decoded(data)
    delimiter = _delimiter(text)
    rows = rows_of(text, delimiter)
    try:
        _line, header = next(rows)
        samples, total = [], 0
        for line, row in rows:
            total += 1
            if len(row) > MOST_COLUMNS:
                raise bad(_("Row %(n)d has more than %(most)d cells.") % {"n": line, "most": MOST_COLUMNS})
            if total <= SHOWN:
                samples.append([cell[:80] for cell in row])
            if total > MOST_ROWS:
                raise bad(_("The file has more than 50,000 rows. Split it."))
    except StopIteration:
        raise bad(_("The file is empty.")) from None
    if len(header) > MOST_COLUMNS:
        raise bad(_("The file has more than %(n)d columns. Leave out what is no client’s.") % {"n": MOST_COLUMNS})
    if not total:
        raise bad(_("The file has a head and no rows."))
    names = [" ".join(cell.split())[:60] or _("Column %(n)d") % {"n": n} for n, cell in enumerate(header, start=1)]
    return Read(text, delimiter, names, samples, total)


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise bad(_("The letters can’t be read. In Excel, save it as “CSV UTF-8 (comma delimited)”.")) from None
    if "\0" in text:
        raise bad(_("This is no CSV file. In a spreadsheet, save the sheet as CSV."))
    return text


def _delimiter(text: str) -> str:
    """The one that its first line has most of."""
    first = text[:20_000].lstrip("\r\n").splitlines()[0] if text.strip() else ""
    return max(",;\t", key=lambda sign: (first.count(sign), sign == ","))


def rows_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each row that is not empty; the head comes first. Numbers are those of a spreadsheet."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for row in reader:
            number += 1
            cells = [unguarded(cell.strip()) for cell in row]
            if any(cells):
                yield number, cells
    except csv.Error:
        raise bad(
            _("Row %(n)d can’t be read. Is a quotation mark opened there and not closed?") % {"n": number + 1}
        ) from None


def unguarded(cell: str) -> str:
    """Without the sign that our own files put before what would be a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(FORMULA) else cell
