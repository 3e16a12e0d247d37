"""The API as an app on somebody's device speaks to it, for tests. The envelope of every answer is checked on the way.

api = api_of(user)
assert api.get("/auth/me").data["consultant"]["email"] == user.email
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts.api import tokens
from accounts.models import User
from naksha.api.schema import CODES

BASE = "/api/v1"
COUNTED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")  # on every answer
NOWHERE = "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"  # the key of nothing
ERROR_KEYS = {"error", "message", "code", "statusCode", "timestamp", "path", "method"}


@dataclass(frozen=True)
class Answer:
    """``body`` is the JSON as it came (None for a file or a 304), ``data`` what went well in it."""

    response: Any
    body: dict[str, Any] | None

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def data(self) -> Any:
        assert self.body is not None
        assert self.status < 400, self.body
        return self.body["data"]

    @property
    def message(self) -> str:
        return str((self.body or {})["message"])

    @property
    def code(self) -> str:
        """The code of an error; empty where it went well."""
        return str((self.body or {}).get("code", ""))

    @property
    def details(self) -> dict[str, list[str]]:
        return dict((self.body or {}).get("details", {}))

    @property
    def content(self) -> bytes:
        return bytes(self.response.getvalue())

    @property
    def lasting(self) -> dict[str, Any]:
        """The body without what differs between two answers that say the same."""
        return {name: value for name, value in (self.body or {}).items() if name not in ("path", "timestamp")}

    def __getitem__(self, header: str) -> str:
        return str(self.response[header])

    def __repr__(self) -> str:
        return f"<{self.status} {self.body if self.body is not None else self.response}>"


class Api:
    """A device, logged in as ``user`` or as nobody. Paths are those of the contract: ``/auth/me``."""

    def __init__(self, user: User | None = None, *, raises: bool = True) -> None:
        self.client = Client(raise_request_exception=raises)
        self.headers: dict[str, str] = {}
        if user is not None:
            self.login, pair = tokens.begin(user=user, device="A test's device", address="127.0.0.1")
            self.refresh_token = pair.refresh
            self.bear(pair.access)

    def bear(self, token: str) -> Api:
        """Show ``token`` from now on."""
        self.headers["Authorization"] = f"Bearer {token}"
        return self

    def renew(self) -> None:
        """Show another access token of the same login, if there is one."""
        if "Authorization" in self.headers:
            self.bear(tokens.access_token(self.login))

    def get(self, path: str, /, **query: Any) -> Answer:
        return self.send("GET", path, query=query)

    def post(self, path: str, data: Any = None, /, **headers: str) -> Answer:
        """``headers`` as Python can write them: ``Idempotency_Key="k"``."""
        return self.send("POST", path, data, headers=headers)

    def put(self, path: str, data: Any = None, /, **headers: str) -> Answer:
        return self.send("PUT", path, data, headers=headers)

    def patch(self, path: str, data: Any = None, /, **headers: str) -> Answer:
        return self.send("PATCH", path, data, headers=headers)

    def delete(self, path: str, data: Any = None, /, **headers: str) -> Answer:
        return self.send("DELETE", path, data, headers=headers)

    def send(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> Answer:
        """Any request. ``data`` goes as JSON, or as it is where it is bytes; ``extra`` is the environment's."""
        response = self.client.generic(
            method,
            path if path.startswith("/api/") else BASE + path,
            data if isinstance(data, bytes) else b"" if data is None else json.dumps(data, default=str).encode(),
            content_type=extra.pop("content_type", "application/json"),
            query_params=query,  # type: ignore[arg-type]
            headers={**self.headers, **{name.replace("_", "-"): value for name, value in (headers or {}).items()}},
            **extra,
        )
        return Answer(response, check_envelope(response, method))


def api_of(user: User | None = None) -> Api:
    return Api(user)


def check_envelope(response: Any, method: str = "GET") -> dict[str, Any] | None:
    """The JSON of an answer, in the form that the contract gives it; None for a file, a 204 or a 304."""
    status = response.status_code
    for name in COUNTED:
        assert response.headers.get(name, "").isdecimal(), f"{status} without {name}"
    assert status != 429 or response.headers["Retry-After"].isdecimal(), "429 without Retry-After"
    if method == "HEAD":  # which has no body
        return None
    kind = response.headers.get("Content-Type", "")
    if status in (204, 304) or (status < 400 and not kind.startswith("application/json")):
        return None
    assert kind.startswith("application/json"), f"{status} as {kind}"
    body: dict[str, Any] = json.loads(response.content)
    if status < 400:
        assert set(body) == {"message", "data"}, body
        return body
    assert set(body) - {"details", "data"} == ERROR_KEYS, body
    assert body["statusCode"] == status, body
    assert body["method"] == method, body
    assert status == CODES[body["code"]][0], body
    return body
