"""What production refuses to start with. Every sentence names the variable that mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

RAZORPAY_URL = "https://api.razorpay.com"
LEAST_KEY = 50
LEAST_FIELD_KEY = 32
LEAST_SECRET = 12
LEAST_KEY_SECRET = 20  # Razorpay makes them 24 long
LEAST_RSA = 2048
LEAST_SIGNING = 32  # bytes of a key for HS256 (RFC 7518 §3.2)
PUBLIC_JITSI = "meet.jit.si"
LEAST_SIGNS = 8  # different ones; a random key of 32 hexadecimal digits has fewer once in 26 million
WHOLE = 10_000  # basis points
REDIS_SCHEMES = {"redis", "rediss", "unix"}
BROKER_SCHEMES = {"redis", "rediss", "redis+socket"}
# Mail that stays on this machine.
MAIL_STAYS = ("console", "dummy", "filebased", "locmem", "FolderBackend")


def problems(settings: Mapping[str, Any]) -> list[str]:
    """One sentence for each unsafe value in ``settings``; empty when all is well."""
    parts = (_keys, _address, _parts, _money, _meetings, _mail)
    return [problem for part in parts for problem in part(settings)]


def _keys(settings: Mapping[str, Any]) -> Iterator[str]:
    key = settings["SECRET_KEY"]
    if len(key) < LEAST_KEY or _is_guessable(key) or key.startswith("django-insecure-"):
        yield f"SECRET_KEY is missing, shorter than {LEAST_KEY} characters or not random."
    if not settings["FIELD_KEYS"]:
        yield "FIELD_KEYS is missing: personal secrets could not be encrypted."
    elif any(len(each) < LEAST_FIELD_KEY for each in settings["FIELD_KEYS"]):
        yield f"FIELD_KEYS holds a key shorter than {LEAST_FIELD_KEY} characters."
    elif any(_is_guessable(each) for each in settings["FIELD_KEYS"]):
        yield "FIELD_KEYS holds a key that is not random: a few signs, or the same again and again."
    elif key in settings["FIELD_KEYS"]:
        yield "FIELD_KEYS repeats SECRET_KEY: losing one would lose both."
    if settings["DEBUG"]:
        yield "DEBUG is on."
    if not (settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"]):
        yield "The session's or the form token's cookie would travel without TLS."


def _is_guessable(key: str) -> bool:
    """Whether ``key`` is of a few signs, or one piece again and again."""
    return len(set(key)) < LEAST_SIGNS or key in (key + key)[1:-1]


def _address(settings: Mapping[str, Any]) -> Iterator[str]:
    hosts = settings["ALLOWED_HOSTS"]
    if not hosts or "*" in hosts:
        yield "ALLOWED_HOSTS is empty or admits every host."
    site = urlsplit(settings["SITE_URL"])
    if site.scheme != "https" or not site.hostname:
        yield "SITE_URL does not begin with https://."
    elif hosts and "*" not in hosts and not any(host == site.hostname or host == f".{site.hostname}" for host in hosts):
        yield f"ALLOWED_HOSTS does not hold {site.hostname}, the host of SITE_URL."
    if wide := next((host for host in hosts if _is_wide(host, site.hostname or "")), None):
        yield f"ALLOWED_HOSTS holds {wide}, which admits names that are not ours: name each host."
    if any(not origin.startswith("https://") or "*" in origin for origin in settings["CSRF_TRUSTED_ORIGINS"]):
        yield "CSRF_TRUSTED_ORIGINS holds an origin without https:// or with a *: it could forge forms."
    if settings["TRUSTED_PROXIES"] < 0:
        yield "TRUSTED_PROXIES is below zero."
    if settings["OUTGOING_PRIVATE_HOSTS"]:
        yield "OUTGOING_PRIVATE_HOSTS is set: requests could reach machines behind the firewall."


def _is_wide(host: str, ours: str) -> bool:
    """Whether ``host`` stands for more than one name, beyond those below the site's own."""
    return host.startswith(".") and (host != f".{ours}" or "." not in ours)


def _parts(settings: Mapping[str, Any]) -> Iterator[str]:
    if settings["DATABASES"]["default"]["ENGINE"] != "django.db.backends.postgresql":
        yield "DATABASE_URL is missing or does not name PostgreSQL."
    in_memory = (
        "locmem" in settings["CACHES"]["default"]["BACKEND"]
        or "InMemory" in settings["CHANNEL_LAYERS"]["default"]["BACKEND"]
    )
    if not settings["REDIS_URL"] or in_memory:
        yield "REDIS_URL is missing: cache, live updates or jobs would stay in memory."
    elif urlsplit(settings["REDIS_URL"]).scheme not in REDIS_SCHEMES:
        yield "REDIS_URL does not begin with redis:// or rediss://."
    elif urlsplit(settings["CELERY_BROKER_URL"]).scheme not in BROKER_SCHEMES:
        yield "CELERY_BROKER_URL does not begin with redis:// or rediss://: other processes would not see the jobs."


