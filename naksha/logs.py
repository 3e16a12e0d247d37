"""Logs: one event a line, JSON in production, with a request id, and without secrets or personal data."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import structlog

MASK = "***"
SHORTEST = 10  # a telephone number; tokens and authorisations are longer
MOST_SIGNS = 20_000  # a traceback is shorter; what a stranger sends may not be
SECRET_KEYS = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|signature|api_?key|(^|_)otp|email|phone|(^|_)pan$|account_number|contact",
    re.I,
)
# Begun only where a word begins, and never gone back into: a text without an @ is read once, however long it is.
_MAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]++@[\w-]+(?:\.[\w-]+)+")
_AUTHORIZATION = re.compile(r"\b(Basic|Bearer|Token)\s+[\w.~+/=-]{6,}", re.I)
_KEY_VALUE = re.compile(r"(?i)\b(password|secret|token|signature|otp|key_secret|code|state|ticket)=[^&\s\"']+")
_PHONE = re.compile(r"(?<![\w.-])(?:\+\d[\d ()-]{8,16}\d|(?:0|91)?[6-9]\d{9})(?![\w-])")
# A random token: long, of a token's letters, of mixed case with a digit. No id in hex, no UUID, no gateway's id.
_TOKEN = re.compile(
    r"(?<![\w-])(?!(?:order|pay|rfnd|evt|event)_[A-Za-z0-9]{14}(?![\w-]))"
    r"(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{20,}(?:[.:][\w.:-]+)?"
)


def masked(text: str) -> str:
    """``text`` without mail addresses, phone numbers, tokens and authorisations, and never longer than MOST_SIGNS."""
    if len(text) > MOST_SIGNS:
        text = f"{text[:MOST_SIGNS]} … ({len(text)} signs)"
    # Most texts are an event's or a level's name: what can't be in them is not looked for.
    long = len(text) >= SHORTEST
    if long:
        text = _AUTHORIZATION.sub(rf"\1 {MASK}", text)
    if "=" in text:
        text = _KEY_VALUE.sub(rf"\1={MASK}", text)
    if "@" in text:
        text = _MAIL.sub(MASK, text)
    return _PHONE.sub(MASK, _TOKEN.sub(MASK, text)) if long else text


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return SECRET_KEYS.search(key) is not None


def _clean(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping) and depth < 6:
        return {
            str(key): MASK if isinstance(key, str) and _is_secret(key) else _clean(inner, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset) and depth < 6:
        return [_clean(inner, depth + 1) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return masked(str(value))


def mask(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before the line is written, so that it sees tracebacks as text."""
    for key in list(event):
        if key.startswith("_"):
            continue  # structlog's own
        event[key] = MASK if _is_secret(key) and event[key] else _clean(event[key])
    return event


def _drop_color(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("color_message", None)  # uvicorn says everything twice
    return event


# The request that is answered here and now. structlog's own way looks through all variables of the context, twice.
request_id: ContextVar[str] = ContextVar("request_id", default="")


def _name_request(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if named := request_id.get():
        event.setdefault("request_id", named)
    return event


SHARED: list[Any] = [
    _name_request,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    _drop_color,
]


def set_up() -> None:
    """Send structlog's events through the standard library's handlers, beside those of Django and the others."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def configuration(*, json: bool, level: str) -> dict[str, Any]:
    """``LOGGING`` for Django: everything to standard error, through the mask."""
    last: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        mask,
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0),
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": SHARED, "processors": last}
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # The access line says it with its status; a traceback still comes at ERROR.
            "django.request": {"level": "ERROR"},
            "django.security.csrf": {"level": "WARNING"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "uvicorn.error": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "_granian": {"level": "INFO"},
        },
    }


def before_send(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """What Sentry is told, masked like the log. Request bodies, cookies and users stay here."""
    for part in ("user", "server_name"):
        event.pop(part, None)
    request = event.get("request") or {}
    for part in ("cookies", "data", "env", "query_string"):
        request.pop(part, None)
    cleaned: dict[str, Any] = _clean(event)
    return cleaned


def start_sentry(dsn: str, *, release: str = "") -> None:
    """Report errors to ``dsn``; nothing personal goes along."""
    import sentry_sdk
    from sentry_sdk.types import Event, Hint

    def scrub(event: Event, hint: Hint) -> Event:
        return before_send(event, hint)  # type: ignore[arg-type, return-value]

    sentry_sdk.init(
        dsn=dsn,
        release=release or None,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=scrub,
    )
