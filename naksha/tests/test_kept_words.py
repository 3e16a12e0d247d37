"""A sentence is looked for in the catalogues once, and says the same each time."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, trans_real

from naksha.web.words import keep_words


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What catalogues are asked for, in a process that keeps words."""
    words: Any = trans_real.translation(settings.LANGUAGE_CODE)
    monkeypatch.setitem(vars(words), "gettext", type(words).gettext.__get__(words))
    found: list[Any] = []
    get = trans_real.TranslationCatalog.get

    def counted(self: Any, key: Any, default: Any = None) -> Any:
        found.append(key)
        return get(self, key, default)

    monkeypatch.setattr(trans_real.TranslationCatalog, "get", counted)
    keep_words()
    return found


def test_a_sentence_is_looked_for_once(looks: list[Any]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        once = [gettext("This field is required."), gettext("A sentence that no catalogue has.")]
        assert looks
        looks.clear()
        assert [gettext("This field is required."), gettext("A sentence that no catalogue has.")] == once
    assert looks == []
    assert once[0] != "This field is required.", "it is in our words"


def test_without_a_language_it_stays_as_it_is(looks: list[Any]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        assert gettext("This field is required.") != "This field is required."
    with translation.override(None):
        assert gettext("This field is required.") == "This field is required."


def test_what_is_safe_in_one_place_is_not_so_in_another(looks: list[Any]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        assert type(gettext(mark_safe("<b>Bold</b>"))) is SafeString
        assert type(gettext("<b>Bold</b>")) is str


def test_it_is_kept_once(looks: list[Any]) -> None:
    words: Any = trans_real.translation(settings.LANGUAGE_CODE)
    kept = words.gettext
    keep_words()
    assert words.gettext is kept
