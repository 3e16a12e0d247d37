"""As what this installation runs, where it listens, and its own secrets."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
MODE = env.str("NAKSHA_MODE", "embedded")
if MODE not in ("embedded", "production"):
    raise ValueError(f"NAKSHA_MODE is {MODE!r}; it must be embedded or production")
PRODUCTION = MODE == "production"
EMBEDDED = not PRODUCTION
DATA_DIR = Path(env.str("NAKSHA_DATA", str(BASE_DIR / ".naksha"))).resolve()
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)


def _own_address() -> str:
    """Where a browser finds the embedded mode: at the address it listens on, or on this machine if that is each one."""
    host = "127.0.0.1" if HOST in ("", "0.0.0.0", "::") else HOST  # noqa: S104 - it is compared, not bound
    return f"http://[{host}]:{PORT}" if ":" in host else f"http://{host}:{PORT}"


def _own_hosts() -> list[str]:
    """The names under which the embedded mode answers: those of this machine, and the one it tells others."""
    told = urlsplit(SITE_URL).hostname or ""
    return list(dict.fromkeys(["127.0.0.1", "localhost", "[::1]", f"[{told}]" if ":" in told else told]))


def _kept_secret(name: str) -> str:
    """A random secret of the embedded mode, made once and kept beside its data."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        value = secrets.token_urlsafe(48)
        file.write(value)
    return value


DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") if PRODUCTION else env.str("SECRET_KEY", "") or _kept_secret("secret.key")
# Keys that encrypt personal secrets at rest, newest first; old ones still open (naksha.crypto).
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", default=[] if PRODUCTION else [SECRET_KEY])
SITE_URL = env.str("SITE_URL", "" if PRODUCTION else _own_address()).rstrip("/")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else _own_hosts())
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if SITE_URL else [])
# How many reverse proxies stand in front: only their X-Forwarded-For entries are believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 1 if PRODUCTION else 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
