"""``bin/bench``: measure what the README promises, print it, and write docs/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import site as sites
from bench.chat import PACED, PACED_SECONDS, Chat, scans
from bench.practice import MOST_TIMES_A_MONTH, Practice
from bench.site import ROOT, Site
from tests.run import answers, standard_postgres

RUNS = 3
API_PROMISE = {"per_second": 250, "p99_ms": 90}  # of a list of 20 out of 5,000 sessions, logged in
TOKEN = "b" * 32  # a form token that is its own cookie


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is what the person at the terminal reads


def median_of(measure: Callable[[], dict[str, Any]], runs: int = RUNS) -> dict[str, Any]:
    """Of several runs the one with the median rate, with the rates of all beside it."""
    results = sorted((measure() for _ in range(runs)), key=lambda result: result["per_second"])
    middle = dict(results[len(results) // 2])
    middle.pop("locations", None)
    return {**middle, "rates_of_all_runs": [result["per_second"] for result in results]}


class Bench:
    def __init__(self, running: Site, seconds: float) -> None:
        self.site, self.seconds = running, seconds
        self.results: dict[str, Any] = {}
        running.start_web()

    @cached_property
    def data(self) -> dict[str, Any]:
        say("Making 200 consultants and 500 bookings …")
        made: dict[str, Any] = json.loads(self.site.manage("bench.data"))
        return made

    def keep(self, name: str, result: dict[str, Any]) -> None:
        self.results[name] = result
        shown = {key: value for key, value in result.items() if key not in ("rates_of_all_runs", "requests")}
        say(f"  {name:<34} {json.dumps(shown)}")

    def rate(self, name: str, path: str, *, concurrency: int = 16, **headers: str) -> None:
        entry = {"path": path, "headers": headers}
        load = lambda: self.site.load(entry, seconds=self.seconds, concurrency=concurrency)  # noqa: E731
        self.keep(name, median_of(load))

    def pages(self) -> None:
        busy = self.data["busy"]
        self.rate("empty view", "/bench/empty/")
        self.rate("month of slots", f"/bench/month/{busy['id']}/")
        self.rate("month of slots, one at a time", f"/bench/month/{busy['id']}/", concurrency=1)
        self.rate("public page, cached", f"/{busy['slug']}/")
        # Somebody who is logged in, or thinks so, is never shown a kept page.
        self.rate("public page, uncached", f"/{busy['slug']}/", Cookie="sessionid=unknown00000000000000000000000000")
        self.results["public page, cached"]["of_empty_view"] = round(
            self.results["public page, cached"]["per_second"] / self.results["empty view"]["per_second"], 3
        )

    def computation(self) -> None:
        self.keep(
            "month of slots, pure computation", json.loads(self.site.manage("bench.pure", self.data["busy"]["id"]))
        )

    def press(self, slug: str, service: str, start: str, who: int) -> dict[str, Any]:
        """The press of the button that takes a time, as the form sends it."""
        typed = {
            "csrfmiddlewaretoken": TOKEN,
            "pick": start,
            "tz": "Asia/Kolkata",
            "nonce": f"bench-{who}-{time.time_ns()}",
            "name": "Farhan Qureshi",
            "email": f"farhan{who}.{time.time_ns()}@example.com",
            "phone": "+919800000001",
            "state_code": "27",
            "pin_code": "411001",
        }
        return {
            "method": "POST",
            "path": f"/{slug}/book/{service}/details/",
            "headers": {"Cookie": f"csrftoken={TOKEN}"},
            "body": urlencode(typed),
        }

    def bookings(self) -> None:
        """Holds on many consultants' times, then the page that makes the order at the gateway."""
        offers = json.loads(self.site.manage("bench.free", "all"))
        presses = [self.press(o["slug"], o["service"], o["start"], n) for n, o in enumerate(offers)]
        third = len(presses) // RUNS
        holds, orders = [], []
        for run in range(RUNS):
            sent = presses[run * third : (run + 1) * third]
            held = self.site.load(*sent, once=True, warm=0, seconds=60, locations=True)
            held["held"] = sum(where.endswith("/pay/") for where in held["locations"])
            pays = [{"path": where} for where in held["locations"] if where.endswith("/pay/")]
            ordered = self.site.load(*pays, once=True, warm=0, seconds=60)
            holds.append(held)
            orders.append(ordered)
        self.keep("bookings: hold and payment", median_of(iter(holds).__next__))
        self.keep("bookings: order at the gateway", median_of(iter(orders).__next__))

    def rivals(self, many: int, rounds: int = 20) -> None:
        offers = json.loads(self.site.manage("bench.free", self.data["fresh"]["id"]))
        wins: list[int] = []
        slowest: list[float] = []
        statuses: dict[str, int] = {}
        for n in range(rounds):
            offer = offers[n * 3]
            sent = [
                self.press(self.data["fresh"]["slug"], offer["service"], offer["start"], who) for who in range(many)
            ]
            result = self.site.load(*sent, concurrency=many, once=True, warm=0, seconds=60, locations=True)
            wins.append(sum(where.endswith("/pay/") for where in result["locations"]))
            slowest.append(result["slowest_ms"])
            for status, count in result["statuses"].items():
                statuses[status] = statuses.get(status, 0) + count
        self.keep(
            f"{many} rivals for one slot",
            {
                "rounds": rounds,
                "winners": sorted(set(wins)),
                "statuses": statuses,
                "slowest_ms": max(slowest),
                "median_of_slowest_ms": statistics.median(slowest),
            },
        )

    def chat(self) -> None:
        say("Making 50 rooms, and a chat of 100,000 messages …")
        chat = Chat(self.site, self.seconds)
        saturated = median_of(lambda: chat.run(rate=None, seconds=self.seconds))
        paced = median_of(lambda: chat.run(rate=PACED, seconds=PACED_SECONDS))
        self.keep("chat", {"saturated": saturated, "paced": paced})
        self.keep("chat, memory of the live process (MB)", chat.memory())
        self.keep("chat, opening", chat.opening())

    def api(self) -> None:
        """A page of a long list, as a logged-in app asks for it."""
        say("Making a practice with 5,000 sessions …")
        made = json.loads(self.site.manage("bench.api_data", "fill"))
        name = "api: 20 of 5,000 sessions"
        self.rate(name, "/api/v1/sessions", Accept="application/json", Authorization=f"Bearer {made['token']}")
        plans = json.loads(self.site.manage("bench.api_data", "plans", made["consultant"]))
        result = self.results[name]
        result["promised"] = API_PROMISE
        result["kept"] = (
            result["per_second"] >= API_PROMISE["per_second"]
            and (result["p99_ms"] or 0) <= API_PROMISE["p99_ms"]
            and set(result["statuses"]) == {"200"}
        )
        result["indexes"] = {part: scans(plan) for part, plan in plans.items()}

    def practice(self) -> None:
        say("Making a practice with three years of 5,000 sessions …")
        practice = Practice(self.site, json.loads(self.site.manage("bench.practice_data")))
        self.site.restart_web(workers=1)
        for name, asked in practice.pages.items():
            self.rate(name, asked.path, concurrency=asked.concurrency, **asked.headers)
            practice.judge(self.results[name], asked.promised)
        month, years = (self.results[f"practice: analytics of {span}"] for span in ("30 days", "3 years"))
        years["times_a_month"] = round(month["per_second"] / years["per_second"], 2)
        years["kept"] = years["kept"] and years["times_a_month"] <= MOST_TIMES_A_MONTH
        self.keep("practice: export of 5,000 sessions", practice.export())
        self.keep("practice: import of 50,000 rows", practice.take_in())
        self.site.restart_web()

    def memory(self) -> None:
        web = self.site.web
        workers = [sites.memory_mb(pid) for pid in sites.descendants(web)[1:]]
        self.keep("memory of a web worker (MB)", max(workers, key=lambda worker: worker["rss"]))


