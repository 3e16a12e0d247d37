"""A spreadsheet reads text, whatever somebody called themselves."""

import pytest

from naksha.csvfile import lines, safe


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_what_would_be_a_formula_is_text(text):
    assert safe(text) == "'" + text


def test_the_rest_stays_as_it_is():
    assert [safe(value) for value in ("Asha", "a=b", -5, None, "")] == ["Asha", "a=b", -5, "", ""]


def test_lines_are_quoted_where_they_must_and_end_as_the_rfc_says():
    assert list(lines(["a", "b"], [["x,y", 'say "no"']])) == ["\ufeffa,b\r\n", '"x,y","say ""no"""\r\n']


def test_a_columns_name_is_no_formula_either():
    assert next(lines(["=1+1", "Name"], [])) == "\ufeff'=1+1,Name\r\n"
