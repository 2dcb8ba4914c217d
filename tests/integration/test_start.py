"""What processes load: help nearly nothing, a host what answers requests, no web process what computes."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from servicelost.analytics.registry import REPORTS
from servicelost.config import Settings
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.migrations import upgrade
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.simulate.demo import load_demo
from servicelost.simulate.generate import Size
from servicelost.standalone.accounts import create_account
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token
from servicelost.wiring import build_runtime
from servicelost.wiring.inline import run_now
from servicelost.workflow.models.visits import Visit

PASSWORD = "correct-horse-battery"
COMPUTING = {"duckdb", "ibis", "numpy", "pandas", "plotly", "pyarrow", "scipy", "sqlglot"}
# Loaded when the first request needs it, or never.
LATE = {"alembic", "holidays", "openpyxl", "phonenumbers", "redis", "rich", "rq"}
PROGRAMS = Path(__file__).parent / "start_programs.py"


def loaded(role: str, folder: Path, **environment: str) -> set[str]:
    """The top-level modules that a new process has loaded after doing what the role says."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("SERVICELOST_")}
    environ = own | environment | {"SERVICELOST_INSTANCE_PATH": str(folder)}
    done = subprocess.run([sys.executable, str(PROGRAMS), role], env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_loads_the_list_of_commands_and_nothing_behind_it(tmp_path: Path) -> None:
    found = loaded("help", tmp_path)
    assert "click" in found
    assert not found & {"sqlalchemy", "flask", "werkzeug", "marshmallow", *LATE, *COMPUTING}


def test_a_host_loads_what_answers_requests(tmp_path: Path) -> None:
    found = loaded("mount", tmp_path)
    assert {"flask_smorest", "sqlalchemy"} <= found
    assert not found & (LATE | COMPUTING)


def test_a_web_process_never_loads_what_computes(tmp_path: Path, office: dict[str, str]) -> None:
    found = loaded("serve", Path(office.pop("folder")), **office)
    assert {"redis", "phonenumbers"} <= found, "it did ask for reports, and customers came with numbers"
    assert not found & {"alembic", "openpyxl", "rich", *COMPUTING}


@pytest.fixture
def office(tmp_path: Path) -> dict[str, str]:
    """A database of some weeks with computed reports, and what a person and a machine ask of it."""
    runtime = build_runtime(Settings(instance_path=tmp_path))
    upgrade(runtime.engine)
    load_demo(runtime, size=Size(weeks=3))
    with runtime.unit(SYSTEM) as book:
        create_account(book, "ana", PASSWORD, [Role.SERVICE_MANAGER, Role.ADMIN])
        _, secret = create_token(book, "dms", [Scope.EVENTS_WRITE])
        visit = book.connection.scalars(select(Visit.id).order_by(Visit.id)).first()
        entry = book.connection.scalars(select(LedgerEntry.id)).first()
    for report in REPORTS:
        run_now(runtime, SYSTEM, report, {})
    runtime.dispose()
    pages = [
        "/",
        "/today",
        "/log",
        "/visits",
        f"/visits/{visit}",
        "/ledger",
        f"/ledger/{entry}",
        "/reports",
        "/rows",
    ]
    pages += ["/?period=all", *(f"/reports/{report}" for report in REPORTS)]
    paths = [f"/service{page}" for page in pages] + [
        f"/service/api/v1/visits/{visit}",
        "/service/api/v1/docs",
    ]
    return {
        "folder": str(tmp_path),
        "PASSWORD": PASSWORD,
        "TOKEN": secret,
        "PATHS": json.dumps(paths),
        "EVENT": json.dumps(walk_in()),
    }


def walk_in() -> dict[str, Any]:
    """Somebody new comes in without an appointment."""
    return {
        "type": "visit.walk_in",
        "event_id": "new-1",
        "source": "dms",
        "occurred_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
        "dealership": "NORTH",
        "data": {"visit_id": "RO-new", "customer": {"id": "C-new", "phone": "+49 30 1234567"}},
    }
