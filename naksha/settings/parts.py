"""Database, cache, live layer and queue: PostgreSQL and Redis where they are named, else what this process holds."""

from __future__ import annotations

from typing import Any

from naksha.settings.ground import DATA_DIR, PRODUCTION, env

DATABASE_URL = env.str("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES: dict[str, Any] = {"default": env.db_url("DATABASE_URL")}
    DATABASES["default"].update({"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True})
    DATABASES["default"].setdefault("OPTIONS", {})
    if "postgresql" in DATABASES["default"]["ENGINE"]:
        from naksha.pooled import WatchedConnection

        DATABASES["default"]["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL", 12),
            # Seconds. A rush on one hour queues here, each behind one lock; whoever waits in vain sees an error.
            "timeout": env.int("DATABASE_POOL_WAIT", 30),
            "connection_class": WatchedConnection,
        }
        # How often a statement comes before it is prepared (naksha.kept). 0: never, where a pooler stands in between.
        DATABASES["default"]["OPTIONS"]["prepare_threshold"] = env.int("DATABASE_PREPARE", 2) or None
elif PRODUCTION:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}  # the guard refuses it
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "naksha.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-20000;"
                "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    # Short time-outs and no retries: a Redis that is away must not hold a request up (naksha.outage).
    _AWAY_SOON = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "naksha.cache.SturdyRedisCache",
            "LOCATION": env.str("CACHE_REDIS_URL", REDIS_URL),
            "KEY_PREFIX": "naksha",
            "OPTIONS": dict(_AWAY_SOON),
        }
    }
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "naksha.layers.RedisLayer",
            "CONFIG": {"hosts": [{"address": env.str("CHANNEL_REDIS_URL", REDIS_URL), "socket_connect_timeout": 0.5}]},
        }
    }
    CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {**_AWAY_SOON, "socket_timeout": 5.0, "max_retries": 0}
    CELERY_BROKER_CONNECTION_TIMEOUT = 1.0
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "naksha"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "naksha.embedded.layers.LoopBoundInMemoryLayer"}}
    CELERY_BROKER_URL = "memory://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}

# Whether pages open sockets. Where nothing serves /ws/, they ask every minute instead.
LIVE_SOCKETS = env.bool("LIVE_SOCKETS", True)

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# Attempts are counted here; empty: in the database (naksha.web.limits).
LIMITS_REDIS_URL = env.str("LIMITS_REDIS_URL", REDIS_URL)
