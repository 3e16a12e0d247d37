"""Asks the API and writes each request and answer down for docs/api.md, with nothing that another run would change.

Ids, secrets, signatures and numbers of bookings are made anew each time: each gets a stand-in by the order in which it
first appears. A secret's stand-in is short, so that nobody takes it for one. What is written goes into the document's
blocks of the same name: ```` ```http log-in ````.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from naksha.api.testing import BASE, Answer, Api

WIDTH, INDENT = 116, "  "
MORE: Any = object()  # stands for keys that are not shown
SECRETS = {"refreshToken", "manageToken", "ticket"}
BLOCK = re.compile(r"^```http ([\w-]+)\n.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"/q/([\w-]{20,})/")  # a quotation's
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+")
_NUMBER = re.compile(r"\b(N[KS])-[0-9A-Z]{8}\b")
_GATEWAYS = re.compile(r"\b(order|pay)_[0-9A-Za-z]{14}\b")
_SIGNATURE = re.compile(r"\b[0-9a-f]{64}\b")
_ETAG = re.compile(r'W/"[0-9a-f]{32}"')


def _only(keys: tuple[str, ...], value: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value[key] for key in keys if key in value}, "more": MORE}


def _csv(name: str, text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


class Scribe:
    """``ask`` as somebody; ``written`` holds each exchange by its name."""

    def __init__(self) -> None:
        self.written: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self._known: dict[str, dict[str, int]] = {}

    def ask(
        self,
        name: str,
        api: Api,
        method: str,
        path: str,
        body: Any = None,
        *,
        status: int = 200,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        told: tuple[str, ...] = (),
        cut: tuple[str, ...] = (),
        only: tuple[str, ...] = (),
        brief: bool = False,
        file: tuple[str, str] | None = None,
    ) -> Answer:
        """Send it, and write it down as ``name``: of the answer's headers those that are ``told``, of both bodies all
        but what is ``cut`` (``data.booking``), of the data ``only`` those keys, of an error that is ``brief`` only
        what differs from others. A ``file``, its name and its text, goes as a form. Asserts the status."""
        form = encode_multipart(BOUNDARY, {"file": _csv(*file)}) if file else None
        kind = {"content_type": MULTIPART_CONTENT} if form else {}
        answer = api.send(method, path, form or body, query=query, headers=headers, **kind)
        assert answer.status == status, answer
        assert name not in self.written, f"{name} is asked twice"
        if answer.body is not None:
            self._learn(answer.body)
        sent = {**{key: value for key, value in api.headers.items() if key == "Authorization"}, **(headers or {})}
        address = f"{BASE}{path}" + (f"?{urlencode(query, safe=':/')}" if query else "")
        lines = [f"{method} {self.plain(address)}"]
        lines += [f"{key}: {self.plain(value)}" for key, value in sent.items()]
        if form:
            lines += [f"Content-Type: {MULTIPART_CONTENT}", "", *form.decode().strip().splitlines()]
        if body is not None:
            lines.append(self._json(json.loads(body) if isinstance(body, bytes) else body, cut))
        lines += ["", f"{answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{key}: {self.plain(answer[key])}" for key in told]
        if (told_body := answer.body) is not None:
            if brief:
                told_body = _only(("code", "message", "details"), told_body)
            elif only:
                told_body = {**told_body, "data": _only(only, told_body["data"])}
            lines.append(self._json(told_body, cut))
        self.written[name] = "\n".join(lines)
        return answer

    def fill(self, document: str) -> str:
        """``document`` with what was written in its blocks. Asserts that each has its block, and each block its own."""
        blocks = BLOCK.findall(document)
        assert sorted(blocks) == sorted(self.written), sorted(set(blocks) ^ set(self.written)) or "a block twice"
        return BLOCK.sub(lambda block: f"```http {block[1]}\n{self.written[block[1]]}\n```", document)

    # --- what would be another in another run ---------------------------------------------------------

    def secret(self, value: str) -> str:
        """Let ``value`` be shown by its stand-in from now on."""
        self.secrets.setdefault(value, base64.urlsafe_b64encode(self._digest("secret", value)).decode()[:8] + "…")
        return value

    def plain(self, text: str) -> str:
        for value, stand_in in self.secrets.items():
            text = text.replace(value, stand_in)
        text = text.replace(settings.SITE_URL, "https://naksha.example")
        text = _JWT.sub("eyJhbGciOiJIUzI1NiIs…", text)
        text = _UUID.sub(self._id, text)
        text = _NUMBER.sub(lambda found: f"{found[1]}-{self._letters(found[0], 8).upper()}", text)
        text = _GATEWAYS.sub(lambda found: f"{found[1]}_{self._letters(found[0], 14)}", text)
        text = _SIGNATURE.sub(lambda found: self._digest("signature", found[0]).hex()[:12] + "…", text)
        return _ETAG.sub(lambda found: f'W/"{self._digest("etag", found[0]).hex()[:32]}"', text)

    def _learn(self, value: Any, key: str = "") -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                self._learn(inner, name)
        elif isinstance(value, list):
            for inner in value:
                self._learn(inner)
        elif key in SECRETS and isinstance(value, str):
            self.secret(value)
        elif isinstance(value, str) and (link := _LINK.search(value)):
            self.secret(link[1])

    def _digest(self, kind: str, value: str) -> bytes:
        """Bytes that depend on how many of its kind came before ``value``, and on nothing else."""
        numbers = self._known.setdefault(kind, {})
        return hashlib.sha256(f"{kind} {numbers.setdefault(value, len(numbers))}".encode()).digest()

    def _id(self, found: re.Match[str]) -> str:
        made = self._digest("id", found[0]).hex()
        return f"019ab3c0-{made[:4]}-7{made[4:7]}-9{made[7:10]}-{made[10:22]}"

    def _letters(self, value: str, many: int) -> str:
        return base64.b32encode(self._digest("letters", value)).decode().lower()[:many]

    # --- JSON on few lines ----------------------------------------------------------------------------

    def _json(self, value: Any, cut: tuple[str, ...] = ()) -> str:
        return self._worded(value, "", "", cut)

    def _worded(self, value: Any, indent: str, path: str, cut: tuple[str, ...]) -> str:
        """As JSON that fits the width: what has no line of its own shares one with its neighbours."""
        if path in cut:
            return "{…}" if isinstance(value, dict) else "[…]" if isinstance(value, list) else '"…"'
        if value is MORE:
            return "…"
        if not isinstance(value, dict | list) or not value:
            return json.dumps(self.plain(value) if isinstance(value, str) else value, ensure_ascii=False)
        inner, below = indent + INDENT, f"{path}." if path else ""
        if isinstance(value, dict):
            parts = [
                ("" if v is MORE else f'"{self.plain(key)}": ') + self._worded(v, inner, f"{below}{key}", cut)
                for key, v in value.items()
            ]
        else:
            parts = [self._worded(v, inner, f"{below}{n}", cut) for n, v in enumerate(value)]
        first, last = ("{", "}") if isinstance(value, dict) else ("[", "]")
        whole = f"{first}{', '.join(parts)}{last}"
        if "\n" not in whole and len(indent) + len(whole) <= WIDTH:
            return whole
        if "\n" in parts[-1] and "\n" not in "".join(parts[:-1]) and len(", ".join(parts[:-1])) < WIDTH // 2:
            return whole.replace(f"\n{INDENT}", "\n")  # the last one's brackets stand with these
        lines: list[str] = []
        for part in parts:
            joined = f"{lines[-1]}, {part}" if lines else part
            if lines and "\n" not in joined and len(inner) + len(joined) < WIDTH:
                lines[-1] = joined
            else:
                lines.append(part)
        return f"{first}\n" + ",\n".join(inner + line for line in lines) + f"\n{indent}{last}"
