"""Tries the cells of the table, and sees whether a refusal left everything as it was."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.api.auth import Anybody, Login, _Allowed
from naksha.api.testing import Answer
from tests.api.table import Row
from tests.api.world import World, undone

METHODS = ("get", "post", "put", "patch", "delete")
BASE = "api/v1/"
REFUSALS = {"1": 401, "3": 403, "4": 404}
STRANGERS = ("other_client", "other_consultant")
PRIVATE = ("client", "client_import", "session", "message", "upload", "notification", "booking", "payment", "quotation")
# What a refused request may change: how often somebody asked, and when a device was last here.
COUNTS = {"web_attemptcount"}
SEEN = {"accounts_apilogin": ["last_used_at", "address", "updated_at"]}
# Whoever looks into a chat for the first time is noted as one of its members; it is the same however often.
JOINED = {"sessions_app_member"}
# What lets everybody in, or is there to be written anew by who inherits it.
NO_CHECKS: set[tuple[type, str]] = {(Anybody, "has_permission"), (Login, "check"), (_Allowed, "check")}


def calls() -> set[str]:
    """Every method of every route under ``/api/v1/``: "PUT /bookings/{pk}"."""
    return {
        f"{method.upper()} {path}" for path, view in _views().items() for method in METHODS if hasattr(view, method)
    }


def guards() -> set[tuple[type, str]]:
    """Each check of each permission class that any of the views has, by the class that wrote it."""
    permissions = {permission for view in _views().values() for permission in view.permission_classes}
    return {
        (owner, check)
        for permission in permissions
        for owner in permission.__mro__
        for check in ("check", "has_permission", "has_object_permission")
        if check in vars(owner) and not owner.__module__.startswith("rest_framework")
    } - NO_CHECKS


def guarded_by(row: Row, owner: type) -> bool:
    return any(issubclass(permission, owner) for permission in view_of(row).permission_classes)


def view_of(row: Row) -> Any:
    """The class that answers the row's calls."""
    return _views()[row.path]


