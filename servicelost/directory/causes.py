"""Causes of a dealership's own, each standing for one standard cause, and the reading of a cause.

The standard causes and what they go with are in the taxonomy. A cause is switched off, never deleted.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from servicelost.administration.access import require_manager
from servicelost.administration.audit import record_audit
from servicelost.directory.models import CAUSES_OF_DEALERSHIP, Dealership, DealershipCause
from servicelost.directory.texts import needed, refused, tidy
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput, RuleViolation
from servicelost.taxonomy.causes import Cause

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")


class StatedCause(NamedTuple):
    """A cause as stated: the standard one, and the dealership's own where it was named."""

    standard: Cause
    own: DealershipCause | None = None


def define_cause(book: Book, dealership: Dealership, code: str, label: str, parent: Cause) -> DealershipCause:
    """Add a cause that stands for `parent`, or rename and switch on one that does; managers only.

    Raises Conflict for a standard code or one that stands for another parent: what was recorded
    with it must keep its meaning.
    """
    require_manager(book, dealership.id)
    if not _CODE.fullmatch(code):
        raise refused("code", code, "2 to 40 capital letters, digits and _, beginning with a letter")
    if code in Cause.__members__:
        raise Conflict("CAUSE_IS_STANDARD", f"{code} is a standard cause; choose another code")
    words = needed(label, "label", 200)
    row = _own(book, dealership, code)
    if row is None:
        row = book.add(
            DealershipCause(dealership_id=dealership.id, code=code, label=words, parent=parent.value)
        )
        _audit(book, row, "CAUSE_DEFINED")
    elif row.parent != parent:
        raise Conflict("CAUSE_HAS_PARENT", f"{code} stands for {row.parent} and cannot become {parent}")
    elif (row.label, row.active) != (words, True):
        row.label, row.active = words, True
        _audit(book, row, "CAUSE_DEFINED")
    return row


def deactivate_cause(book: Book, dealership: Dealership, code: str) -> None:
    """Offer and accept the cause no more; what was recorded with it stays. Managers only."""
    require_manager(book, dealership.id)
    row = _own(book, dealership, code)
    if row is None:
        raise _unknown(book, dealership, code, "code")
    if row.active:
        row.active = False
        _audit(book, row, "CAUSE_DEACTIVATED")


def change_cause(
    book: Book, row: DealershipCause, *, label: str, labels: Mapping[str, str], active: bool
) -> None:
    """Give the cause other words and switch it on or off; what it stands for stays. Managers only, audited.

    `labels` are its words by language code; an empty one gives `label` back.
    """
    require_manager(book, row.dealership_id)
    words = {code: kept for code, text in labels.items() if (kept := tidy(text, f"label_{code}", 200))}
    after = {"label": needed(label, "label", 200), "labels": words or None, "active": active}
    before = {name: row.__dict__[name] for name in after}
    if before == after:
        return
    for name, value in after.items():
        setattr(row, name, value)
    record_audit(
        book, "CAUSE_CHANGED", "dealership_cause", row.id,
        dealership_id=row.dealership_id, before=before, after=after,
    )  # fmt: skip


def label_in(row: DealershipCause, language: str) -> str:
    """The cause in the words of a language, else in its own."""
    words = row.labels or {}
    return str(words.get(language) or row.label)


def list_causes(book: Book, dealership: Dealership) -> list[DealershipCause]:
    """The dealership's own causes, switched-off ones included, by label."""
    return sorted(book.many(CAUSES_OF_DEALERSHIP, dealership.id), key=lambda row: (row.label, row.code))


def resolve_cause(book: Book, dealership: Dealership, code: str, *, field: str = "cause") -> StatedCause:
    """What a stated code means here, standard or the dealership's own.

    Raises InvalidInput for an unknown code, naming the nearest, RuleViolation for one switched off.
    """
    if code in Cause.__members__:
        return StatedCause(Cause(code))
    row = _own(book, dealership, code)
    if row is None:
        raise _unknown(book, dealership, code, field)
    if not row.active:
        message = f"cause {code} is no longer in use; it stood for {row.parent}"
        raise RuleViolation("CAUSE_INACTIVE", message, field=field, value=code, expected=row.parent)
    return StatedCause(Cause(row.parent), row)


def _own(book: Book, dealership: Dealership, code: str) -> DealershipCause | None:
    rows = book.many(CAUSES_OF_DEALERSHIP, dealership.id)
    return next((row for row in rows if row.code == code), None)


def _unknown(book: Book, dealership: Dealership, code: str, field: str) -> InvalidInput:
    known = [*Cause, *(row.code for row in book.many(CAUSES_OF_DEALERSHIP, dealership.id) if row.active)]
    near = get_close_matches(code, known, n=1)
    expected = near[0] if near else ", ".join(known)
    hint = f"did you mean {expected}?" if near else f"known are: {expected}"
    message = f"{field}: {code!r} is not a cause; {hint}"
    return InvalidInput("UNKNOWN_CODE", message, errors=[FieldProblem(field, message, code, expected)])


def _audit(book: Book, row: DealershipCause, action: str) -> None:
    after = {"code": row.code, "label": row.label, "parent": row.parent, "active": row.active}
    record_audit(book, action, "dealership_cause", row.id, dealership_id=row.dealership_id, after=after)
