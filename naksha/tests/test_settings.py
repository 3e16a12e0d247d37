"""What the settings make of the environment in the embedded mode."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHOW = "import json; from naksha import settings as s; print(json.dumps([s.HOST, s.SITE_URL, s.ALLOWED_HOSTS]))"
OURS = ["127.0.0.1", "localhost", "[::1]"]


def embedded(tmp_path: Any, **environment: Any) -> Any:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={**kept, "NAKSHA_DATA": str(tmp_path), "PORT": "8123", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("given", "host", "site", "hosts"),
    [
        ({}, "127.0.0.1", "http://127.0.0.1:8123", OURS),
        ({"HOST": "localhost"}, "localhost", "http://localhost:8123", OURS),
        ({"HOST": "192.0.2.7"}, "192.0.2.7", "http://192.0.2.7:8123", [*OURS, "192.0.2.7"]),
        ({"HOST": "2001:db8::7"}, "2001:db8::7", "http://[2001:db8::7]:8123", [*OURS, "[2001:db8::7]"]),
        ({"HOST": "0.0.0.0"}, "0.0.0.0", "http://127.0.0.1:8123", OURS),
        (
            {"HOST": "0.0.0.0", "SITE_URL": "http://desk.lan:8123/"},
            "0.0.0.0",
            "http://desk.lan:8123",
            [*OURS, "desk.lan"],
        ),
        ({"HOST": "192.0.2.7", "ALLOWED_HOSTS": "a.example"}, "192.0.2.7", "http://192.0.2.7:8123", ["a.example"]),
    ],
)
def test_it_answers_under_the_address_that_it_tells_others(
    tmp_path: Any, given: Any, host: Any, site: Any, hosts: Any
) -> None:
    assert embedded(tmp_path, **given) == [host, site, hosts]
