"""One customer says no, over HTTP: one sequential client, one web process, PostgreSQL as in production.

Beside it in the same run the smallest Flask application that could record it (`bare`).
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.databases import postgresql
from benchmarks.report import tell
from benchmarks.served import API, Served, environment, web
from benchmarks.timing import milliseconds, percentile
from benchmarks.wire import Wire, request_bytes
from benchmarks.workshop import LINES_A_VISIT, OpenLine, fill, opened, token
from servicelost.web.scopes import Scope

# What a well-known open-source CRM does on the same job: one opportunity marked lost over its API.
PUBLISHED_PEER_PER_SECOND = 41
_WARM_UP = 50
_SAID = json.dumps(
    {
        "cause": "PRICE_TOO_HIGH",
        "competitor": "Fast Fit",
        "competitor_price": "89.00",
        "decided_by": "CUSTOMER",
    }
).encode()


def main(quick: bool = False, profile: Path | None = None) -> None:
    """Measure; with `profile`, write instead where the web process spends its time."""
    calls = 500 if quick else 1500
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        with opened(url, folder) as runtime:
            secret = token(runtime, "bench", Scope.VISITS_READ, Scope.VISITS_WRITE)
            lines = fill(runtime, weeks=1 if quick else 8, visits=(calls + _WARM_UP) // LINES_A_VISIT)
        environ = environment(url, folder)
        if profile is not None:
            environ["BENCHMARK_PROFILE"] = str(profile)
            with web(environ, module="benchmarks.profiled") as served:
                _run(served, _declines(lines, secret))
            return
        with web(environ, module="benchmarks.bare") as served:
            bare = _run(served, _bare_declines(lines))
        with web(environ) as served:
            ours = _run(served, _declines(lines, secret))
        _report(ours, bare, _durability(url))


def _declines(lines: Iterable[OpenLine], secret: str) -> list[bytes]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    return [
        request_bytes(
            "POST", f"{API}/lines/{line.id}/decline", headers | {"If-Match": f'"{line.version}"'}, _SAID
        )
        for line in lines
    ]


def _bare_declines(lines: Iterable[OpenLine]) -> list[bytes]:
    headers = {"Content-Type": "application/json"}
    return [request_bytes("POST", f"/lines/{line.id}/decline", headers, _SAID) for line in lines]


def _run(served: Served, requests: Sequence[bytes]) -> dict[str, float]:
    """Make the calls one after the other: how fast, and what they cost the web process."""
    with Wire(served.port) as wire:
        for request in requests[:_WARM_UP]:
            _must_work(wire, request)
        cpu, started = served.cpu_seconds(), time.perf_counter()
        seconds = [_must_work(wire, request) for request in requests[_WARM_UP:]]
        elapsed = time.perf_counter() - started
    return {
        "calls": len(seconds),
        "per_second": round(len(seconds) / elapsed, 1),
        "p50_ms": milliseconds(percentile(seconds, 50)),
        "p95_ms": milliseconds(percentile(seconds, 95)),
        "web_cpu_ms_per_call": milliseconds((served.cpu_seconds() - cpu) / len(seconds)),
    }


def _must_work(wire: Wire, request: bytes) -> float:
    started = time.perf_counter()
    answer = wire.ask(request)
    seconds = time.perf_counter() - started
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")
    return seconds


def _durability(url: str) -> str:
    """The settings that decide whether a commit waits for the disk, as the server has them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = ("fsync", "synchronous_commit", "full_page_writes")
        told = ", ".join(f"{name} {connection.scalar(text(f'SHOW {name}'))}" for name in names)
    engine.dispose()
    return told


def _report(ours: dict[str, float], bare: dict[str, float], durability: str) -> None:
    tell(
        "decline over HTTP, one client, postgresql",
        **ours,
        compared_with="Flask and waitress with one SELECT, one INSERT and a commit by SQLAlchemy Core",
        bare_per_second=bare["per_second"],
        bare_p50_ms=bare["p50_ms"],
        bare_web_cpu_ms_per_call=bare["web_cpu_ms_per_call"],
        ratio=round(ours["p50_ms"] / bare["p50_ms"], 2),
        published_peer_per_second=PUBLISHED_PEER_PER_SECOND,
        ratio_to_published_peer=round(ours["per_second"] / PUBLISHED_PEER_PER_SECOND, 1),
        durability=durability,
    )


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main("quick" in arguments, Path("decline_profile.txt") if "profile" in arguments else None)
