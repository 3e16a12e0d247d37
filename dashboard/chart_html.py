"""A chart of Analytics as HTML: its head, where a script draws it, and the table that has its numbers. It is put
together here and not by a template: there are hundreds of cells, and template nodes take their time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboard.figures.charts import Chart, Column, Line
from naksha.money import rupees
from naksha.times import people_duration

HEAD = (
    '<section class="card chart-card{wide}" aria-labelledby="chart-{key}"><div class="card-head">'
    '<h2 id="chart-{key}">{title}</h2>{file}</div>\n<div class="card-body"><p class="small soft">{note}</p>\n'
)
FILE = (
    '<a class="small no-print" href="{url}?chart={key}&amp;{query}">{csv}'
    '<span class="visually-hidden">: {title}</span></a>'
)
QUERY = "the-days-that-are-shown"
DRAWN = (
    '\n<figure class="drawn" data-chart="{shape}" hidden><div class="drawn-in"><canvas role="img" aria-label="{drawn}">'
    '</canvas></div></figure>\n<details class="as-table"><summary>{show}<span class="visually-hidden">: {title}</span>'
    '</summary>\n<div class="table-in" tabindex="0" role="group" aria-labelledby="chart-{key}">'
    '<table class="table stays"><caption class="visually-hidden">{title}</caption>\n'
    '<thead><tr><th scope="col">{head}</th>{columns}</tr></thead>\n'
)


def told(number: int | float | None, unit: str) -> str:
    """``150000`` paise → ``₹1,500.00``; ``90`` minutes → ``1 h 30 min``; ``12.5`` percent → ``12.5 %``; None: –"""
    if number is None:
        return "–"
    if unit == "paise":
        return rupees(int(number))
    if unit == "minutes":
        return people_duration(int(number)) if number else "0"
    if unit == "percent":
        return _("%(n)s %%") % {"n": f"{number:g}"}
    return rupees(number * 100)[1:-3] if isinstance(number, int) else f"{number:g}"


@lru_cache(maxsize=4096, typed=True)
def _cell(number: int | float | None, unit: str, language: str | None) -> str:
    """``data-n`` is what the chart draws. Most days have the same few numbers; each is worded once."""
    drawn = "" if number is None else f' data-n="{number}"'
    return f'<td class="num"{drawn}>{told(number, unit)}</td>'


def rows_html(chart: Chart, lines: Iterable[Line]) -> str:
    """The rows of the table. Titles are escaped, all else is numbers of ours."""
    units, language = [column.unit for column in chart.columns], get_language()
    made = []
    for line in lines:
        cells = [_cell(number, unit, language) for number, unit in zip(line.numbers, units, strict=True)]
        made.append(f'<tr><th scope="row">{escape(line.title)}</th>{"".join(cells)}</tr>')
    return "".join(made)


@dataclass(frozen=True)
class _Frame:
    """What stands around the numbers, with a place for the days of the file."""

    empty: str
    head: str
    table: str


_frames: dict[object, _Frame] = {}


def _frame(chart: Chart) -> _Frame:
    """A chart's words are settled by its key, what its lines are, and its columns; each frame is worded once."""
    head = str(chart.head)
    of = chart.key, head, tuple(column.name for column in chart.columns), get_language()
    if of not in _frames:
        _frames[of] = _framed(chart, escape(head))
    return _frames[of]


def _framed(chart: Chart, head: str) -> _Frame:
    title, note = escape(str(chart.title)), escape(str(chart.note))
    words = {"key": chart.key, "title": title, "shape": chart.shape}
    wide = "" if chart.shape == "across" else " is-wide"
    file = FILE.format(url=reverse("dashboard:chart_csv"), query=QUERY, csv=escape(_("CSV")), **words)
    drawn = escape(_("%(title)s, drawn. The same numbers are in the table below.")) % {"title": title}
    columns = "".join(_column(column) for column in chart.columns)
    none = f'<p class="small chart-none">{escape(str(chart.empty))}</p>'
    return _Frame(
        empty=HEAD.format(wide=wide, file="", note=note, **words) + none,
        head=HEAD.format(wide=wide, file=file, note=note, **words),
        table=DRAWN.format(drawn=drawn, show=escape(_("Show as a table")), head=head, columns=columns, **words),
    )


def _column(column: Column) -> str:
    drawn = f' data-drawn="{column.drawn}"' if column.drawn else ""
    return f'<th scope="col" class="num" data-unit="{column.unit}"{drawn}>{escape(str(column.title))}</th>'


def chart_html(chart: Chart, query: str) -> SafeString:
    """``query`` says for which days its file is."""
    frame = _frame(chart)
    if chart.is_empty:
        made = frame.empty
    else:
        made = (
            f"{frame.head.replace(QUERY, escape(query))}{frame.table}<tbody>{rows_html(chart, chart.lines)}</tbody>\n"
        )
        if chart.sum:
            made += f"<tfoot>{rows_html(chart, [chart.sum])}</tfoot>"
        made += "</table></div></details>"
    return mark_safe(f"{made}\n</div></section>\n")  # noqa: S308 - every word is escaped
