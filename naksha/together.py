"""Kept queries (naksha.kept) that do not need each other's answers, asked at once.

Each question on its own is a way to the database and back, for which its thread gives up the interpreter and has to
wait for its turn again. Within ``with asked_together(partial(ONE.all, consultant=pk), partial(OTHER.count, user=pk)):``
the questions have gone out in one go, and whoever asks one of them there, in the same words and with the same values,
is given its answer: once, for whoever asks again may have changed something since. All other questions are asked as
ever, and so are all where the database takes them one by one or somebody writes them down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from naksha.prepared import here_now, prepares, server_binding

Question = Callable[[], object]
Asked = tuple[str, tuple[Any, ...]]  # the words, and the values that go with them
_answers: ContextVar[dict[Asked, list[Any]] | None] = ContextVar("asked_together", default=None)
_planned: ContextVar[list[Asked] | None] = ContextVar("asking_together", default=None)


class _Planned(BaseException):
    """Ends a question before it is asked."""


def answer(words: str, values: Sequence[Any]) -> list[Any] | None:
    """The rows that are there already for what is going to be asked. None: ask."""
    if (planned := _planned.get()) is not None:
        planned.append((words, tuple(values)))
        raise _Planned
    if not (answers := _answers.get()):
        return None
    return answers.pop((words, tuple(values)), None)


@contextmanager
def asked_together(*questions: Question) -> Iterator[None]:
    """The first kept query of each of ``questions``, asked at once."""
    here: Any = here_now()
    if here.execute_wrappers or not prepares(here):
        yield
        return
    found = _ask(here, _plan(questions))
    token, answers = None, _answers.get()
    if answers is None:
        answers = {}
        token = _answers.set(answers)
    answers.update(found)
    try:
        yield
    finally:
        for each in found:
            answers.pop(each, None)
        if token is not None:
            _answers.reset(token)


def _plan(questions: Sequence[Question]) -> list[Asked]:
    planned: list[Asked] = []
    token = _planned.set(planned)
    try:
        for question in questions:
            try:
                question()
            except _Planned:
                continue
    finally:
        _planned.reset(token)
    return planned


def _ask(here: Any, asked: Sequence[Asked]) -> dict[Asked, list[Any]]:
    here.ensure_connection()
    here.validate_thread_sharing()
    here.validate_no_broken_transaction()
    cursors: list[Any] = []
    with here.wrap_database_errors, here.connection.pipeline():
        for words, values in asked:
            cursors.append(server_binding()(here.connection))
            cursors[-1].execute(words, values)
    found: dict[Asked, list[Any]] = {}
    for each, cursor in zip(asked, cursors, strict=True):
        found[each] = cursor.fetchall()
        cursor.close()
    return found
