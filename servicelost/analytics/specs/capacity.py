"""What the report `capacity` says and how each of its numbers is defined.

Hours that customers wanted and did not get stand beside the hours the workshop had. Guides in the
definitions are no more than guides.
"""

from servicelost.analytics import metrics
from servicelost.analytics.spec import Kind, Measure, ReportSpec, Section

GUIDE = (0.80, 0.85)

LOST = Measure(
    "capacity_lost_hours",
    "Hours lost",
    Kind.HOURS,
    "capacity_lost_hours(W) = Σ flat-rate hours of losses of W with the cause NO_CAPACITY, NO_SKILL or "
    "WAIT_TOO_LONG − of their reversals, by the day of the loss; a loss that says no hours adds none",
)
COUNT = Measure(
    "capacity_losses",
    "Losses",
    Kind.COUNT,
    "count of losses of W with the cause NO_CAPACITY, NO_SKILL or WAIT_TOO_LONG that were not reversed",
)
GROSS = Measure(
    "capacity_gross",
    "Lost, gross",
    Kind.MONEY,
    "lost_gross of these losses: work and parts",
)
UNTIMED = Measure(
    "capacity_untimed",
    "Without hours",
    Kind.COUNT,
    "those of these losses that say no flat-rate hours: the hours lost are at least what is shown",
)
AVAILABLE = Measure(
    "available_hours", "Hours available", Kind.HOURS, "Σ hours available of the days told in W, up to today"
)
BOOKED = Measure(
    "booked_hours", "Hours booked", Kind.HOURS, "Σ hours booked of the days told in W, up to today"
)
LOAD = Measure(
    "load",
    "Load",
    Kind.PERCENT,
    "load(W) = booked hours / available hours of the days told; guide 80–85 %: above it there is no room for "
    "what the day brings",
)
FREE = Measure(
    "free_hours",
    "Hours free",
    Kind.HOURS,
    "Σ over the days and skills told of max(available − booked, 0)",
)
OVER = Measure(
    "overbooked_hours",
    "Hours overbooked",
    Kind.HOURS,
    "Σ over the days and skills told of max(booked − available, 0)",
)
LOST_SHARE = Measure(
    "lost_to_available",
    "Lost to available",
    Kind.PERCENT,
    "capacity_lost_hours of the days told / available hours",
)
WINNABLE = Measure(
    "lost_while_free",
    "Lost while free",
    Kind.HOURS,
    "Σ over the days and skills told of min(hours free, hours lost): there was room on that day; a loss that "
    "says no skill is not in it",
)
DAYS = Measure(
    "told_days",
    "Days told",
    Kind.COUNT,
    "days of a dealership in W, up to today, of which capacity was sent",
    leads=False,
)
MISSING = Measure(
    "missing_days",
    "Days not told",
    Kind.COUNT,
    "days of a dealership in W with a line of work or a loss for want of hours, of which no capacity was "
    "sent: gaps, not zeros",
    leads=False,
)
LABOUR_RATE = Measure(
    "effective_labor_rate",
    "Effective labour rate",
    Kind.MONEY,
    "effective_labor_rate(W) = labour sales / billed hours, of invoice lines of W that say both",
)
LABOUR_LOST = Measure(
    "labour_lost",
    "Labour lost",
    Kind.MONEY,
    "capacity_lost_hours × effective_labor_rate: what the hours would have brought without parts",
)

_NUMBERS = (DAYS, AVAILABLE, BOOKED, LOAD, FREE, OVER, LOST, LOST_SHARE, WINNABLE, COUNT, GROSS)
_IN_TIME = (DAYS, MISSING, AVAILABLE, BOOKED, LOAD, FREE, LOST, WINNABLE, COUNT, GROSS)
_NOTE = "Hours that nobody told of are empty, not zero."

WEEKDAYS = Section("weekdays", "By day of the week", (metrics.WEEKDAY,), _NUMBERS, notes=(_NOTE,))
SKILLS = Section(
    "skills",
    "By skill",
    (metrics.SKILL,),
    _NUMBERS,
    notes=("A loss says its skill where its line of work does; a lost booking without lines says none.",),
)
BOTH = Section(
    "skills-by-weekday",
    "By skill and day of the week",
    (metrics.SKILL, metrics.WEEKDAY),
    (DAYS, AVAILABLE, BOOKED, LOAD, LOST, WINNABLE, COUNT),
    notes=(_NOTE,),
)
CAUSES = Section("causes", "Why", (metrics.CAUSE,), (LOST, COUNT, GROSS, UNTIMED))
PERIODS = Section("periods", "By period", (metrics.PERIOD,), _IN_TIME, notes=(_NOTE,))
DEALERSHIPS = Section("dealerships", "By dealership", (metrics.DEALERSHIP,), _IN_TIME)

HINTS = {
    "nothing_told": "no capacity days were sent for this window: hours not told are a gap, not a zero",
    "no_rate": "no invoice line of this window says both labour and hours",
}

SPEC = ReportSpec(
    name="capacity",
    title="Capacity",
    question="On which days and in which skill are hours lost for want of them, and where are others free?",
    parameters=("dealership", "from", "to", "grain", "skill", "weekday"),
    groups=(),
    measures=(
        LOST, LOAD, WINNABLE, LABOUR_LOST, LABOUR_RATE, COUNT, GROSS, UNTIMED, AVAILABLE, BOOKED, FREE, OVER,
        LOST_SHARE, DAYS, MISSING,
    ),
    sections=(WEEKDAYS, SKILLS, BOTH, PERIODS, CAUSES, DEALERSHIPS),
    function="servicelost.analytics.reports.capacity:compute",
)  # fmt: skip
