"""Which outside services this run of the suite may use."""

import os

REDIS = os.environ.get("REDIS_URL", "")
