"""Settings come from the environment; without any, they are those of the embedded mode.

``NAKSHA_MODE`` is ``embedded`` (one process, no outside service) or ``production``.
Production is checked by :mod:`naksha.settings.guard` and refuses an unsafe value.
"""

from naksha.settings.base import *  # noqa: F403
from naksha.settings.base import PRODUCTION

if PRODUCTION:
    from naksha.settings import guard

    guard.refuse_unsafe(globals())
