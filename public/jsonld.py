"""Structured data (schema.org), so that search engines show who this is and what it costs."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from consultants.models import Consultant, Service
from sessions_app.models import Review

# A JSON string may hold "</script>": these never appear raw in the page.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def script_json(data: dict[str, Any]) -> SafeString:
    """``data`` as JSON that can stand inside a script element."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308


def consultant_data(
    consultant: Consultant, services: list[Service], page_url: str, image_url: str, newest: list[Review]
) -> SafeString:
    """A ProfessionalService with its offers. Prices are rupees with two decimals, as schema.org wants them.

    A rating is told only where somebody has rated, with the reviews that the page shows (``newest``).
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ProfessionalService",
        "@id": page_url,
        "url": page_url,
        "name": consultant.display_name,
        "description": consultant.headline,
        "image": image_url,
        "knowsLanguage": [language.code for language in consultant.languages.all()],
        "makesOffer": [
            {
                "@type": "Offer",
                "name": service.title,
                "price": f"{service.price_paise // 100}.{service.price_paise % 100:02d}",
                "priceCurrency": service.currency,
                "url": page_url,
            }
            for service in services
        ],
    }
    if consultant.city:
        data["address"] = {
            "@type": "PostalAddress",
            "addressLocality": consultant.city.name,
            "addressCountry": "IN",
        }
        data["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(consultant.city.latitude),
            "longitude": float(consultant.city.longitude),
        }
    if consultant.review_count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(consultant.rating),
            "reviewCount": consultant.review_count,
            "bestRating": 5,
            "worstRating": 1,
        }
        data["review"] = [_review(review) for review in newest]
    return script_json(data)


def _review(review: Review) -> dict[str, Any]:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": review.author_name},
        "datePublished": review.reviewed_at.date().isoformat(),
        "reviewRating": {"@type": "Rating", "ratingValue": review.rating, "bestRating": 5, "worstRating": 1},
        **({"reviewBody": review.comment} if review.comment else {}),
    }
