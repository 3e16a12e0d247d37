"""Every setting of the project, read from the environment: here, and in the modules that this one takes in whole."""

from __future__ import annotations

import warnings
from typing import Any

from csp.constants import NONCE, NONE, SELF
from whitenoise.compress import Compressor

from naksha import logs
from naksha.settings.adminsite import *  # noqa: F403
from naksha.settings.api import *  # noqa: F403
from naksha.settings.ground import *  # noqa: F403
from naksha.settings.ground import BASE_DIR, DATA_DIR, EMBEDDED, PORT, PRODUCTION, SECRET_KEY, SITE_URL, env
from naksha.settings.parts import *  # noqa: F403
from naksha.settings.people import *  # noqa: F403
from naksha.settings.people import SOCIALACCOUNT_PROVIDERS

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "accounts.adminapp.NakshaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_htmx",
    "django_celery_beat",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.microsoft",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "naksha.web",
    "naksha.api",
    "accounts",
    "notifications",
    "consultants",
    "availability",
    "clients",
    "payments",
    "meetings",
    "sessions_app",
    "quotations",
    "bookings",
    "public",
    "dashboard",
    "client_area",
    "demo",
]

MIDDLEWARE = [
    "naksha.web.middleware.HealthMiddleware",
    "naksha.web.middleware.RequestIdMiddleware",
    "naksha.api.middleware.ApiMiddleware",
    "naksha.web.policy.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "naksha.web.policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "naksha.urls"
WSGI_APPLICATION = "naksha.wsgi.application"
ASGI_APPLICATION = "naksha.asgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.section",
                "notifications.context.unread",
                "dashboard.context.waiting",
            ],
        },
    },
]

# --- language, time, money --------------------------------------------------------------------
LANGUAGE_CODE = "en-in"
# A second one brings LocaleMiddleware, and public pages that vary by Accept-Language.
LANGUAGES = [("en-in", "English")]
FORMAT_MODULE_PATH = ["naksha.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"
CELERY_TIMEZONE = TIME_ZONE

# --- the demo data ----------------------------------------------------------------------------
# The three logins that `manage.py demo` makes and `bin/run` prints where they exist: mail -> (who, password).
DEMO_LOGINS: dict[str, tuple[str, str]] = (
    {}
    if PRODUCTION
    else {
        "consultant@demo.naksha.test": ("consultant", "Naksha-demo-2026"),
        "client@demo.naksha.test": ("client", "Naksha-demo-2026"),
        "admin@demo.naksha.test": ("admin", "Naksha-demo-2026"),
    }
)

# --- files ----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
_NODE = BASE_DIR / "node_modules"
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "static",
    ("vendor/eczar", _NODE / "@fontsource-variable/eczar/files"),
    ("vendor/mukta", _NODE / "@fontsource/mukta/files"),
    ("vendor/htmx", _NODE / "htmx.org/dist"),
    ("vendor/chartjs", _NODE / "chart.js/dist"),
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "naksha.web.bundles.BundleFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"
# Maps are for whoever looks into a library's sources; packing them takes longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "naksha.storage.PrivateStorage", "OPTIONS": {"location": PRIVATE_ROOT}},
    "staticfiles": {"BACKEND": "naksha.web.assets.KeptManifestStorage"},
}

# --- the gateway ----------------------------------------------------------------------------
PAYMENT_GATEWAY = "payments.razorpay.client.get_gateway"
RAZORPAY_KEY_ID = env.str("RAZORPAY_KEY_ID", "")
RAZORPAY_KEY_SECRET = env.str("RAZORPAY_KEY_SECRET", "")
RAZORPAY_WEBHOOK_SECRETS: list[str] = env.list("RAZORPAY_WEBHOOK_SECRETS", default=[])
RAZORPAY_EMULATOR = env.bool("RAZORPAY_EMULATOR", EMBEDDED and not RAZORPAY_KEY_ID)
RAZORPAY_BASE_URL = env.str("RAZORPAY_BASE_URL", "https://api.razorpay.com")
if RAZORPAY_EMULATOR and EMBEDDED:
    RAZORPAY_BASE_URL = env.str("RAZORPAY_BASE_URL", f"{SITE_URL}/emulator/razorpay")
    RAZORPAY_KEY_ID = RAZORPAY_KEY_ID or "rzp_test_embedded000001"
    RAZORPAY_KEY_SECRET = RAZORPAY_KEY_SECRET or SECRET_KEY[:24]
    RAZORPAY_WEBHOOK_SECRETS = RAZORPAY_WEBHOOK_SECRETS or [SECRET_KEY[24:]]
