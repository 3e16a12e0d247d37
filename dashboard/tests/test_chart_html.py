"""A chart as HTML: whatever is typed is escaped, and each number is told as what it is."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from dashboard.chart_html import chart_html, rows_html
from dashboard.figures.charts import Chart, Column, Line

COLUMNS = [Column("revenue", "Revenue", "paise", "bar"), Column("share", "Share", "percent")]


def chart(**changes: Any) -> Chart:
    facts: dict[str, Any] = {
        "lines": [Line("Yoga", [150_000, 12.5])],
        "sum": Line("All", [150_000, None]),
        "empty": "None <yet>.",
    }
    return Chart("of-a-test", "By <service>", "Before & after.", "Service", "across", COLUMNS, **facts | changes)


class Balance(HTMLParser):
    """The elements that are open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_what_was_typed_is_escaped() -> None:
    made = chart_html(chart(lines=[Line("<b>Yoga</b>", [1, None])]), 'period="7d"&x')
    assert "<b>" not in made
    assert "&lt;b&gt;Yoga&lt;/b&gt;" in made
    assert "By &lt;service&gt;" in made
    assert "Before &amp; after." in made
    assert "?chart=of-a-test&amp;period=&quot;7d&quot;&amp;x" in made


def test_what_is_opened_is_closed() -> None:
    for each in (chart(), chart(lines=[]), chart(sum=None)):
        assert Balance(chart_html(each, "period=7d")).open == []


def test_the_days_of_one_page_are_not_those_of_the_next() -> None:
    for period in ("7d", "90d"):
        made = chart_html(chart(), f"period={period}")
        assert f"?chart=of-a-test&amp;period={period}" in made
        assert made.count("period=") == 1


def test_a_chart_without_numbers_says_so_and_has_no_file() -> None:
    made = chart_html(chart(lines=[Line("Yoga", [0, None])]), "period=7d")
    assert "None &lt;yet&gt;." in made
    assert "<table" not in made
    assert "?chart=" not in made


@pytest.mark.parametrize("first", [1, 1.0])
def test_a_cell_is_told_by_its_own_number(first: float) -> None:
    count = [Column("n", "N", "count")]
    for number in (first, 1, 1.0):
        row = rows_html(Chart("k", "K", "", "H", "across", count), [Line("x", [number])])
        assert f'<td class="num" data-n="{number}">1</td>' in row


def test_each_unit_in_its_words() -> None:
    row = rows_html(chart(), [Line("x", [150_000, 12.5]), Line("y", [None, 0])])
    assert '<td class="num" data-n="150000">₹1,500.00</td><td class="num" data-n="12.5">12.5 %</td>' in row
    assert '<td class="num">–</td><td class="num" data-n="0">0 %</td>' in row
