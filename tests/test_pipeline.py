"""What ``.ci/run`` makes of tests that fail: asked again alone where they are few, and never silent about it."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def pipeline_module():
    spec = importlib.util.spec_from_file_location("naksha_ci_pipeline", ROOT / ".ci" / "pipeline.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(pipeline_module, tmp_path, monkeypatch):
    """The step of the tests, where the suite fails in ``failed`` and these, asked alone, end with ``alone``."""

    def begin(failed, alone):
        cache = tmp_path / ".pytest_cache" / "v" / "cache"
        cache.mkdir(parents=True)
        if failed is not None:
            (cache / "lastfailed").write_text(json.dumps(dict.fromkeys(failed, True)))
        pipeline = pipeline_module.Pipeline(tmp_path, tmp_path)
        answers, asked = iter([1, alone]), []

        def call(*command, **options):
            asked.append([str(part) for part in command[3:]])
            return next(answers), ""

        monkeypatch.setattr(pipeline, "call", call)
        pipeline.tests()
        return pipeline, asked

    return begin


def test_what_passes_alone_is_named_and_the_run_is_green(run):
    pipeline, asked = run(["b.py::two", "a.py::one"], 0)
    assert asked == [[], ["-n", "0", "a.py::one", "b.py::two"]]
    assert pipeline.failed == []
    assert [note.split(": ")[1].split(" failed")[0] for note in pipeline.told] == ["a.py::one", "b.py::two"]


def test_what_fails_again_is_red(run):
    pipeline, _ = run(["a.py::one"], 1)
    assert pipeline.failed == ["tests", "those that failed, alone"]
    assert pipeline.told == []


@pytest.mark.parametrize("failed", [None, [], ["one", "two", "three", "four"]], ids=["broken", "unknown", "many"])
def test_a_broken_run_or_many_failures_are_red_at_once(run, failed):
    pipeline, asked = run(failed, 0)
    assert (pipeline.failed, asked) == (["tests"], [[]])
