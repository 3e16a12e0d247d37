"""``python -m payments.razorpay.emulator --port 8141 --db /tmp/razorpay.sqlite3 --webhook-url http://…``"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import uvicorn


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")
    from django.conf import settings

    from payments.razorpay.emulator import create_app

    parser = argparse.ArgumentParser(prog="python -m payments.razorpay.emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--db", type=Path, default=Path(tempfile.gettempdir()) / "razorpay-emulator.sqlite3")
    parser.add_argument("--key-id", default=settings.RAZORPAY_KEY_ID)
    parser.add_argument("--key-secret", default=settings.RAZORPAY_KEY_SECRET)
    parser.add_argument("--webhook-secret", default="")
    parser.add_argument("--old-webhook-secret", default="")
    parser.add_argument("--webhook-url", default="", help="where events are told; empty: nowhere")
    parser.add_argument("--public-base", default="", help="where browsers find it; by default host and port")
    given = parser.parse_args()
    app = create_app(
        db_path=given.db,
        key_id=given.key_id,
        key_secret=given.key_secret,
        webhook_secret=given.webhook_secret or next(iter(settings.RAZORPAY_WEBHOOK_SECRETS), ""),
        old_webhook_secret=given.old_webhook_secret,
        webhook_url=given.webhook_url,
        public_base=given.public_base or f"http://{given.host}:{given.port}",
    )
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
