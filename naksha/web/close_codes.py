"""Why we close a live connection (RFC 6455 §7.4.1; 4000 and above are ours)."""

from __future__ import annotations

NOT_TEXT, NOT_JSON, TOO_FAST, TOO_BIG, TRY_LATER = 1003, 1007, 1008, 1009, 1013
LOGGED_OUT, NO_ACCESS = 4401, 4403
