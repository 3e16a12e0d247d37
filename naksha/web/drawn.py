"""Parts of pages that are the same for everybody who is told the same: ``{% drawn nav=nav %}…{% enddrawn %}``.

Such a part is drawn once in a process for each set of what it is told. It sees that and nothing else of the page,
neither the request nor whose it is, so that nothing of one person can be kept for another.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 200  # of one part; when there are more, all are drawn anew
PLAIN = (str, int, float, type(None))


class Drawn(Node):
    def __init__(self, nodelist: NodeList, told: dict[str, FilterExpression]) -> None:
        self.nodelist, self.told = nodelist, told
        self._kept: dict[Any, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        told = {name: _plain(name, value.resolve(context, ignore_failures=True)) for name, value in self.told.items()}
        key = get_language(), *((type(value), value) for value in told.values())
        if key not in self._kept:
            if len(self._kept) >= MOST:
                self._kept = {}
            alone = template.Context(told)
            with alone.bind_template(context.template):  # type: ignore[arg-type]  # the page's, of course
                self._kept[key] = self.nodelist.render(alone)
        return self._kept[key]


def _plain(name: str, value: Any) -> Any:
    """What may be told: words and numbers. A row could be anybody's, and would be kept with all that hangs from it."""
    if isinstance(value, Promise):
        return str(value)
    if type(value) is SimpleLazyObject:
        bool(value)  # it is asked for now
        value = copy(value)
    if not isinstance(value, PLAIN):
        raise template.TemplateSyntaxError(f"{name} can't be told to a drawn part: {type(value).__name__}")
    return value


def drawn(parser: Parser, token: Token) -> Drawn:
    words = token.split_contents()[1:]
    told = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError("drawn takes name=value and nothing else")
    nodelist = parser.parse(("enddrawn",))
    parser.delete_first_token()
    return Drawn(nodelist, told)
