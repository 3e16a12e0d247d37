import re
from datetime import UTC, datetime

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject

from naksha.web.drawn import Drawn
from naksha.web.faces import initials
from naksha.web.icons import UnknownIcon


def draw(text: str, **context) -> str:
    return Template("{% load naksha %}" + text).render(Context(context)).strip()


class Form(forms.Form):
    name = forms.CharField(label="Your name", help_text="As on the invoice.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Phone"), ("b", "Online")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    agree = forms.BooleanField(label="I agree")


def test_paise_become_rupees():
    assert draw("{{ paise|rupees }}", paise=12345600) == "₹1,23,456.00"
    assert draw("{{ paise|rupees }}", paise=None) == ""


def test_an_icon_is_inlined_and_hidden_from_readers():
    svg = draw('{% icon "clock" %}')
    assert svg.startswith('<svg class="ico"')
    assert 'aria-hidden="true"' in svg
    assert "<path" in svg
    assert "@license" not in svg


@pytest.mark.parametrize("name", ["no-such-icon", "../package", "", "Clock"])
def test_an_icon_that_does_not_exist_raises(name):
    with pytest.raises(UnknownIcon):
        draw("{% icon name %}", name=name)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ira Deshmukh", "ID"),
        ("Ira", "I"),
        ("  ", "·"),
        ("मीरा शर्मा", "मीश"),
        ("😀 Rao", "R"),
        ("A. P. J. Kalam", "AK"),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_a_face_without_a_photo_has_initials_and_with_one_has_the_photo():
    assert ">ID<" in draw('{% face "Ira Deshmukh" "" "lg" %}')
    photo = draw('{% face "Ira" "/media/p.webp" 64 "Portrait of Ira" %}')
    assert 'src="/media/p.webp"' in photo
    assert 'alt="Portrait of Ira"' in photo
    assert "face-lg" in photo


def test_a_face_escapes_what_it_is_given():
    assert "<script>" not in draw("{% face name url 44 name %}", name="<script>", url='"><script>')


def test_a_scale_bar_tells_whole_and_part():
    svg = draw('{% scale 6.5 10 "6 minutes 30 seconds left" %}')
    assert 'class="on" width="60%"' in svg
    assert 'class="now" x="60%" width="5%"' in svg
    assert 'aria-label="6 minutes 30 seconds left"' in svg
    assert svg.count('class="tick"') == 9


@pytest.mark.parametrize(("done", "total"), [(0, 0), (-3, 5), (9, 5), (27, 40)])
def test_a_scale_bar_stays_in_its_frame(done, total):
    widths = [float(width) for width in re.findall(r'width="([\d.]+)%"', draw("{% scale d t %}", d=done, t=total))]
    assert sum(widths) <= 100.01


def test_a_time_carries_the_instant_and_the_exact_words():
    html = draw("{% when dt 'Asia/Kolkata' %}", dt=datetime(2026, 11, 24, 11, tzinfo=UTC))
    assert 'datetime="2026-11-24T11:00:00Z"' in html
    assert 'title="Tuesday 24 November 2026, 4:30 pm IST (GMT+5:30)"' in html


def test_a_field_wires_hint_and_error_to_its_control():
    form = Form(QueryDict("name=&note=<b>kept</b>"))
    html = render_to_string("components/field.html", {"field": form["name"]})
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'for="id_name"' in html
    assert "&lt;b&gt;kept&lt;/b&gt;" in render_to_string("components/field.html", {"field": form["note"]})


def test_a_field_is_begun_with_where_that_is_said_and_knows_no_rows_of_the_page():
    context = {"field": Form()["name"], "rows": ["a line of the page"]}
    plain = render_to_string("components/field.html", context)
    assert "rows=" not in plain
    assert "data-focus" not in plain
    assert "data-focus" in render_to_string("components/field.html", {**context, "focus": "yes"})
    assert 'rows="4"' in render_to_string("components/field.html", {"field": Form()["note"], "rows": 4})


def test_radios_stand_in_a_fieldset_with_a_legend():
    html = render_to_string("components/field.html", {"field": Form()["kind"]})
    assert "<fieldset" in html
    assert re.search(r"<legend>\s*Kind", html)
    assert html.count('type="radio"') == 2


def test_the_error_summary_links_to_each_field():
    html = render_to_string("components/form_errors.html", {"form": Form(QueryDict(""))})
    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    assert 'role="alert"' in html
    assert render_to_string("components/form_errors.html", {"form": Form()}).strip() == ""


def test_a_navigation_line_to_a_page_that_is_not_installed_is_left_out():
    assert draw('{% navlink "nowhere:at-all" "house" "Nowhere" %}') == ""


def test_no_template_of_ours_writes_a_style_or_a_handler():
    from django.conf import settings

    wrong = [
        path.relative_to(settings.BASE_DIR)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if "mail" not in path.parts
        and re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", re.sub(r"{%.*?%}|{{.*?}}", "", path.read_text(), flags=re.S))
    ]
    assert wrong == []


PART = "{% drawn nav=nav %}<b>{{ nav }}</b>{{ name }}{{ user.name }}{% enddrawn %}"


def test_a_drawn_part_sees_what_it_is_told_and_nothing_else():
    user = {"name": "Ira"}
    assert draw(PART, nav="a & b", name="Farhan", user=user) == "<b>a &amp; b</b>"
    assert draw(
        "{% drawn n=number t=true s=words|safe %}{{ n }}{{ t }}{{ s }}{% enddrawn %}", number=3, true=True, words="<i>"
    ) == ("3True<i>")


def test_a_drawn_part_is_drawn_once_for_each_set_of_what_it_is_told(monkeypatch):
    asked = []
    monkeypatch.setattr("naksha.web.templatetags.naksha.icon_svg", lambda name, extra: asked.append(name) or name)
    template = Template("{% load naksha %}{% drawn a=a b=b %}{% icon a %}{{ b }}{% enddrawn %}")
    drawn = [
        template.render(Context({"a": a, "b": b})) for a, b in [("x", 1), ("x", 1), ("x", True), ("y", 1), ("x", 1)]
    ]
    assert drawn == ["x1", "x1", "xTrue", "y1", "x1"]
    assert asked == ["x", "x", "y"]


def test_a_drawn_part_asks_a_lazy_number_once_and_does_not_keep_who_asked():
    template = Template("{% load naksha %}{% drawn n=n %}{{ n }}{% enddrawn %}")
    for number in (2, 3, 2):
        assert template.render(Context({"n": SimpleLazyObject(lambda number=number: number)})) == str(number)
    kept = template.nodelist.get_nodes_by_type(Drawn)[0]._kept
    assert {type(value) for key in kept for _kind, value in key[1:]} == {int}


def test_a_drawn_part_takes_no_rows():
    with pytest.raises(TemplateSyntaxError, match="who can't be told"):
        draw("{% drawn who=who %}{{ who }}{% enddrawn %}", who=Form())
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        draw("{% drawn who %}{% enddrawn %}", who="x")


def test_a_drawn_part_keeps_no_more_than_it_may(monkeypatch):
    monkeypatch.setattr("naksha.web.drawn.MOST", 3)
    template = Template("{% load naksha %}{% drawn n=n %}{{ n }}{% enddrawn %}")
    for n in range(20):
        assert template.render(Context({"n": n})) == str(n)
    assert len(template.nodelist.get_nodes_by_type(Drawn)[0]._kept) <= 3
