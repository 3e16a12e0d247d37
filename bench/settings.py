"""The settings of production, as far as they cost time, with an address for the empty view beside the product's own."""

import os

os.environ.setdefault("TRUSTED_PROXIES", "1")  # each request of the load comes from an address of its own

from naksha.settings.base import *  # noqa: F403
from naksha.settings.base import DATABASES

ROOT_URLCONF = "bench.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # making 200 logins is not what is measured
if os.environ.get("BENCH_CONNECTIONS") == "persistent":
    DATABASES["default"]["OPTIONS"].pop("pool", None)
    DATABASES["default"].update(CONN_MAX_AGE=60)
