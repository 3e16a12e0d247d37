"""The part of ``bin/bench`` for somebody with three years behind them, on one web worker: the pages of each day, the
file of all sessions, and a list of 50,000 clients that is taken in."""

from __future__ import annotations

import http.client
import time
from codecs import BOM_UTF8 as BOM
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bench import site as sites
from bench.site import Site

FIGURES = {"p50_ms": 60, "p99_ms": 150}  # pages of figures, four at a time
TABLE = {"p50_ms": 40}  # with a search and two filters
FIRST_BYTE_MS, GROWTH_MB = 200, 8  # of the export: until it begins, and by how much the worker may grow
IMPORT_SECONDS, LEAST_STEPS = 60, 10  # looked through and written; how often its page tells of progress at least
MOST_TIMES_A_MONTH = 2.0
ROWS, EXPORTS = 50_000, 5
TOKEN = "p" * 32  # a form token that is its own cookie
STATES = ("Maharashtra", "Karnataka", "27", "Delhi", "")
TAGS = ("Regular", "Referred by Meera", "", "Yoga, Regular", "")


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict[str, str]
    promised: Mapping[str, float]
    concurrency: int = 4


class Practice:
    def __init__(self, running: Site, made: dict[str, Any]) -> None:
        self.site, self.made = running, made

    @property
    def pages(self) -> dict[str, Asked]:
        first = (datetime.now(UTC) - timedelta(days=3 * 365 - 2)).date()
        query = {"show": "all", "q": "client 1", "kind": "personal", "service": self.made["service"]}
        table, own = f"/dashboard/sessions/?{urlencode(query)}", {"Cookie": self.made["cookie"]}
        return {
            "practice: today": Asked("/dashboard/", own, FIGURES),
            "practice: analytics of 30 days": Asked("/dashboard/analytics/", own, FIGURES),
            "practice: analytics of 3 years": Asked(f"/dashboard/analytics/?from={first}", own, FIGURES),
            "practice: sessions, searched": Asked(table, own, TABLE, concurrency=1),
            "practice: the same while typing": Asked(table, {**own, "HX-Request": "true"}, TABLE, concurrency=1),
            "practice: sessions, four at a time": Asked(table, own, TABLE),
        }

    def judge(self, result: dict[str, Any], promised: Mapping[str, float]) -> None:
        result["promised"] = dict(promised)
        result["kept"] = set(result["statuses"]) == {"200"} and all(
            (result[figure] or 0) <= most for figure, most in promised.items()
        )

    # --- requests of one browser ----------------------------------------------------------------

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[http.client.HTTPResponse, float]:
        """The answer, of which the first byte has been read, and how many ms that took."""
        headers = {"Cookie": f"{self.made['cookie']}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        if kind:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=120)
        started = time.perf_counter()
        connection.request(method, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        answer.read(1)
        return answer, (time.perf_counter() - started) * 1000

    # --- the file of all sessions ---------------------------------------------------------------

    def export(self) -> dict[str, Any]:
        worker = sites.descendants(self.site.web)[-1]
        firsts: list[float] = []
        lines, grown, took = 0, 0.0, 0.0
        for run in range(EXPORTS + 1):  # the first one warms up
            before = sites.memory_mb(worker)["rss"]
            sites.forget_peak(worker)
            started = time.perf_counter()
            answer, first = self._ask("GET", "/dashboard/sessions/export.csv?show=all")
            lines = answer.read().count(b"\r\n") - 1
            if run:
                firsts.append(first)
                grown = max(grown, sites.peak_mb(worker) - before)
                took = max(took, time.perf_counter() - started)
        return {
            "rows": lines,
            "first_byte_ms": round(sorted(firsts)[len(firsts) // 2], 1),
            "slowest_first_byte_ms": round(max(firsts), 1),
            "seconds": round(took, 2),
            "worker_grew_mb": round(grown, 1),
            "promised": {"first_byte_ms": FIRST_BYTE_MS, "worker_grew_mb": GROWTH_MB},
            "kept": max(firsts) <= FIRST_BYTE_MS and grown <= GROWTH_MB,
        }

    # --- a list of clients ----------------------------------------------------------------------

    def take_in(self) -> dict[str, Any]:
        """The file through the page, looked through and written by one worker; its progress is asked for meanwhile."""
        self.site.start(
            "worker", "celery", "-A", "naksha", "worker", "--pool", "threads", "--concurrency", "8",
            "--without-mingle", "--without-gossip", "--loglevel", "WARNING",
        )  # fmt: skip
        try:
            return self._taken_in()
        finally:
            self.site.stop_last()

    def _taken_in(self) -> dict[str, Any]:
        time.sleep(5)  # until the worker is there
        started = time.perf_counter()
        body, kind = multipart(clients_csv())
        answer, upload = self._ask("POST", "/dashboard/clients/import/", body, kind)
        answer.read()
        here = answer.headers["Location"]
        check_steps = self._until_done(here)
        checked = time.perf_counter()
        answer, _first = self._ask("POST", f"{here}confirm/")
        answer.read()
        write_steps = self._until_done(here)
        written = time.perf_counter()
        report, _first = self._ask("GET", f"{here}report.csv")
        outcomes = report.read().removeprefix(BOM[1:]).decode()  # its first byte was read by then
        return {
            "rows": ROWS,
            "upload_seconds": round(upload / 1000, 1),  # the page answers, the looking through begins
            "check_seconds": round(checked - started, 1),
            "write_seconds": round(written - checked, 1),
            "seconds": round(written - started, 1),
            "steps_shown": {"check": check_steps, "write": write_steps},
            "outcomes": {word: outcomes.count(f",{word},") for word in ("New", "Changed", "Known already", "Refused")},
            "promised": {"seconds": IMPORT_SECONDS, "steps_shown": LEAST_STEPS},
            "kept": written - started <= IMPORT_SECONDS and min(check_steps, write_steps) >= LEAST_STEPS,
        }

    def _until_done(self, here: str) -> int:
        """How many different things were told until nothing was going on."""
        told = set()
        while True:
            answer, _first = self._ask("GET", f"{here}progress/")
            told.add(answer.read())
            if answer.headers["X-Stage"] not in ("checking", "running"):
                return len(told)
            time.sleep(0.25)


def clients_csv() -> bytes:
    """50,000 rows: 2,000 who are known, some that are broken, and all the rest new."""
    lines = ["Name,Email,Phone,State,PIN code,Tags,Note"]
    for n in range(ROWS):
        mail = "no address" if n % 500 == 499 else f"client{n}@example.com"
        note = f"Came in {2019 + n % 7}" if n % 5 == 0 else ""
        tags = f'"{TAGS[n % 5]}"'
        name = "".join(chr(97 + int(digit)) for digit in f"{n:05d}")
        lines.append(f"Client {name},{mail},98{n:08d},{STATES[n % 5]},{411001 + n % 60},{tags},{note}")
    return "\r\n".join(lines).encode()


def multipart(data: bytes) -> tuple[bytes, str]:
    edge = "naksha-bench-edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="clients.csv"\r\nContent-Type: text/csv'
    return b"".join([head.encode(), b"\r\n\r\n", data, f"\r\n--{edge}--\r\n".encode()]), (
        f"multipart/form-data; boundary={edge}"
    )
