"""The queue. Tasks are looked for in each app's ``tasks`` module."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")
app = Celery("naksha")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
