"""A scheduler to be killed whose periods are seconds: the loop of `servicelost cron` with other jobs."""

import os
from datetime import timedelta

from servicelost.config import Settings
from servicelost.jobs.schedule import PeriodicJob, run_scheduler
from servicelost.wiring import build_runtime

JOBS = [PeriodicJob(f"job-{number}", timedelta(seconds=1), "note", {"number": number}) for number in range(4)]

if __name__ == "__main__":
    run_scheduler(build_runtime(Settings.from_mapping(os.environ)), JOBS, pause=timedelta(seconds=0.05))
