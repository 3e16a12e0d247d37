"""One template, three outputs: the subject is its <title>, the HTML gets its styles inlined, the text is told by it.

Templates are plain, well-formed HTML in ``templates/mail/`` over ``mail/base.html``. Every word stands once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from notifications.mailstyle import STYLES

_VOID = frozenset({"br", "hr", "img", "meta", "link", "col"})
_BLOCK = frozenset({"p", "h1", "h2", "tr", "table", "ul", "li", "blockquote", "div"})


@dataclass(frozen=True, slots=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def render_mail(template: str, context: dict[str, Any]) -> RenderedMail:
    """Render ``templates/mail/<template>.html``. Raises TemplateDoesNotExist, or what the template raises."""
    with translation.override(context.get("language") or settings.LANGUAGE_CODE):
        source = get_template(f"mail/{template}.html").render({**context, "site_url": settings.SITE_URL})
    walker = _Walker()
    walker.feed(source)
    walker.close()
    return RenderedMail(subject=" ".join(walker.title.split()), text=walker.plain(), html="".join(walker.html).strip())


@dataclass
class _Link:
    href: str
    words: list[str] = field(default_factory=list)


class _Walker(HTMLParser):
    """Reads the rendered page once and writes both parts.

    ``data-text="skip"`` leaves an element out of the text part. A link becomes ``words: address``.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.html: list[str] = []
        self.title = ""
        self._lines: list[str] = []
        self._now = ""
        self._tags: list[tuple[str, bool]] = []  # (name, silent)
        self._link: _Link | None = None
        self._raw = False

    # --- the HTML part
    def handle_decl(self, decl: str) -> None:
        self.html.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        """Comments stay in the templates."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        silent = self._silent or tag in ("head", "style") or values.pop("data-text", "") == "skip"
        styles = [STYLES[key] for key in [tag, *[f".{c}" for c in values.get("class", "").split()]] if key in STYLES]
        if styles and "style" not in values:
            values["style"] = ";".join(styles)
        told = "".join(f' {name}="{escape(value)}"' for name, value in values.items())
        self.html.append(f"<{tag}{told}>")
        if tag not in _VOID:
            self._tags.append((tag, silent))
        self._raw = tag == "style"
        if not silent:
            self._open_text(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self._tags or self._tags[-1][0] != tag:
            raise ValueError(f"a mail's </{tag}> closes nothing")
        _tag, silent = self._tags.pop()
        self.html.append(f"</{tag}>")
        self._raw = False
        if not silent:
            self._close_text(tag)

    def handle_data(self, data: str) -> None:
        self.html.append(data if self._raw else escape(data, quote=False))
        if self._tags and self._tags[-1][0] == "title":
            self.title += data
        elif not self._silent:
            words = re.sub(r"\s+", " ", data)
            if self._link is not None:
                self._link.words.append(words)
            else:
                self._say(words)

    @property
    def _silent(self) -> bool:
        return bool(self._tags) and self._tags[-1][1]

    # --- the text part
    def _say(self, words: str) -> None:
        self._now += words.lstrip() if not self._now or self._now.endswith((" ", "\n")) else words

    def _flush(self, gap: bool = False) -> None:
        if self._now.strip():
            self._lines.append(self._now.rstrip())
        self._now = ""
        if gap and self._lines and self._lines[-1]:
            self._lines.append("")

    def _open_text(self, tag: str, values: dict[str, str]) -> None:
        if tag == "a":
            self._link = _Link(values.get("href", ""))
        elif tag == "br":
            self._flush()
        elif tag == "hr":
            self._flush(gap=True)
            self._lines.append("-" * 40)
            self._lines.append("")
        elif tag == "li":
            self._flush()
            self._now = "- "
        elif tag == "blockquote":
            self._flush(gap=True)
            self._now = "> "
        elif tag in _BLOCK and not self._now.endswith(("- ", "> ")):
            self._flush(gap=tag in ("h2", "table"))

    def _close_text(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            link, self._link = self._link, None
            words = "".join(link.words).strip()
            plain = link.href.removeprefix("mailto:")
            self._say(words if words == plain else f"{words}: {plain}")
        elif tag == "th":
            self._now = self._now.rstrip() + ": "
        elif tag in ("td",):
            self._now = self._now.rstrip() + " "
        elif tag in ("tr", "li"):
            self._flush()
        elif tag in _BLOCK:
            self._flush(gap=True)

    def plain(self) -> str:
        self._flush()
        return "\n".join(line.rstrip() for line in self._lines).strip() + "\n"
