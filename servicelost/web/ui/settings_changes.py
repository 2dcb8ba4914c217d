"""What was changed, in words: a row of the audit log as before and after, and what a colleague has just done.

The log is written by `administration/audit`; nothing here writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from servicelost.administration.audit import audit_of
from servicelost.administration.settings import SETTINGS
from servicelost.analytics.labels import WEEKDAY_LABELS
from servicelost.directory.calendar import WEEKDAYS, local_time
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict
from servicelost.taxonomy.categories import CATEGORIES, ServiceCategoryCode
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.web.languages import LANGUAGES
from servicelost.web.languages import gettext as _
from servicelost.web.ui.settings_words import CHANGE_WORDS, FIELD_WORDS, ROLE_WORDS, SCOPE_WORDS
from servicelost.web.ui.wording import NOTHING, joined


@dataclass(frozen=True)
class Step:
    """One field that changed; `before` is None where nothing was there to compare with."""

    field: str
    before: str | None
    after: str

    @property
    def text(self) -> str:
        """The step in one line."""
        told = self.after if self.before is None else f"{self.before} → {self.after}"
        return joined(self.field, told)


@dataclass(frozen=True)
class Change:
    """A row of the audit log in words."""

    at: datetime
    who: str
    what: str
    about: str | None
    steps: list[Step]


def steps_of(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Step]:
    """What differs between before and after, in words."""
    old, new = before or {}, after or {}
    return [
        Step(
            field_words(name),
            _value(name, old.get(name)) if before is not None else None,
            _value(name, new.get(name)),
        )
        for name in dict.fromkeys([*old, *new])
        if before is None or old.get(name) != new.get(name)
    ]


def what_words(action: str) -> str:
    """What was done."""
    return _(CHANGE_WORDS[action]) if action in CHANGE_WORDS else action


def field_words(name: str) -> str:
    """What was changed about it."""
    if name in SETTINGS:
        return _(SETTINGS[name].label)
    return _(FIELD_WORDS[name]) if name in FIELD_WORDS else name


def changed_meanwhile(book: Book, dealership: Dealership | None, subject: str, subject_id: int) -> Conflict:
    """The error for a form made before somebody else changed the same: it says who, when and what."""
    entries = audit_of(book, subject, subject_id)
    if not entries:
        return Conflict("STALE", _("Somebody changed this meanwhile. Keep that, or save yours again."))
    last = entries[-1]
    at = last.recorded_at if dealership is None else local_time(dealership, last.recorded_at)
    what = "; ".join(step.text for step in steps_of(last.before, last.after)) or what_words(last.action)
    text = _(
        "%(who)s changed this meanwhile, at %(time)s: %(what)s. Keep that, or save yours again below.",
        who=last.actor, time=f"{at:%H:%M}", what=what,
    )  # fmt: skip
    return Conflict("STALE", text)


def _value(name: str, value: Any) -> str:
    if name in SETTINGS and value is None:
        return _("the default")
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "labels":
        return ", ".join(joined(LANGUAGES.get(code, code), text) for code, text in value.items())
    if name == "opening_hours":
        return _week(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(inner)}" for key, inner in value.items())
    return _of_code(name, value)


def _week(hours: Mapping[str, Any]) -> str:
    """The days it is open, from Monday on, whatever order they were kept in."""
    days = zip(WEEKDAYS, WEEKDAY_LABELS.values(), strict=True)
    return ", ".join(f"{_(label)} {_plain(hours[day])}" for day, label in days if hours.get(day))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "–".join(map(_plain, value)) if value and not isinstance(value[0], list) else _joined(value)
    return str(value)


def _joined(values: Iterable[Any]) -> str:
    return ", ".join(map(_plain, values))


def _of_code(name: str, value: Any) -> str:
    if name == "roles":
        return ", ".join(_(ROLE_WORDS[role]) if role in ROLE_WORDS else role for role in value)
    if name == "scopes":
        return ", ".join(_(SCOPE_WORDS[scope]) if scope in SCOPE_WORDS else scope for scope in value)
    if name == "standard" and value in set(ServiceCategoryCode):
        return _(CATEGORIES[ServiceCategoryCode(value)].label)
    if name == "parent" and value in set(Cause):
        return _(CAUSES[Cause(value)].label)
    return _joined(value) if isinstance(value, list) else str(value)
