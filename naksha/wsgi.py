"""Pages and API in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")
application = get_wsgi_application()

from naksha.web.words import keep_words  # noqa: E402  settings and apps come first

keep_words()
