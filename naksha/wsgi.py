"""Pages and API in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402  settings and apps come first

from naksha.settled import settle  # noqa: E402
from naksha.web.words import keep_words  # noqa: E402

keep_words()
get_resolver().check()  # reads all addresses and the views behind them, which the first request would wait for
settle()
