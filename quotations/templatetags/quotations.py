"""How quotations tell quantities, shares and States."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from naksha.money import rupees
from payments import tax
from quotations.forms import AnswerForm
from quotations.models import QuotationQuestion
from quotations.sums import hundredths

register = template.Library()


register.filter("hundredths", hundredths)


@register.filter
def state_name(code: str) -> str:
    return tax.state_name(code)


@register.filter
def state_tax(code: str) -> str:
    """``SGST``, or ``UTGST`` where the place has no legislature."""
    return tax.state_tax_name(code)


@register.simple_tag
def net_of(told: dict[str, Any], index: int) -> str:
    """What the line at ``index`` comes to, as far as it is complete."""
    nets = told["nets"]
    net = nets[index] if index < len(nets) else None
    return "–" if net is None else rupees(net)


@register.simple_tag
def answer_field(_form: AnswerForm, question: QuotationQuestion) -> SafeString:
    """The empty field for one of several answers on a page: each has ids of its own."""
    form = AnswerForm(auto_id=f"id_{question.pk.hex[-8:]}_%s")
    return render_to_string("components/field.html", {"field": form["answer"]})
