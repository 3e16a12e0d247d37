"""The part of ``bin/bench`` for live chat: 100 people in 50 rooms, on two web workers and one live process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench import site as sites
from bench.site import ROOT, Site

SENDERS, PACED, PACED_SECONDS, WARM = 32, 200, 10.0, 1.0
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: list[int]) -> float:
    """What those processes have used, in user and system mode."""
    used = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # a backend that has ended since
            continue
        used += int(fields[11]) + int(fields[12])
    return used / TICK


def backends(url: str) -> list[int]:
    """The processes of PostgreSQL that work for this database, if it runs on this machine."""
    import psycopg

    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()").fetchall()
    return [pid for (pid,) in rows if Path(f"/proc/{pid}").exists()]


class Chat:
    def __init__(self, running: Site, seconds: float) -> None:
        self.site, self.seconds = running, seconds
        self.data: dict[str, Any] = json.loads(running.manage("bench.chat_data", "fill"))
        self.live_port = sites.free_port()
        self.heard_before: dict[str, int] = {}
        running.start("live", "naksha.wire", PORT=str(self.live_port))
        self.live = running.processes[-1].pid
        sites.wait_for(self.live_port, "/health", 60)

    def _cpu(self) -> dict[str, float]:
        return {
            "web": cpu_seconds(sites.descendants(self.site.web)),
            "live": cpu_seconds([self.live]),
            "postgres": cpu_seconds(backends(self.site.environment["DATABASE_URL"])),
        }

    def run(self, *, rate: float | None, seconds: float) -> dict[str, Any]:
        """Send for ``seconds`` and hold what was heard against what the database kept."""
        spec = {
            "web": ["127.0.0.1", self.site.port],
            "live": ["127.0.0.1", self.live_port],
            "rooms": self.data["rooms"],
            "senders": SENDERS,
            "rate": rate,
            "seconds": seconds + WARM,
            "warm": WARM,
        }
        before = self._cpu()
        done = subprocess.run(
            [sys.executable, "-m", "bench.chat_load"], cwd=ROOT, input=json.dumps(spec).encode(), capture_output=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        result: dict[str, Any] = json.loads(done.stdout)
        after = self._cpu()
        accepted, people = result.pop("accepted"), result.pop("people")
        # Of all messages, those of the first second too: they were paid for as well.
        result["cpu_ms_per_message"] = {
            name: round((after[name] - before[name]) * 1000 / max(1, len(accepted)), 2) for name in before
        }
        return {**result, **self._compare(accepted, people)}

    def _compare(self, accepted: list[dict[str, str]], people: list[dict[str, Any]]) -> dict[str, Any]:
        """What each person heard, and what the room's rows say they should have: all of this run's, once each."""
        rooms = json.dumps([room["session"] for room in self.data["rooms"]])
        kept: dict[str, list[list[Any]]] = json.loads(self.site.ask(rooms, "bench.chat_data", "stored"))
        found: Counter[str] = Counter(not_stored=0, lost=0, doubled=0, strange=0, overtaken=0, lines_that_closed=0)
        in_rows = {name for rows in kept.values() for name, _sequence in rows}
        found["not_stored"] = sum(message["id"] not in in_rows for message in accepted)
        for person in people:
            room = person["room"]
            since = self.heard_before.get(room, 0)
            due = {name: sequence for name, sequence in kept.get(room, []) if sequence > since}
            times = Counter(name for name, _sequence in person["heard"])
            found["lost"] += len(due.keys() - times.keys())
            found["doubled"] += sum(count - 1 for count in times.values())
            found["strange"] += sum(due.get(name) != sequence for name, sequence in person["heard"])
            order = [sequence for _name, sequence in person["heard"]]
            found["overtaken"] += sum(later < earlier for earlier, later in pairwise(order))
            found["lines_that_closed"] += person["closed"]
        stored = sum(
            sequence > self.heard_before.get(room, 0) for room, rows in kept.items() for _name, sequence in rows
        )
        self.heard_before = {room: rows[-1][1] for room, rows in kept.items()}
        return {"stored": stored, **found}

    def memory(self) -> dict[str, float]:
        return sites.memory_mb(self.live)

    def opening(self) -> dict[str, Any]:
        """The page of a chat of 100 messages beside one of 100,000, and what each of the two asks PostgreSQL."""
        plans = json.loads(self.site.manage("bench.chat_data", "plans", self.data["long"]["session"]))
        times: dict[str, Any] = {}
        for name in ("short", "long"):
            room = self.data[name]
            cookie = {"Cookie": f"sessionid={room['cookie']}"}
            entry = {"path": f"/sessions/{room['session']}/messages/", "headers": cookie}
            fetched = {**entry, "headers": {**cookie, "X-Requested-With": "fetch"}}
            earlier = {**fetched, "path": f"{entry['path']}?before={60 if name == 'short' else 50_000}"}
            for what, asked in (("page", entry), ("last messages", fetched), ("earlier messages", earlier)):
                took = self.site.load(asked, concurrency=1, seconds=self.seconds / 2, warm=0.5)
                picked = {key: took[key] for key in ("p50_ms", "p99_ms", "statuses")}
                times[f"{what}, {100 if name == 'short' else 100_000} messages"] = picked
        return {
            **times,
            "indexes_of_last_messages": scans(plans["history"]),
            "indexes_of_unread_count": scans(plans["unread"]),
            "queries_of_unread_count": plans["unread_queries"],
            "queries_of_unread_count_for_a_visitor": plans["unread_queries_of_a_visitor"],
        }


def scans(explained: str) -> list[str]:
    """How each table of a plan is read: the index's name, or "Seq Scan" of the table."""
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if "Scan" in node["Node Type"]:
            found.append(node.get("Index Name") or f"{node['Node Type']} on {node.get('Relation Name')}")
        for child in node.get("Plans", ()):
            walk(child)

    walk(json.loads(explained)[0]["Plan"])
    return found