def embedded(folder: Path) -> dict[str, Any]:
    """Memory of the one process, and the seconds of its second start until it answers."""
    port = sites.free_port()
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"PORT": str(port), "NAKSHA_DATA": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}
    seconds, memory = [], []
    for _ in range(RUNS + 1):
        with open(folder / "run.log", "ab") as out:
            process = subprocess.Popen([ROOT / "bin" / "run"], env=environment, stdout=out, stderr=out)
        try:
            seconds.append(sites.wait_for(port, "/", 600))
            for path in ("/consultants/", "/accounts/login/", "/webinars/"):
                sites.wait_for(port, path, 10)
            time.sleep(2)
            memory.append(sum(sites.memory_mb(pid)["rss"] for pid in sites.descendants(process.pid)))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    return {
        "first_start_seconds": round(seconds[0], 1),
        "second_start_seconds": round(statistics.median(seconds[1:]), 1),
        "memory_mb": max(memory[1:]),
    }


def machine() -> dict[str, Any]:
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "cores": os.cpu_count(),
        "cpu": cpu[1] if cpu else platform.machine(),
        "python": platform.python_version(),
        "load_average_before": os.getloadavg()[0],
        "web_workers": sites.WORKERS,
        "concurrency": 16,
        "runs": RUNS,
    }


def beside(before: dict[str, Any], report: dict[str, Any], only: str) -> dict[str, Any]:
    """What was measured by itself, in its place among the figures of the whole run."""
    by_itself = {**before.get("by_itself", {}), only: report.pop("machine")}
    results = {**before.get("results", {}), **report.pop("results")}
    return {**before, **report, "results": results, "by_itself": by_itself}


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    options.add_argument("--seconds", type=float, default=5, help="length of one run")
    options.add_argument("--only", default="", help="only the parts whose name holds this")
    options.add_argument("--out", default=str(ROOT / "docs" / "bench.json"))
    chosen = options.parse_args()
    server_url = os.environ.get("DATABASE_URL") or standard_postgres()
    redis_url = os.environ.get("REDIS_URL") or ("redis://127.0.0.1:6379/14" if answers(6379) else "")
    if not server_url or not redis_url:
        sys.exit("bin/bench needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL.")
    report: dict[str, Any] = {"machine": machine()}
    with tempfile.TemporaryDirectory(prefix="naksha-bench-") as folder:
        data = Path(folder) / "web"
        data.mkdir()
        with sites.site(data, server_url=server_url, redis_url=redis_url) as running:
            bench = Bench(running, chosen.seconds)
            parts: dict[str, Callable[[], None]] = {
                "query": lambda: bench.rate("one query", "/bench/query/"),
                "pages": bench.pages,
                "computation": bench.computation,
                "memory": bench.memory,
                "api": bench.api,
                "practice": bench.practice,
                "bookings": bench.bookings,
                "rivals-50": lambda: bench.rivals(50),
                "rivals-200": lambda: bench.rivals(200),
                "chat": bench.chat,
            }
            for name, part in parts.items():
                if chosen.only in name:
                    part()
            report["results"] = bench.results
        if chosen.only in "embedded":
            alone = Path(folder) / "embedded"
            alone.mkdir()
            report["embedded"] = embedded(alone)
            say(f"  {'embedded process':<34} {json.dumps(report['embedded'])}")
    out = Path(chosen.out)
    if chosen.only and out.exists():
        report = beside(json.loads(out.read_text()), report, chosen.only)
    out.write_text(json.dumps(report, indent=2) + "\n")
    say(f"Written to {chosen.out}")


if __name__ == "__main__":
    main()
