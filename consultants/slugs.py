"""The address of a consultant's page: made from the name, free, and never one of the site's own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext_lazy as _

from consultants.letters import to_latin
from consultants.models import Consultant, SlugRedirect

MAX_LENGTH = 90  # leaves room for a number within the column's 110
MOST_FORMER = 20  # each is kept from everybody else for ever
FALLBACK = "consultant"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# Words that no page has yet, but that a person would take for the site itself.
_WORDS = """
about account accounts admin administrator admins ads api app apps assets auth b billing blog book booking
bookings calendar callback career careers chat client clients code community consultant consultants contact
cookies css dashboard demo dev directory docs download edit email emulator error events explore faq favicon
features feed feedback files find forgot get-started guide health healthz help home hooks host hq i icons images
img index info inbox invoice invoices jitsi jobs join js legal live login logout mail manage me media meet
meeting meetings metrics mobile my naksha new news notifications null oauth offers official offline onboarding
partners password pay payment payments payout payouts ping plans policy press pricing privacy profile public q
quotation quotations readyz receipts refund refunds register report resource resources review reviews robots
room rooms root sales search secure security service services session sessions settings setup share shop signin
signout signup site sitemap sitemaps slots staff static status store styleguide support system team teams
telegram terms test ticket tickets tos tour trust undefined upload uploads user users verify video webhook
webhooks webinar webinars welcome well-known wiki www ws zoom
"""
WORDS = frozenset(_WORDS.split())


@lru_cache(maxsize=1)
def reserved_words() -> frozenset[str]:
    """Every first part of an address that the site answers itself, and the words above."""
    return WORDS | frozenset(_first_parts(get_resolver().url_patterns))


def _first_parts(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        route = str(pattern.pattern).lstrip("^/")
        if not route and isinstance(pattern, URLResolver):
            yield from _first_parts(pattern.url_patterns)
            continue
        first = route.split("/")[0].lower()
        if first and not set(first) & set("<>()[]?\\"):
            yield first
            yield first.replace(".", "-").replace("_", "-")


def is_reserved(slug: str) -> bool:
    return slug in reserved_words()


def validate_slug(slug: str) -> None:
    """Raise ValidationError unless ``slug`` could be somebody's address; whether it is free is another question."""
    if not SLUG.fullmatch(slug) or len(slug) > MAX_LENGTH:
        raise ValidationError(
            _("Use small letters a to z, digits and single hyphens, at most 90 in all."), code="invalid_slug"
        )
    if len(slug) < 2:
        raise ValidationError(_("Use at least 2 characters."), code="short_slug")
    if is_reserved(slug):
        raise ValidationError(_("This address is one of the site's own."), code="reserved_slug")


def slug_of(name: str) -> str:
    """``name`` as an address part: "Dr. Renée D'Souza" is "dr-renee-dsouza". What can't be written so is left out."""
    latin = unicodedata.normalize("NFKD", to_latin(name)).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", latin.replace("'", "").replace(".", " ")).strip("-")
    return words[:MAX_LENGTH].rstrip("-") or FALLBACK


def is_taken(slug: str, *, but_for: Consultant | None = None) -> bool:
    """Whether the address leads, or once led, to somebody else's page."""
    others = Consultant.objects.filter(slug=slug)
    past = SlugRedirect.objects.filter(slug=slug)
    if but_for is not None:
        others, past = others.exclude(pk=but_for.pk), past.exclude(consultant=but_for)
    return others.exists() or past.exists()


def check_slug(slug: str, consultant: Consultant) -> None:
    """Raise ValidationError for ``slug`` unless ``consultant``'s page may move there: of the right form, nobody else's
    now or before, and not one more former address than MOST_FORMER."""
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise ValidationError({"slug": error.messages}) from error
    if is_taken(slug, but_for=consultant):
        raise taken()
    former = set(consultant.old_slugs.values_list("slug", flat=True))
    if slug not in (*former, consultant.slug) and len(former) >= MOST_FORMER:
        words = _("%(most)d former addresses lead here, and that is the most. Go back to one of them.")
        raise ValidationError({"slug": [words % {"most": MOST_FORMER}]})


def taken() -> ValidationError:
    return ValidationError({"slug": [_("This address is taken.")]})


def public_by_slug(slug: str) -> Consultant | None:
    """Whose public page stands at an address, or stood there before; None where there is no page to be seen."""
    people = Consultant.objects.select_related("city", "user", "policy")
    found = people.filter(slug=slug).first() or people.filter(old_slugs__slug=slug).first()
    return found if found is not None and found.is_public else None


def free_slug(name: str) -> str:
    """The first of ``first-last``, ``first-last-1``, … that is free now. Only the unique column makes it certain."""
    base = slug_of(name)
    taken = set(Consultant.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(SlugRedirect.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken and not is_reserved(base):
        return base
    number = 1
    while f"{base}-{number}" in taken or is_reserved(f"{base}-{number}"):
        number += 1
    return f"{base}-{number}"
