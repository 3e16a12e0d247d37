"""Production starts with every value safe, and with none of them unsafe."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from naksha.settings import guard

ROOT = Path(__file__).resolve().parent.parent.parent
SAFE: dict[str, Any] = {
    "SECRET_KEY": "a-key-of-this-test-alone-0123456789-abcdefghijklmnop",
    "FIELD_KEYS": ["another-key-of-this-test-0123456789"],
    "DEBUG": False,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "ALLOWED_HOSTS": ["naksha.example"],
    "SITE_URL": "https://naksha.example",
    "TRUSTED_PROXIES": 1,
    "OUTGOING_PRIVATE_HOSTS": [],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "REDIS_URL": "redis://redis:6379/0",
    "CELERY_BROKER_URL": "redis://redis:6379/0",
    "CACHES": {"default": {"BACKEND": "naksha.cache.SturdyRedisCache"}},
    "CHANNEL_LAYERS": {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}},
    "RAZORPAY_EMULATOR": False,
    "RAZORPAY_BASE_URL": "https://api.razorpay.com",
    "RAZORPAY_KEY_ID": "rzp_live_000000000000",
    "RAZORPAY_KEY_SECRET": "a-secret-of-this-test-01",
    "RAZORPAY_WEBHOOK_SECRETS": ["a-webhook-secret-of-this-test"],
    "PLATFORM_FEE_BASIS_POINTS": 1000,
    "PLATFORM_GST_BASIS_POINTS": 1800,
    "JITSI_URL": "https://meet.naksha.example",
    "JITSI_APP_ID": "",
    "JITSI_APP_SECRET": "",
    "JAAS_APP_ID": "",
    "JAAS_KEY_ID": "",
    "JAAS_PRIVATE_KEY": "",
    "CSRF_TRUSTED_ORIGINS": ["https://naksha.example"],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "mail.example",
    "EMAIL_USE_TLS": True,
    "MAIL_EMULATOR": False,
    "DEFAULT_FROM_EMAIL": "Naksha <hello@naksha.example>",
}
UNSAFE = [
    ("SECRET_KEY", "", "SECRET_KEY"),
    ("SECRET_KEY", "x" * 49, "SECRET_KEY"),
    ("SECRET_KEY", "x" * 60, "SECRET_KEY"),
    ("SECRET_KEY", "django-insecure-" + SAFE["SECRET_KEY"], "SECRET_KEY"),
    ("FIELD_KEYS", [], "FIELD_KEYS"),
    ("FIELD_KEYS", ["short"], "FIELD_KEYS"),
    ("FIELD_KEYS", [SAFE["SECRET_KEY"]], "FIELD_KEYS"),
    ("FIELD_KEYS", ["k" * 40], "FIELD_KEYS"),
    ("FIELD_KEYS", [SAFE["FIELD_KEYS"][0], "password" * 5], "FIELD_KEYS"),
    ("FIELD_KEYS", ["0123456789" * 4], "FIELD_KEYS"),
    ("DEBUG", True, "DEBUG"),
    ("SESSION_COOKIE_SECURE", False, "cookie"),
    ("CSRF_COOKIE_SECURE", False, "cookie"),
    ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS"),
    ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
    ("ALLOWED_HOSTS", ["other.example"], "ALLOWED_HOSTS"),
    ("ALLOWED_HOSTS", ["naksha.example", ".com"], "ALLOWED_HOSTS holds .com"),
    ("ALLOWED_HOSTS", ["naksha.example", ".example"], "ALLOWED_HOSTS holds .example"),
    ("ALLOWED_HOSTS", ["naksha.example", ".co.in"], "ALLOWED_HOSTS holds .co.in"),
    ("SITE_URL", "", "SITE_URL"),
    ("SITE_URL", "http://naksha.example", "SITE_URL"),
    ("TRUSTED_PROXIES", -1, "TRUSTED_PROXIES"),
    ("OUTGOING_PRIVATE_HOSTS", ["10.0.0.1:80"], "OUTGOING_PRIVATE_HOSTS"),
    ("DATABASES", {"default": {"ENGINE": "django.db.backends.sqlite3"}}, "DATABASE_URL"),
    ("DATABASES", {"default": {"ENGINE": "django.db.backends.mysql"}}, "DATABASE_URL"),
    ("REDIS_URL", "", "REDIS_URL"),
    ("REDIS_URL", "memory://", "REDIS_URL"),
    ("CELERY_BROKER_URL", "", "CELERY_BROKER_URL"),
    ("CELERY_BROKER_URL", "memory://localhost//", "CELERY_BROKER_URL"),
    ("CELERY_BROKER_URL", "filesystem://", "CELERY_BROKER_URL"),
    ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "REDIS_URL"),
    ("CHANNEL_LAYERS", {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}, "REDIS_URL"),
    ("RAZORPAY_EMULATOR", True, "RAZORPAY_EMULATOR"),
    ("RAZORPAY_BASE_URL", "http://127.0.0.1:9000", "RAZORPAY_BASE_URL"),
    ("RAZORPAY_KEY_ID", "", "RAZORPAY_KEY_ID"),
    ("RAZORPAY_KEY_SECRET", "", "RAZORPAY_KEY_SECRET"),
    ("RAZORPAY_KEY_SECRET", "x", "RAZORPAY_KEY_SECRET"),
    ("RAZORPAY_KEY_SECRET", "short" + " " * 20, "RAZORPAY_KEY_SECRET"),
    ("RAZORPAY_WEBHOOK_SECRETS", [], "RAZORPAY_WEBHOOK_SECRETS"),
    ("RAZORPAY_WEBHOOK_SECRETS", [" "], "RAZORPAY_WEBHOOK_SECRETS"),
    ("RAZORPAY_WEBHOOK_SECRETS", ["a-webhook-secret-of-this-test", "short"], "RAZORPAY_WEBHOOK_SECRETS"),
    ("PLATFORM_FEE_BASIS_POINTS", -1, "PLATFORM_FEE_BASIS_POINTS"),
    ("PLATFORM_FEE_BASIS_POINTS", 10_001, "PLATFORM_FEE_BASIS_POINTS"),
    ("PLATFORM_GST_BASIS_POINTS", -1, "PLATFORM_GST_BASIS_POINTS"),
    ("JITSI_URL", "http://meet.naksha.example", "JITSI_URL"),
    ("JITSI_URL", "", "JITSI_URL"),
    ("JITSI_URL", "https://meet.naksha.example/#x", "JITSI_URL"),
    ("JITSI_APP_ID", "naksha", "JITSI_APP_SECRET is missing"),
    ("JITSI_APP_SECRET", "s" * 40, "JITSI_APP_ID or"),
    ("JAAS_APP_ID", "vpaas-magic-cookie-0123456789abcdef0123456789abcdef", "JAAS_PRIVATE_KEY is missing"),
    ("JAAS_PRIVATE_KEY", "x", "JAAS_APP_ID"),
    ("CSRF_TRUSTED_ORIGINS", ["http://naksha.example"], "CSRF_TRUSTED_ORIGINS"),
    ("CSRF_TRUSTED_ORIGINS", ["https://*.example"], "CSRF_TRUSTED_ORIGINS"),
    ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "EMAIL_URL"),
    ("EMAIL_BACKEND", "notifications.backends.FolderBackend", "EMAIL_URL"),
    ("EMAIL_HOST", "", "EMAIL_URL"),
    ("EMAIL_USE_TLS", False, "EMAIL_URL"),
    ("MAIL_EMULATOR", True, "EMAIL_URL"),
    ("DEFAULT_FROM_EMAIL", "Naksha <hello@naksha.invalid>", "MAIL_FROM"),
]


def test_safe_values_are_let_through() -> None:
    assert guard.problems(SAFE) == []


@pytest.mark.parametrize(("name", "value", "told"), UNSAFE)
def test_one_unsafe_value_is_refused_by_name(name: Any, value: Any, told: Any) -> None:
    (problem,) = guard.problems({**SAFE, name: value})
    assert told in problem


@pytest.mark.parametrize(
    "changes",
    [
        {"ALLOWED_HOSTS": [".naksha.example"]},
        {"ALLOWED_HOSTS": ["naksha.example", "www.naksha.example"]},
        {"CELERY_BROKER_URL": "rediss://redis:6380/1"},
        {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True},
        {"EMAIL_USE_TLS": False, "EMAIL_HOST": "127.0.0.1"},
        {"EMAIL_USE_TLS": False, "EMAIL_HOST": "localhost"},
        {"PLATFORM_FEE_BASIS_POINTS": 0},
        {"PLATFORM_FEE_BASIS_POINTS": 10_000},
    ],
)
def test_what_only_looks_like_an_unsafe_value_is_let_through(changes: Any) -> None:
    assert guard.problems({**SAFE, **changes}) == []


def pem(bits: Any) -> Any:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def account(**changes: Any) -> Any:
    good = {"JAAS_APP_ID": "vpaas-magic-cookie-" + "0" * 32, "JAAS_KEY_ID": "5f2b1c", "JAAS_PRIVATE_KEY": pem(2048)}
    return {**SAFE, **good, **changes}


def test_an_account_for_meetings_is_whole_and_has_a_key_that_signs() -> None:
    assert guard.problems(account()) == []
    for name, value in (
        ("JAAS_APP_ID", "https://8x8.vc/x"),
        ("JAAS_PRIVATE_KEY", "not a key"),
        ("JAAS_PRIVATE_KEY", pem(1024)),
    ):
        (problem,) = guard.problems(account(**{name: value}))
        assert name in problem


def test_tokens_for_a_server_of_ones_own_are_signed_with_a_key_that_nobody_guesses() -> None:
    own = {**SAFE, "JITSI_APP_ID": "naksha", "JITSI_APP_SECRET": "s" * 32}
    assert guard.problems(own) == []
    for name, value in (("JITSI_APP_SECRET", "s" * 31), ("JITSI_URL", "https://meet.jit.si")):
        (problem,) = guard.problems({**own, name: value})
        assert name in problem


def production(*arguments: Any, **environment: Any) -> Any:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, "NAKSHA_MODE": "production", **environment},
        capture_output=True,
        text=True,
    )


def test_production_without_any_value_does_not_start_and_names_them_all() -> None:
    done = production("-c", "import naksha.settings")
    assert done.returncode != 0
    for name in (
        "SECRET_KEY",
        "FIELD_KEYS",
        "ALLOWED_HOSTS",
        "SITE_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "RAZORPAY_KEY_ID",
    ):
        assert name in done.stderr
    assert "EMAIL_URL" in done.stderr
    assert "MAIL_FROM" in done.stderr


@pytest.fixture
def safe_environment(tmp_path: Any) -> Any:
    return {
        "NAKSHA_DATA": str(tmp_path),
        "SECRET_KEY": SAFE["SECRET_KEY"],
        "FIELD_KEYS": SAFE["FIELD_KEYS"][0],
        "ALLOWED_HOSTS": "naksha.example",
        "SITE_URL": "https://naksha.example",
        "DATABASE_URL": "postgres://naksha@127.0.0.1:1/naksha",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "RAZORPAY_KEY_ID": "rzp_live_000000000000",
        "RAZORPAY_KEY_SECRET": SAFE["RAZORPAY_KEY_SECRET"],
        "RAZORPAY_WEBHOOK_SECRETS": "a-webhook-secret-of-this-test",
        "EMAIL_URL": "smtp+tls://user:word@mail.example:587",
        "MAIL_FROM": "Naksha <hello@naksha.example>",
    }


def test_production_with_safe_values_passes_djangos_own_check(safe_environment: Any) -> None:
    check = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    done = production(*check, **safe_environment)
    assert done.returncode == 0, done.stderr
    assert "meetings.I001" in done.stderr, "it is safe, and nobody is made the moderator of a meeting"
    tokens = {"JITSI_APP_ID": "naksha", "JITSI_APP_SECRET": "s" * 32, "JITSI_URL": "https://meet.naksha.example"}
    done = production(*check, **safe_environment, **tokens)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAZORPAY_KEY_SECRET", "x"),
        ("ALLOWED_HOSTS", "naksha.example,.com"),
        ("EMAIL_URL", "smtp://user:word@mail.example:25"),
        ("CELERY_BROKER_URL", "filesystem://"),
        ("CELERY_BROKER_URL", "memory://"),
        ("PLATFORM_FEE_BASIS_POINTS", "-1"),
        ("DJANGO_SETTINGS_MODULE", "naksha.settings.test"),
    ],
)
def test_production_with_one_unsafe_value_does_not_start_and_names_it(
    safe_environment: Any, name: Any, value: Any
) -> None:
    start = {"DJANGO_SETTINGS_MODULE": "naksha.settings", **safe_environment, name: value}
    done = production("-c", "import django; django.setup()", **start)
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


def test_an_unknown_mode_does_not_start() -> None:
    done = production("-c", "import naksha.settings", NAKSHA_MODE="staging")
    assert "must be embedded or production" in done.stderr
