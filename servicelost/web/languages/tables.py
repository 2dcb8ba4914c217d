"""The texts that stand in tables of data, where no extractor of messages would look for them.

`texts` is what the catalogues must hold besides the texts of templates and functions; new tables are named
here. Nothing is translated here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

from servicelost.administration.settings import SETTINGS
from servicelost.analytics.labels import BASES, CHANNELS, NOT_RECORDED, WEEKDAY_LABELS
from servicelost.analytics.line_status import STATUS_LABELS
from servicelost.analytics.quality import QUALITY_LABELS
from servicelost.analytics.reasons import REASONS
from servicelost.analytics.registry import REPORTS
from servicelost.analytics.specs import capacity, parts_demand
from servicelost.analytics.specs.bridge import STEPS
from servicelost.analytics.windows import COMPARED_LABELS
from servicelost.taxonomy import (
    authorization,
    categories,
    causes,
    channels,
    grades,
    loss_events,
    parties,
    paytypes,
    severity,
    sources,
    stages,
)
from servicelost.web.ui import (
    advice,
    board,
    board_cards,
    decision_forms,
    evidence,
    follow_ups,
    frame,
    home,
    labels,
    ledger_lists,
    overview,
    quick_log,
    refusals,
    report_options,
    report_plots,
    settings_words,
    today,
    visit_lists,
)

_TAXONOMY = (
    authorization, categories, causes, channels, grades, loss_events, parties, paytypes, severity, sources,
    stages,
)  # fmt: skip
_WORDS = ("label", "help", "title", "question", "definition", "notes")


def texts() -> list[str]:
    """Every text of every table once, in their order."""
    found = dict.fromkeys(text for table in _tables() for text in _of(table))
    return [text for text in found if text.strip()]


def _tables() -> Iterator[Any]:
    for module in (*_TAXONOMY, labels, settings_words):
        yield from (value for name, value in vars(module).items() if name[0].isupper() and _is_table(value))
    yield from (REPORTS, STEPS, SETTINGS, BASES, STATUS_LABELS, NOT_RECORDED)
    yield from (REASONS, refusals.SENTENCES, refusals.FIELD_LABELS, refusals.FIELD_WORDS)
    yield from (QUALITY_LABELS, COMPARED_LABELS, CHANNELS, WEEKDAY_LABELS, parts_demand.HINTS, capacity.HINTS)
    yield from (
        today.CANCELLERS,
        advice.ADVICE,
        overview.WINDOWS,
        quick_log.KINDS,
        quick_log.WHEN,
        quick_log.PART_CHANNELS,
    )
    yield from ([label for _days, label in decision_forms.POSTPONE],)
    yield from (board.AGES, board_cards.COLUMN_LABELS, board_cards.CARD_MARKS)
    yield from (home.PERIODS, report_options.LABELS, report_options.GRAINS, visit_lists.FILTERS)
    yield from ([label for label, *_ in frame.PLACES], report_plots.TEXTS, ledger_lists.LEDGER_WORDS)
    yield from (evidence.EVIDENCE_LABELS, evidence.SIGN_LABELS, follow_ups.WHEN)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and value is not labels.SEVERITY_ICONS


def _of(value: Any) -> Iterator[str]:
    if isinstance(value, StrEnum):
        return
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) or hasattr(value, "_fields"):
        yield from _of_row(value)
    elif isinstance(value, Mapping):
        yield from _of(tuple(value.values()))
    elif isinstance(value, Iterable):
        for inside in value:
            yield from _of(inside)


def _of_row(row: Any) -> Iterator[str]:
    names = row._fields if hasattr(row, "_fields") else [field.name for field in fields(row)]
    for name in names:
        value = getattr(row, name)
        if name in _WORDS:
            yield from _of(value)
        elif isinstance(value, tuple):
            yield from _of([inside for inside in value if is_dataclass(inside)])
