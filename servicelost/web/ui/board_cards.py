"""A card of the board as pages show it: whose car, what work, how much, how old, and where it may go.

Only arranging what was read; which moves are legal is said by the workflow's own table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import select

from servicelost.directory.models import Employee, LaborOperation, ServiceCategory
from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.board import BoardColumn
from servicelost.opportunities.pipeline.card_lateness import is_late
from servicelost.opportunities.pipeline.needs import OF_VISIT
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.taxonomy.sources import SOURCES
from servicelost.taxonomy.stages import STAGES, Stage
from servicelost.web.languages import gettext as _
from servicelost.web.languages import ngettext
from servicelost.web.ui.board_address import Asked, cursor_text
from servicelost.web.ui.labels import SEVERITY_ICONS, Mark, severity_label
from servicelost.web.ui.wording import round_money
from servicelost.workflow.states import (
    LINE_MACHINE,
    MOVE_TO,
    STAGE_STATES,
    VISIT_MACHINE,
    LineAction,
    LineState,
    VisitState,
)

COLUMN_LABELS: Mapping[str, str] = {
    BoardColumn.UNSORTED: "Unsorted",
    **{column: STAGES[Stage(column)].label for column in BoardColumn if column is not BoardColumn.UNSORTED},
}
CARD_MARKS: Mapping[str, Mark] = {
    OpportunityState.DEFERRED: Mark("Postponed", "deferred"),
    OpportunityState.LOST: Mark("Lost", "lost"),
    OpportunityState.WON: Mark("Sold", "won"),
    OpportunityState.CLOSED: Mark("Closed", "none"),
}
LOSE, HAND = "lose", "hand"
_INITIALS = 2


class Target(NamedTuple):
    """Where a card may go."""

    value: str
    label: str


@dataclass
class CardView:
    """A card with its words; `cursor` is how an address goes on after it."""

    id: int
    version: int
    column: str
    who: str
    car: str
    work: str
    amount: str
    age: str
    late: bool
    initials: str
    owner: str | None
    source: str
    severity: str | None
    mark: Mark | None
    targets: tuple[Target, ...]
    visit_id: int | None
    order_number: str | None
    cursor: str

    @property
    def is_unsorted(self) -> bool:
        """Whether it waits for somebody to take it."""
        return self.column == BoardColumn.UNSORTED


class CardWords:
    """Puts rows of cards into words; what is the same on many cards of a page is said once."""

    def __init__(self, book: Book, asked: Asked, rows: Sequence[Any], *, may_move: bool) -> None:
        self._actor, self._asked, self._may_move = book.actor, asked, may_move
        self._owners = _names(book, Employee.id, Employee.name, {row.board_owner_id for row in rows})
        self._services = _names(
            book, ServiceCategory.id, ServiceCategory.name, {row.category_id for row in rows}
        )
        operations = {row.labor_operation_id for row in rows}
        self._operations = _names(book, LaborOperation.id, LaborOperation.description, operations)
        self._sources = {source.value: _(words.label) for source, words in SOURCES.items()}
        self._severities = {code: f"{icon} {severity_label(code)}" for code, icon in SEVERITY_ICONS.items()}
        self._targets: dict[tuple[Any, ...], tuple[Target, ...]] = {}
        self._ages: dict[int, str] = {}

    def of(self, row: Any) -> CardView:
        """The row in words."""
        asked, at = self._asked, row.board_at or row.opened_at
        owner = self._owners.get(row.board_owner_id)
        return CardView(
            id=row.id,
            version=row.version,
            column=row.board_column or "",
            who=row.customer or row.phone or row.called_from or _("Unknown caller"),
            car=" ".join(part for part in (row.make, row.model) if part) or row.plate or "",
            work=self._work(row),
            amount=round_money(row.amount_minor or None, asked.dealership.currency),
            age=self._age((asked.now - at).days),
            late=row.board_column is not None and _is_late(row, asked),
            initials=initials(owner),
            owner=owner,
            source=self._sources[row.source],
            severity=self._severities.get(row.severity),
            mark=CARD_MARKS.get(row.state),
            targets=self._targets_of(row) if self._may_move else (),
            visit_id=row.board_visit_id,
            order_number=row.order_number,
            cursor=cursor_text(at, row.id),
        )

    def _work(self, row: Any) -> str:
        """What is to be done: in the line's own words, else by operation or service."""
        words = row.line_text or self._operations.get(row.labor_operation_id)
        words = words or self._services.get(row.category_id)
        if words is None and row.part_number is not None:
            words = _("Part %(number)s", number=row.part_number)
        if words is None:
            words = _("The whole visit") if row.need_key.startswith(OF_VISIT) else _("Not said yet")
        return str(words)

    def _age(self, days: int) -> str:
        if days not in self._ages:
            self._ages[days] = ngettext("%(num)s day", "%(num)s days", days) if days > 0 else _("today")
        return self._ages[days]

    def _targets_of(self, row: Any) -> tuple[Target, ...]:
        """Where the card may go: on with its visit first, back last."""
        if row.board_column is None or row.board_column == BoardColumn.UNSORTED:
            return ()
        hand = may_hand(self._actor, row.board_owner_id, sees_all=self._asked.sees_all)
        key = (row.visit_state, can_lose(row), hand)
        if key not in self._targets:
            self._targets[key] = (
                *(Target(code, _(label)) for code, label in stage_targets(row.visit_state)),
                *([Target(HAND, _("Hand to …"))] if hand else []),
                *([Target(LOSE, _("Lost …"))] if key[1] else []),
            )
        return self._targets[key]


