"""Small applications that the job tests run as real processes."""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from servicelost.config import Settings
from servicelost.jobs.queue import open_queue
from servicelost.jobs.schedule import run_scheduler
from servicelost.jobs.slots import PeriodicJob
from servicelost.jobs.worker import run_worker
from servicelost.runtime import Runtime

JOBS = [PeriodicJob("every-second", timedelta(seconds=1), "note", {"word": "tick"})]


def note(runtime: Runtime, word: str) -> None:
    with (runtime.settings.instance_path / "notes").open("a") as notes:
        notes.write(f"{word}\n")


def work_until_told(runtime: Runtime) -> None:
    note(runtime, f"began {os.getpid()}")
    while not (runtime.settings.instance_path / "told").exists():
        time.sleep(0.02)
    note(runtime, "ended")


def fail(runtime: Runtime) -> None:
    note(runtime, "failing")
    raise RuntimeError("this job always fails")


def crash(runtime: Runtime) -> None:
    note(runtime, "crashing")
    os.kill(os.getpid(), signal.SIGKILL)


def note_connection(runtime: Runtime, who: str) -> None:
    with runtime.engine.connect() as connection:
        note(runtime, f"{who} {connection.execute(text('SELECT pg_backend_pid()')).scalar_one()}")


TASKS = {
    "note": note,
    "work_until_told": work_until_told,
    "fail": fail,
    "crash": crash,
    "note_connection": note_connection,
}


def main(role: str, folder: str) -> None:
    runtime = Runtime(Settings.from_mapping(os.environ, instance_path=Path(folder)), queue=open_queue)
    if role == "scheduler":
        run_scheduler(runtime, JOBS, pause=timedelta(seconds=0.1))
    else:
        if runtime.settings.database_url.startswith("postgresql"):
            note_connection(runtime, "worker")  # so that it is open when the worker forks
        run_worker(runtime, TASKS, burst=role == "burst")


if __name__ == "__main__":
    main(*sys.argv[1:])
