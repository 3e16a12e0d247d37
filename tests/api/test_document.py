"""docs/openapi.json is what the server publishes, and every operation in it is described."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from naksha.api.schema import CODES

FILE = settings.BASE_DIR / "docs" / "openapi.json"
RENEW = ".venv/bin/python manage.py spectacular --format openapi-json --file docs/openapi.json"


@pytest.fixture(scope="module")
def document() -> Any:
    GENERATOR_STATS.reset()
    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert not GENERATOR_STATS, "\n".join([*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache])
    return json.loads(OpenApiJsonRenderer().render(made, renderer_context={}))


def test_the_committed_document_is_the_servers(document: Any) -> None:
    kept = json.loads(FILE.read_text()) if FILE.exists() else None
    assert kept == document, f"renew it: {RENEW}"


def test_it_is_valid_openapi(document: Any) -> None:
    validate_schema(document)  # type: ignore[no-untyped-call]


def test_a_set_of_choices_has_the_name_that_we_gave_it(document: Any) -> None:
    given = settings.SPECTACULAR_SETTINGS["ENUM_NAME_OVERRIDES"]
    assert set(given) - set(document["components"]["schemas"]) == set()


def operations_of(document: Any) -> list[tuple[str, Any]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_has_its_name_its_errors_and_an_example(document: Any) -> None:
    operations = operations_of(document)
    names = [operation["operationId"] for _call, operation in operations]
    assert len(names) == len(set(names))
    for call, operation in operations:
        assert "500" in operation["responses"], f"{call} is not described with @operation"
        good = [answer for status, answer in operation["responses"].items() if status < "300"]
        kinds = good[0].get("content", {})
        if "application/json" in kinds:
            assert kinds["application/json"].get("examples"), f"{call} has no example of its answer"


def examples_of(contents: Any) -> Iterator[tuple[Any, Any]]:
    """Each example of a body, with its schema."""
    for content in contents.get("content", {}).values():
        for example in content.get("examples", {}).values():
            yield example["value"], content["schema"]


def test_every_body_has_an_example(document: Any) -> None:
    taking = [(call, each["requestBody"]) for call, each in operations_of(document) if "requestBody" in each]
    assert [call for call, body in taking if not list(examples_of(body))] == []
    assert len(taking) > 50


def test_every_example_is_what_its_schema_says(document: Any) -> None:
    wrong, seen = [], 0
    for call, operation in operations_of(document):
        for body in (operation.get("requestBody", {}), *operation["responses"].values()):
            for value, schema in examples_of(body):
                seen += 1
                validator = Draft202012Validator({**schema, "components": document["components"]})
                wrong += [f"{call}: {error.json_path} {error.message}" for error in validator.iter_errors(value)]
    assert not wrong, "\n".join(wrong)
    assert seen > 800


def test_an_answer_that_is_neither_the_usual_nor_an_error_is_told(document: Any) -> None:
    told = {call: set(operation["responses"]) for call, operation in operations_of(document)}
    assert {"201", "202"} <= told["POST /api/v1/clients/import"]
    for call in ("POST /api/v1/chat/messages", "POST /api/v1/sessions/{id}/messages"):
        assert {"200", "201"} <= told[call]
    assert [call for call, statuses in told.items() if "304" in statuses and not call.startswith("GET ")] == []


def test_the_headers_of_an_answer_are_told(document: Any) -> None:
    kinds, copied = document["components"]["headers"], []
    counted = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
    for call, operation in operations_of(document):
        responses = operation["responses"]
        (good, *_more) = (response for status, response in sorted(responses.items()) if status < "300")
        headers = set(good.get("headers", {}))
        assert headers <= set(kinds)
        assert (counted <= headers) == ("429" in responses), call
        if "429" in responses:
            assert {*counted, "Retry-After"} == set(responses["429"]["headers"]), call
        asks = "If-None-Match" in {each["name"] for each in operation.get("parameters", [])}
        assert asks == ("304" in responses) == ("ETag" in headers), call
        copied += [call] if asks else []
    assert {"GET /api/v1/consultants", "GET /api/v1/webinars", "GET /api/v1/quotations/public/{token}"} <= set(copied)


def test_every_code_has_an_example(document: Any) -> None:
    anywhere = document["components"]["responses"].values()
    told = [response for _call, each in operations_of(document) for response in each["responses"].values()]
    shown = {
        value["code"] for response in (*told, *anywhere) for value, _schema in examples_of(response) if "code" in value
    }
    assert shown == set(CODES)


def test_an_example_of_an_error_comes_from_its_operation(document: Any) -> None:
    for call, operation in operations_of(document):
        method, path = call.split()
        address = re.compile(re.sub(r"{\w+}", "[^/{}]+", path))
        for status, response in operation["responses"].items():
            for value, _schema in examples_of(response) if status >= "400" else ():
                assert value["method"] == method, call
                assert address.fullmatch(value["path"]), f"{call}: {value['path']}"