def initials(name: str | None) -> str:
    """Ana Lopez is AL."""
    parts = (name or "").replace(".", " ").split()
    return "".join(part[0].upper() for part in (parts if len(parts) <= _INITIALS else [parts[0], parts[-1]]))


def may_hand(actor: Actor, owner_id: int | None, *, sees_all: bool) -> bool:
    """Whether this person may give the card to somebody else: managers any, others their own."""
    return sees_all or (owner_id is not None and owner_id == actor.employee_id)


def can_lose(row: Any) -> bool:
    """Whether this card can be recorded as lost here: nobody did yet, and it is no whole booking."""
    undecided = row.state in (OpportunityState.OPEN, OpportunityState.DEFERRED)
    if not undecided or row.need_key.startswith(OF_VISIT):
        return False
    return row.line_state is None or LINE_MACHINE.can(LineState(row.line_state), LineAction.DECLINE)


def _names(book: Book, key: Any, name: Any, ids: set[int | None]) -> dict[int | None, str]:
    """The names of these rows, read with one statement."""
    wanted = sorted(row_id for row_id in ids if row_id is not None)
    rows = book.connection.execute(select(key, name).where(key.in_(wanted)))
    return {row[0]: row[1] for row in rows}


@cache
def stage_targets(visit_state: str | None) -> tuple[tuple[str, str], ...]:
    """The columns a visit in this state may be moved to, with their labels: onwards first, then back."""
    if visit_state is None:
        return ()
    state, places = VisitState(visit_state), list(BoardColumn)
    legal = [
        stage for stage, action in MOVE_TO.items() if stage != state and VISIT_MACHINE.can(state, action)
    ]
    here = places.index(BoardColumn(state)) if state in STAGE_STATES else len(places)
    onwards = sorted(legal, key=lambda stage: places.index(BoardColumn(stage)) < here)
    return tuple((stage, COLUMN_LABELS[stage]) for stage in onwards)


def _is_late(row: Any, asked: Asked) -> bool:
    return is_late(
        state=row.state, visit_state=row.visit_state, newest_word_at=row.board_at, now=asked.now,
        today=asked.today, patience=asked.patience, planned_at=row.planned_at, promised_at=row.promised_at,
        deferred_until=row.deferred_until,
    )  # fmt: skip