HOLD_MINUTES = 10
# How often time may be taken within ten minutes, from one address and for one mail address.
HOLDS_PER_ADDRESS = env.int("HOLDS_PER_ADDRESS", 120)
HOLDS_PER_MAIL = env.int("HOLDS_PER_MAIL", 12)
# How much of one consultant's time is kept unpaid, or booked free, for one address and one mail address at a time.
HOLDS_KEPT_PER_ADDRESS = env.int("HOLDS_KEPT_PER_ADDRESS", 6)
HOLDS_KEPT_PER_MAIL = env.int("HOLDS_KEPT_PER_MAIL", 3)
FREE_PER_ADDRESS_A_DAY = env.int("FREE_PER_ADDRESS_A_DAY", 10)
FREE_KEPT_PER_MAIL = env.int("FREE_KEPT_PER_MAIL", 5)
# How often a day somebody may join one consultant's waitlists, and have a mail sent to an address that is only typed.
WAITS_PER_ADDRESS_A_DAY = env.int("WAITS_PER_ADDRESS_A_DAY", 30)
WAITS_PER_MAIL_A_DAY = env.int("WAITS_PER_MAIL_A_DAY", 10)
TYPED_PER_MAIL_A_DAY = env.int("TYPED_PER_MAIL_A_DAY", 40)
WAITLIST_OFFER_MINUTES = env.int("WAITLIST_OFFER_MINUTES", 120)
# The platform's share of a booking's price before GST, frozen on each booking when it is made.
PLATFORM_FEE_BASIS_POINTS = env.int("PLATFORM_FEE_BASIS_POINTS", 1000)
# Where meetings in the browser are held: a Jitsi server.
JITSI_URL = env.str("JITSI_URL", "https://meet.jit.si").rstrip("/")
# Where that server asks for tokens (Prosody's token plugin): the application's id and the secret that signs them.
JITSI_APP_ID = env.str("JITSI_APP_ID", "")
JITSI_APP_SECRET = env.str("JITSI_APP_SECRET", "")
# Or an account of Jitsi as a service (8x8), where each person has a token of their own: the AppID, the id of an API
# key, and its private half in PEM, whose line ends may be written as \n.
JAAS_APP_ID = env.str("JAAS_APP_ID", "")
JAAS_KEY_ID = env.str("JAAS_KEY_ID", "")
JAAS_PRIVATE_KEY = env.str("JAAS_PRIVATE_KEY", "").replace("\\n", "\n")
# GST on the platform's own fee (SAC 998599), in basis points.
PLATFORM_GST_BASIS_POINTS = env.int("PLATFORM_GST_BASIS_POINTS", 1800)

# --- chat -----------------------------------------------------------------------------------
CHAT_MESSAGES_A_MINUTE = env.int("CHAT_MESSAGES_A_MINUTE", 100)  # of one person, in all their chats

# --- mail -----------------------------------------------------------------------------------
MAIL_EMULATOR = EMBEDDED and not env.str("EMAIL_URL", "")
EMAIL_BACKEND, EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", ""
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
elif MAIL_EMULATOR:
    EMAIL_BACKEND = "notifications.backends.FolderBackend"
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "Naksha <hello@naksha.invalid>")
EMAIL_TIMEOUT = 20

# --- safety ---------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
# Where the form that starts a login elsewhere is sent on to.
_LOGINS_ELSEWHERE = {"google": "https://accounts.google.com", "microsoft": "https://login.microsoftonline.com"}
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += [_LOGINS_ELSEWHERE[name] for name in SOCIALACCOUNT_PROVIDERS]
# The form that leads to the gateway is admitted by the page that shows it alone (bookings.views.paying).
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "naksha.web.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "naksha.web.errors.csrf_failure"
# Hosts ("127.0.0.1:8000") that naksha.http may ask although they are not on the public internet: the emulators.
OUTGOING_PRIVATE_HOSTS: list[str] = env.list(
    "OUTGOING_PRIVATE_HOSTS", default=[f"127.0.0.1:{PORT}", f"localhost:{PORT}"] if EMBEDDED else []
)
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- logs -----------------------------------------------------------------------------------
LOGGING = logs.configuration(json=env.bool("LOG_JSON", PRODUCTION), level=env.str("LOG_LEVEL", "INFO"))
logs.set_up()
# WhiteNoise streams files synchronously; under ASGI, Django says so for each. The embedded mode serves few people.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    logs.start_sentry(SENTRY_DSN)