def _money(settings: Mapping[str, Any]) -> Iterator[str]:
    if settings["RAZORPAY_EMULATOR"] or settings["RAZORPAY_BASE_URL"] != RAZORPAY_URL:
        yield "RAZORPAY_EMULATOR is on, or RAZORPAY_BASE_URL is not Razorpay's."
    if not all(settings[k] for k in ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRETS")):
        yield "RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET or RAZORPAY_WEBHOOK_SECRETS is missing."
    elif settings["RAZORPAY_KEY_ID"].startswith("rzp_test_"):
        yield "RAZORPAY_KEY_ID is of Razorpay's test mode: test cards would confirm real bookings."
    elif len(settings["RAZORPAY_KEY_SECRET"].strip()) < LEAST_KEY_SECRET:
        yield f"RAZORPAY_KEY_SECRET is shorter than {LEAST_KEY_SECRET} characters: payments could be forged."
    elif any(len(each.strip()) < LEAST_SECRET for each in settings["RAZORPAY_WEBHOOK_SECRETS"]):
        yield f"RAZORPAY_WEBHOOK_SECRETS holds one shorter than {LEAST_SECRET} characters: it could be guessed."
    for name in ("PLATFORM_FEE_BASIS_POINTS", "PLATFORM_GST_BASIS_POINTS"):
        if not 0 <= settings[name] <= WHOLE:
            yield f"{name} is below 0 or above {WHOLE:,}, which is the whole."


def _meetings(settings: Mapping[str, Any]) -> Iterator[str]:
    jitsi = urlsplit(settings["JITSI_URL"])
    if jitsi.scheme != "https" or not jitsi.hostname or jitsi.query or jitsi.fragment:
        yield "JITSI_URL does not begin with https://, or is more than the address of a server."
    if bool(settings["JITSI_APP_ID"]) != bool(settings["JITSI_APP_SECRET"]):
        yield "JITSI_APP_ID or JITSI_APP_SECRET is missing: set both, or none."
    elif settings["JITSI_APP_SECRET"]:
        if len(settings["JITSI_APP_SECRET"].encode()) < LEAST_SIGNING:
            yield f"JITSI_APP_SECRET is shorter than {LEAST_SIGNING} bytes: tokens of moderators could be forged."
        if jitsi.hostname == PUBLIC_JITSI:
            yield f"JITSI_APP_ID is set, and JITSI_URL is {PUBLIC_JITSI}, which takes no tokens of ours."
    account = [settings[name] for name in ("JAAS_APP_ID", "JAAS_KEY_ID", "JAAS_PRIVATE_KEY")]
    if any(account) and not all(account):
        yield "JAAS_APP_ID, JAAS_KEY_ID or JAAS_PRIVATE_KEY is missing: set all three, or none."
    elif all(account):
        if not re.fullmatch(r"vpaas-magic-cookie-[0-9a-f]{32}", settings["JAAS_APP_ID"]):
            yield "JAAS_APP_ID is not vpaas-magic-cookie- and 32 signs: it is part of each meeting's address."
        if not _is_rsa_key(settings["JAAS_PRIVATE_KEY"]):
            yield f"JAAS_PRIVATE_KEY is not an RSA key in PEM of {LEAST_RSA} bits or more, without a password."


def _is_rsa_key(pem: str) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return isinstance(key, RSAPrivateKey) and key.key_size >= LEAST_RSA


def _mail(settings: Mapping[str, Any]) -> Iterator[str]:
    stays = any(word in settings["EMAIL_BACKEND"] for word in MAIL_STAYS)
    if settings["MAIL_EMULATOR"] or stays or not settings["EMAIL_HOST"]:
        yield "EMAIL_URL is missing: mail would stay on this machine."
    elif not (settings.get("EMAIL_USE_TLS") or settings.get("EMAIL_USE_SSL") or _is_here(settings["EMAIL_HOST"])):
        yield "EMAIL_URL names another machine without TLS: write smtp+tls:// or smtp+ssl://."
    if settings["DEFAULT_FROM_EMAIL"].rstrip("> ").endswith(".invalid"):
        yield "MAIL_FROM is missing: mail would come from nowhere."


def _is_here(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_test_settings(*, production: bool) -> None:
    """Raise ImproperlyConfigured where production would take the settings of the test suite."""
    if production:
        raise ImproperlyConfigured(
            "DJANGO_SETTINGS_MODULE is naksha.settings.test: its passwords are cheap and any host is admitted."
        )


def refuse_unsafe(settings: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured naming every unsafe value at once."""
    found = problems(settings)
    if found:
        raise ImproperlyConfigured("Production does not start like this:\n- " + "\n- ".join(found))
