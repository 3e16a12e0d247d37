"""Settings of the test suite: the embedded ones, with cheap passwords and a data folder of its own."""

import os
import tempfile

os.environ.setdefault("NAKSHA_DATA", tempfile.mkdtemp(prefix="naksha-test-"))
os.environ.setdefault("SECRET_KEY", "a-key-of-the-test-suite-alone-that-guards-nothing-at-all-00001")

from naksha.settings.base import *  # noqa: F403
from naksha.settings.base import CACHES, CHANNEL_LAYERS, DATA_DIR, DATABASES, PRODUCTION, REDIS_URL, STORAGES
from naksha.settings.guard import refuse_test_settings

refuse_test_settings(production=PRODUCTION)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# WhiteNoise reads the whole folder for each test client that is made; these have nothing to read.
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # A file, as in the embedded mode. Threads that share a database in memory don't wait for each other's locks.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
CELERY_TASK_ALWAYS_EAGER = False
ALLOWED_HOSTS = ["*"]
LIVE_SOCKETS = False  # pytest-django's live server speaks no WebSocket; tests of sockets bring a server that does
LIMITS_REDIS_URL = ""  # counted in the database, so that a test leaves nothing behind

# Suites and their parallel workers may share one Redis: each keeps to names of its own, and nothing is queued there.
if REDIS_URL:
    _OURS = f"test-{os.getpid()}"
    CACHES["default"]["KEY_PREFIX"] = CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = _OURS
CELERY_BROKER_URL = "memory://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
