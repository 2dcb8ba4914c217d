"""The words for codes and ids of a report: from the taxonomy, or read from the directory when shown.

No label is ever stored with a result. Translation to other languages happens at the edge.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from servicelost.analytics.line_status import STATUS_LABELS, LineStatus
from servicelost.analytics.periods import Grain, label
from servicelost.analytics.quality import QUALITY_LABELS, Quality
from servicelost.analytics.spec import Vocabulary
from servicelost.analytics.windows import COMPARED_LABELS, Compared
from servicelost.directory.models import Dealership, Employee, ServiceCategory
from servicelost.opportunities.ledger.models import CauseBasis
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.taxonomy.grades import GRADES, Grade
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent
from servicelost.taxonomy.parties import OWNERS, Owner
from servicelost.taxonomy.paytypes import PAY_TYPES, PayType
from servicelost.taxonomy.severity import SEVERITIES, Severity
from servicelost.taxonomy.stages import STAGES, Stage

NOT_RECORDED = "Not recorded"
BASES: Mapping[CauseBasis, str] = {
    CauseBasis.STATED: "Stated by a person",
    CauseBasis.AUTOMATIC: "From the event",
}
CHANNELS: Mapping[str, str] = {
    "COUNTER": "Counter",
    "PHONE": "Telephone",
    "WORKSHOP": "Workshop",
    "ONLINE": "Online",
    "LINE": "Work on an order",
}
WEEKDAY_LABELS: Mapping[int, str] = {
    1: "Monday", 2: "Tuesday", 3: "Wednesday", 4: "Thursday", 5: "Friday", 6: "Saturday", 7: "Sunday",
}  # fmt: skip
_CHUNK = 500

CODES: Mapping[Vocabulary, Callable[[str], str]] = {
    Vocabulary.BASIS: lambda code: BASES[CauseBasis(code)],
    Vocabulary.CAUSE: lambda code: CAUSES[Cause(code)].label,
    Vocabulary.CHANNEL: lambda code: CHANNELS[code],
    Vocabulary.EVENT: lambda code: LOSS_EVENTS[LossEvent(code)].label,
    Vocabulary.GRADE: lambda code: f"{code}: {GRADES[Grade(code)].label}",
    Vocabulary.OWNER: lambda code: OWNERS[Owner(code)].label,
    Vocabulary.PAY_TYPE: lambda code: PAY_TYPES[PayType(code)].label,
    Vocabulary.QUALITY: lambda code: QUALITY_LABELS[Quality(code)],
    Vocabulary.SEVERITY: lambda code: SEVERITIES[Severity(code)].label,
    Vocabulary.STAGE: lambda code: STAGES[Stage(code)].label,
    Vocabulary.STATUS: lambda code: STATUS_LABELS[LineStatus(code)],
    Vocabulary.WEEKDAY: lambda code: WEEKDAY_LABELS[int(code)],
    Vocabulary.WINDOW: lambda code: COMPARED_LABELS[Compared(code)],
}
_OWN_WORDS = frozenset({Vocabulary.PART, Vocabulary.SKILL})
_NAMES: Mapping[Vocabulary, Any] = {
    Vocabulary.ADVISOR: Employee.__table__,
    Vocabulary.CATEGORY: ServiceCategory.__table__,
    Vocabulary.DEALERSHIP: Dealership.__table__,
}


def labels_of(
    connection: Connection, vocabulary: Vocabulary, values: Iterable[Any], grain: Grain
) -> dict[Any, str]:
    """The words for these values; a value that says nothing is "not recorded"."""
    wanted = {value for value in values if value is not None}
    if vocabulary is Vocabulary.PERIOD:
        found = {value: label(date.fromisoformat(value), grain) for value in wanted}
    elif vocabulary in _OWN_WORDS:
        found = {value: str(value) for value in wanted}
    elif vocabulary in CODES:
        found = {value: CODES[vocabulary](value) for value in wanted}
    else:
        found = {value: f"#{value}" for value in wanted} | _names(connection, vocabulary, sorted(wanted))
    return {**found, None: NOT_RECORDED}


def _names(connection: Connection, vocabulary: Vocabulary, ids: list[int]) -> dict[Any, str]:
    """The rows' names; two of the same name at two dealerships say where they belong."""
    table = _NAMES[vocabulary]
    place = table.c.id if vocabulary is Vocabulary.DEALERSHIP else table.c.dealership_id
    found: dict[Any, tuple[str, int]] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        rows = connection.execute(select(table.c.id, table.c.name, place).where(table.c.id.in_(chunk)))
        found.update({row[0]: (row[1], row[2]) for row in rows})
    often = {name for name, count in Counter(name for name, _ in found.values()).items() if count > 1}
    where = _places(connection) if often else {}
    return {row_id: f"{name}, {where[at]}" if name in often else name for row_id, (name, at) in found.items()}


def _places(connection: Connection) -> dict[int, str]:
    table = Dealership.__table__
    return {row.id: row.name for row in connection.execute(select(table.c.id, table.c.name))}
