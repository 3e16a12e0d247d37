import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from naksha.web.bundles import (
    CALENDAR,
    CHAT,
    FAMILIES,
    join_calendar,
    join_chat,
    join_scripts,
    join_styles,
    style_parts,
)
from naksha.web.look import theme_of


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_choice_is_kept_and_leads_back(client, theme):
    response = client.post("/look/", {"theme": theme, "next": "/consultants/?q=tax"})
    assert response.status_code == 302
    assert response["Location"] == "/consultants/?q=tax"
    assert client.cookies["theme"].value == theme


def test_as_the_device_forgets_the_choice(client):
    client.cookies["theme"] = "dark"
    client.post("/look/", {"theme": "auto", "next": "/"})
    assert client.cookies["theme"].value == ""


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_way_back_stays_on_the_site(client, elsewhere):
    assert client.post("/look/", {"theme": "dark", "next": elsewhere})["Location"] == "/"


def test_another_site_cannot_choose(client):
    response = client.post("/look/", {"theme": "dark", "next": "/"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "theme" not in client.cookies


def test_a_page_that_is_only_fetched_chooses_nothing(client):
    assert client.get("/look/").status_code == 405


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("blue", ""), ('"><script>', "")])
def test_only_the_two_themes_are_believed(cookie, theme):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert theme_of(request) == theme


@pytest.mark.parametrize(
    ("cookie", "media"),
    [("dark", 'media="screen"'), ("light", 'media="not all"'), ("", 'media="screen and (prefers-color-scheme: dark)"')],
)
def test_the_server_draws_the_chosen_theme_at_once(cookie, media):
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES["theme"] = cookie
    html = Template('{% extends "layouts/base.html" %}').render(Context({"request": request}))
    sheet = re.search(r'<link rel="stylesheet" href="[^"]*dark[^"]*"[^>]*>', html)
    assert sheet
    assert media in sheet[0]
    assert (f'data-theme="{cookie}"' in html) is bool(cookie)


def test_the_stylesheet_joins_every_part_in_order():
    css = join_styles()
    assert css.index("@layer reset, base, components, pages, utilities;") < css.index("@font-face")
    assert css.count("{") == css.count("}")
    assert all(part.read_text() in css for part in style_parts())


def test_a_page_family_styles_its_own_pages_only():
    from django.conf import settings

    css = join_styles()
    for family in FAMILIES:
        text = (settings.BASE_DIR / f"static/css/pages/{family}.css").read_text()
        assert text not in css
        linked = [
            path
            for path in (settings.BASE_DIR / "templates").rglob("*.html")
            if f"css/pages/{family}.css" in path.read_text()
        ]
        assert linked, family


def test_only_tokens_name_a_colour_and_only_fonts_names_a_file():
    for part in style_parts():
        text = re.sub(r"/\*.*?\*/", "", part.read_text(), flags=re.S)
        if part.name != "tokens.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{}]*\{)", text), part.name
        if part.name != "fonts.css":
            assert "url(" not in text, part.name


def test_dark_mode_redefines_named_colours_only_and_all_of_them():
    from django.conf import settings

    css = settings.BASE_DIR / "static/css"
    tokens, dark = (css / "tokens.css").read_text(), (css / "dark.css").read_text()
    named = set(re.findall(r"(--[\w-]+):\s*(?:#|\d+ \d+ \d+)", tokens.split("/* 2.")[0]))
    redefined = set(re.findall(r"(--[\w-]+):", dark))
    assert named <= redefined
    assert redefined - named <= {"--frame", "--dim"}


def test_the_script_joins_behaviours_without_imports():
    script = join_scripts()
    assert script.count("\n{\n") + script.startswith("{\n") >= 1
    assert not re.search(r"^\s*(import|export)\s", script, flags=re.M)


def test_the_chats_script_is_joined_of_all_its_parts_and_none_is_long():
    from django.conf import settings
    from django.contrib.staticfiles import finders

    parts = {path.stem: path.read_text() for path in (settings.BASE_DIR / "static/js/chat").glob("*.js")}
    assert set(parts) == set(CHAT)
    assert all(text.count("\n") < 400 for text in parts.values())
    assert all(text in join_chat() for text in parts.values())
    assert Path(finders.find("js/pages/chat.js")).read_text() == join_chat()


def test_the_calendars_script_is_joined_of_all_its_parts_and_none_is_long():
    from django.conf import settings
    from django.contrib.staticfiles import finders

    parts = {path.stem: path.read_text() for path in (settings.BASE_DIR / "static/js/calendar").glob("*.js")}
    assert set(parts) == set(CALENDAR)
    assert all(text.count("\n") < 400 and text in join_calendar() for text in parts.values())
    for name in ("fullcalendar.js", "skeleton.css"):
        assert finders.find(f"vendor/fullcalendar/{name}")
