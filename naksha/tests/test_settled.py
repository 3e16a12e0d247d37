"""Processes that serve are ready before their first request, and no collection goes through what they have loaded."""

import json
import os
import subprocess
import sys

import pytest

from tests.e2e.sites import ROOT

SERVE = """
import gc, importlib, json, sys
importlib.import_module(sys.argv[1])
json.dump({"frozen": gc.get_freeze_count(), "left": len(gc.get_objects()), "loaded": list(sys.modules)}, sys.stdout)
"""


def served(module, tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "NAKSHA_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "naksha.settings",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVE, module],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("module", ["naksha.wsgi", "naksha.live_asgi"])
def test_what_is_loaded_is_not_gone_through_again(module, tmp_path):
    found = served(module, tmp_path)
    assert found["frozen"] > 20 * found["left"]


def test_addresses_and_their_views_are_there_before_the_first_request(tmp_path):
    assert {"naksha.urls", "dashboard.views", "sessions_app.api.views"} <= set(
        served("naksha.wsgi", tmp_path)["loaded"]
    )