@lru_cache(maxsize=1)
def _views() -> dict[str, Any]:
    found = {}
    for route, pattern in _patterns(get_resolver().url_patterns):
        if route.startswith(BASE):
            view: Any = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
            assert view is not None, f"{route} is no class of views: its methods can't be told"
            found["/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.removeprefix(BASE))] = view
    return found


def _patterns(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


def ask(world: World, row: Row, role: str, *, missing: bool = False, method: str = "") -> Answer:
    """Send the row's sample request as ``role``; ``missing`` names things that there aren't. ``method`` is another
    than the row's."""
    guest = not missing and role != "anonymous"
    path, body = filled_body(world, row, missing=missing, guest=guest)
    query = filled_query(world, row, missing=missing, guest=guest)
    # Each from an address of their own: all the table's requests are more than one address may send.
    return world.apis[role].send(
        method or row.method, path, body, query=query, REMOTE_ADDR=f"10.8.0.{1 + list(world.apis).index(role)}"
    )


def filled_body(world: World, row: Row, *, missing: bool = False, guest: bool = True) -> tuple[str, Any]:
    """The row's address and body with the things that they name, or with ids that there aren't. Links open for a
    ``guest`` alone."""
    path = re.sub(r"{(\w+)}", lambda part: _thing(world, row.ids[part[1]], missing, guest), row.path)
    return path, _filled(world, row.body, missing, guest)


def filled_query(world: World, row: Row, *, missing: bool = False, guest: bool = True) -> dict[str, Any]:
    """The row's query, in the same way."""
    query: dict[str, Any] = _filled(world, row.query, missing, guest)
    return query


def _thing(world: World, name: str, missing: bool, guest: bool) -> str:
    if name in world.tokens:
        return world.things[name] if guest else "x" * 43
    return _nothing(name) if missing else world.things[name]


def _nothing(name: str) -> str:
    """An id that there isn't, the same each time."""
    return str(uuid5(NAMESPACE_OID, name))


def _filled(world: World, value: Any, missing: bool, guest: bool) -> Any:
    if isinstance(value, dict):
        return {key: _filled(world, inner, missing, guest) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(world, inner, missing, guest) for inner in value]
    return _thing(world, value[1:], missing, guest) if isinstance(value, str) and value.startswith("$") else value


def wrong_in(world: World, rows: Sequence[Row]) -> Iterator[str]:
    """What is not as the table says, one sentence for each cell."""
    yield from wrong_refusals(world, rows)
    yield from wrong_rules(world, rows)
    for row in rows:
        for role, mark in row.of_roles.items():
            if mark in REFUSALS or mark == "~":
                continue
            with undone():
                answer = ask(world, row, role)
                none = ask(world, row, role, missing=True) if mark == "=" else answer
            if answer.status >= 400:
                yield f"{row.call} as {role}: {mark} is {answer!r}"
            elif _nameless(world, answer) != _nameless(world, none):
                yield f"{row.call} as {role}: what is another's is told apart from what there isn't"
            elif mark == "+" and role in STRANGERS and _is_list(row) and _holds(world, answer):
                yield f"{row.call} as {role}: what is another's is in {answer!r}"


def _nameless(world: World, answer: Answer) -> str:
    """What was told, with the same word for a thing's id and for the one of nothing."""
    text = json.dumps(answer.body and _told(answer))
    for name, value in world.things.items():
        text = text.replace(value, name).replace(_nothing(name), name)
    return text


def _is_list(row: Row) -> bool:
    return row.method == "GET" and not row.ids


def _holds(world: World, answer: Answer) -> bool:
    """Whether there is in it what no list of a stranger's may hold."""
    text = answer.content.decode(errors="ignore")
    return any(thing in text for thing in (world.client.email, *(world.things[name] for name in PRIVATE)))


def wrong_refusals(
    world: World, rows: Sequence[Row], refused: Callable[[World, Row], Iterator[str]] | None = None
) -> Iterator[str]:
    """All refusals in turn, and then whether any table has changed; if so, by which of them."""
    with undone():
        before = digest()
        for row in rows:
            yield from (refused or not_refused)(world, row)
        after = digest()
    changed = sorted(table for table in before if before[table] != after[table])
    if changed and len(rows) == 1:
        yield f"{rows[0].call}: a refusal changed {', '.join(changed)}"
    elif changed:
        for row in rows:
            yield from wrong_refusals(world, [row], refused)


def wrong_rules(world: World, rows: Sequence[Row]) -> Iterator[str]:
    """The same of what a rule of the domain refuses."""
    return wrong_refusals(world, [row for row in rows if "~" in row.marks], not_refused_by_rule)


def not_refused_by_rule(world: World, row: Row) -> Iterator[str]:
    for role, mark in row.of_roles.items():
        if mark == "~" and (answer := ask(world, row, role)).status not in (400, 409, 422):
            yield f"{row.call} as {role}: {mark} is {answer!r}"


def not_refused(world: World, row: Row) -> Iterator[str]:
    """The refusals of one row that are none."""
    for role, mark in row.of_roles.items():
        if mark not in REFUSALS:
            continue
        answer = ask(world, row, role)
        if answer.status != REFUSALS[mark]:
            yield f"{row.call} as {role}: {mark} is {answer!r}"
        elif mark == "4" and _told(answer) != _told(ask(world, row, role, missing=True)):
            yield f"{row.call} as {role}: what is another's is told apart from what there isn't"


def wrong_heads(world: World, rows: Sequence[Row]) -> Iterator[str]:
    """Where a HEAD is let in though its GET is refused, and which of them changes a table."""
    rows = [row for row in rows if row.method == "GET"]
    with undone():
        before = digest()
        for row in rows:
            for role, mark in row.of_roles.items():
                answer = ask(world, row, role, method="HEAD")
                if answer.status != REFUSALS.get(mark, answer.status) or answer.status >= 500:
                    yield f"HEAD {row.path} as {role}: {mark} is {answer!r}"
        after = digest()
    changed = sorted(table for table in before.keys() - JOINED if before[table] != after[table])
    if changed and len(rows) == 1:
        yield f"HEAD {rows[0].path} changed {', '.join(changed)}"
    elif changed:
        for row in rows:
            yield from wrong_heads(world, [row])


def wrong_options(world: World, rows: Sequence[Row]) -> Iterator[str]:
    """Where OPTIONS is anything but a method that the address does not know, for whoever may come so far."""
    for row in {row.path: row for row in rows}.values():
        for role in row.of_roles:
            answer = ask(world, row, role, method="OPTIONS")
            if answer.status not in (401, 403, 405) or "OPTIONS" in answer.response.headers.get("Allow", ""):
                yield f"OPTIONS {row.path} as {role}: {answer!r}"


def _told(answer: Answer) -> dict[str, Any]:
    assert answer.body is not None
    return {key: value for key, value in answer.body.items() if key not in ("timestamp", "path")}


@lru_cache(maxsize=1)
def _tables() -> tuple[str, ...]:
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy}
    return tuple(sorted(tables - COUNTS))


def digest() -> dict[str, str]:
    """Each table with its number of rows and a hash over them, whatever their order."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(_hash_sql(table) for table in _tables()))
            return dict(cursor.fetchall())
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  the tables' names are ours
            kept = [n for n, column in enumerate(cursor.description) if column[0] not in SEEN.get(table, [])]
            rows = sorted(repr([row[n] for n in kept]) for row in cursor.fetchall())
            found[table] = f"{len(rows)} {hashlib.sha256(''.join(rows).encode()).hexdigest()}"
    return found


def _hash_sql(table: str) -> str:
    row = f"to_jsonb(t) - ARRAY{SEEN[table]!r}" if table in SEEN else "t"
    total = f"coalesce(sum(hashtextextended(({row})::text, 0)), 0)"
    return f"""SELECT '{table}', count(*) || ' ' || {total} FROM "{table}" t"""  # noqa: S608
