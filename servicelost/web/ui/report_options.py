"""The form of a report: for each of its parameters the values one can choose from, in words.

Which parameters there are is said by the report's spec; what they mean, by `analytics`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from servicelost.analytics.labels import CODES, NOT_RECORDED
from servicelost.analytics.periods import Grain
from servicelost.analytics.selection import NONE, WEEKDAYS
from servicelost.analytics.spec import ReportSpec, Vocabulary
from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Employee, ServiceCategory
from servicelost.kernel.actor import Role
from servicelost.kernel.book import Book
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent
from servicelost.taxonomy.parties import Owner
from servicelost.taxonomy.paytypes import PayType
from servicelost.taxonomy.severity import Severity
from servicelost.taxonomy.stages import Stage
from servicelost.web.languages import gettext as _
from servicelost.web.sight import only_visible
from servicelost.web.ui.report_words import label_in_words
from servicelost.web.ui.wording import short_day
from servicelost.workflow.models.signals import CapacityDay

Option = tuple[str, str]
_DAYS = ("from", "to")

_CODES: Mapping[str, tuple[Vocabulary, Iterable[StrEnum | int]]] = {
    "pay_type": (Vocabulary.PAY_TYPE, PayType),
    "severity": (Vocabulary.SEVERITY, Severity),
    "stage": (Vocabulary.STAGE, Stage),
    "event": (Vocabulary.EVENT, tuple(event for event in LossEvent if LOSS_EVENTS[event].ledger)),
    "cause": (Vocabulary.CAUSE, tuple(cause for cause in Cause if cause not in NOT_A_LOSS)),
    "grade": (Vocabulary.GRADE, Grade),
    "owner": (Vocabulary.OWNER, Owner),
    "weekday": (Vocabulary.WEEKDAY, WEEKDAYS),
}
LABELS = {
    "dealership": "Dealership", "from": "From", "to": "To", "grain": "Periods", "group_by": "Split by",
    "advisor": "Advisor", "category": "Service", "pay_type": "Pay type", "severity": "Severity",
    "stage": "Where", "event": "What happened", "cause": "Why", "grade": "Confidence",
    "owner": "Whose to fix", "period": "Period", "part": "Part", "skill": "Skill",
    "weekday": "Day of the week",
}  # fmt: skip
GRAINS: Mapping[Grain, str] = {grain: grain.value.capitalize() for grain in Grain}
_ALWAYS_SHOWN = ("from", "to", "grain", "group_by", "dealership", "advisor", "part", "skill", "weekday")
_TYPED = {"from": "date", "to": "date", "part": "text"}
_MAY_BE_MISSING = ("advisor", "category", "pay_type", "severity", "skill")


@dataclass(frozen=True)
class Parameter:
    """A field of the form: a choice where it has options, else what is typed, of the `kind` of an input."""

    name: str
    label: str
    chosen: str
    options: tuple[Option, ...] | None
    shown: bool
    kind: str


def parameters(book: Book, spec: ReportSpec, values: Mapping[str, Any]) -> list[Parameter]:
    """The fields of the report's form, the usual ones first; those in use are never hidden."""
    found = []
    for name in sorted(spec.parameters, key=_place):
        kind = _TYPED.get(name, "")
        options = None if kind else tuple(_options(book, spec, name))
        chosen = values.get(name, "")
        text = ",".join(chosen) if isinstance(chosen, list) else chosen
        if options is not None and (len(options) < 2 and not text):
            continue
        if options is not None and text and text not in dict(options):
            options = (*options, (text, text.replace(",", ", ")))
        shown = name in _ALWAYS_SHOWN or bool(text)
        found.append(Parameter(name, LABELS[name], text, options, shown, kind))
    return found


def _place(name: str) -> int:
    return _ALWAYS_SHOWN.index(name) if name in _ALWAYS_SHOWN else len(_ALWAYS_SHOWN)


def _options(book: Book, spec: ReportSpec, name: str) -> list[Option]:
    if name == "grain":
        return [(grain.value, _(GRAINS[grain])) for grain in Grain]
    if name == "group_by":
        return [(group, _(LABELS[group])) for group in spec.groups]
    found = _named(book, name)
    return [*found, (NONE, _(NOT_RECORDED))] if name in _MAY_BE_MISSING and found else found


def _named(book: Book, name: str) -> list[Option]:
    if name not in _CODES:
        return _rows(book, name)
    vocabulary, codes = _CODES[name]
    return [(str(code), label_in_words(CODES[vocabulary](str(code)))) for code in codes]


def _rows(book: Book, name: str) -> list[Option]:
    if name == "dealership":
        return [(row.code, row.name) for row in list_dealerships(book)]
    if name == "skill":
        return [(skill, skill) for skill in _skills(book)]
    table = (Employee if name == "advisor" else ServiceCategory).__table__
    statement = only_visible(select(table), book.actor, table.c.dealership_id).order_by(table.c.name)
    rows = book.connection.execute(statement)
    if name == "advisor":
        return [(str(row.id), row.name) for row in rows if Role.SERVICE_ADVISOR in row.roles]
    return [(str(row.id), row.name) for row in rows]


def _skills(book: Book) -> list[str]:
    """The skills of which the workshop has told its hours."""
    skill = func.upper(CapacityDay.skill)
    found = only_visible(select(skill).distinct(), book.actor, CapacityDay.dealership_id)
    return list(book.connection.scalars(found.order_by(skill)))


def in_words(book: Book, name: str, values: Any) -> str:
    """Chosen values of a parameter as people read them."""
    texts = [str(value) for value in values] if isinstance(values, list) else [str(values)]
    if name == "dealership":
        known = {str(row.id): row.name for row in list_dealerships(book)}
    elif name in _CODES or name in ("advisor", "category"):
        known = dict(_named(book, name))
    else:
        known = {text: short_day(date.fromisoformat(text)) for text in texts if name in _DAYS}
    return ", ".join(_(NOT_RECORDED) if text == NONE else known.get(text, text) for text in texts)
