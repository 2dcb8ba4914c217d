"""docs/concepts.md says exactly what the taxonomy's data says.

Run this file as a script to write the tables into the document again after a change of the data.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from servicelost.administration.settings import SETTINGS
from servicelost.taxonomy.authorization import AUTHORIZATION_METHODS
from servicelost.taxonomy.categories import CATEGORIES
from servicelost.taxonomy.causes import CAUSES, NOT_A_LOSS, CauseInfo
from servicelost.taxonomy.channels import CONSENT_PURPOSES, CONTACT_CHANNELS
from servicelost.taxonomy.grades import GRADES
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEventInfo
from servicelost.taxonomy.matrix import CANCELLED_BY_CAUSES, EVENT_CAUSES
from servicelost.taxonomy.parties import OWNERS, PARTIES
from servicelost.taxonomy.paytypes import PAY_TYPES
from servicelost.taxonomy.severity import SEVERITIES
from servicelost.taxonomy.sources import LEAD_CHANNELS, SOURCES
from servicelost.taxonomy.stages import STAGES

CONCEPTS = Path(__file__).parents[2] / "docs" / "concepts.md"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _code(value: str | None) -> str:
    return f"`{value}`" if value else "–"


def _codes(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values) or "–"


def _stages() -> str:
    head = ["#", "Stage", "Code", "What happens there", "STAR repair stages"]
    rows = ([str(s.order), s.label, _code(s.code), s.help, _codes(s.star_anchor)] for s in STAGES.values())
    return _table(head, rows)


def _events() -> str:
    head = ["Event", "Code", "What happened", "Amount", "Becomes"]
    rows = (
        [e.label, _code(e.code), e.help, e.amount_basis, " or ".join(e.statuses_after)] for e in _all_events()
    )
    return _table(head, rows)


def _all_events() -> Iterable[LossEventInfo]:
    return LOSS_EVENTS.values()


def _event_stages() -> str:
    head = ["Event", *(stage.label for stage in STAGES.values())]
    rows = ([_code(e.code), *("✔" if s in e.legal_stages else "" for s in STAGES)] for e in _all_events())
    return _table(head, rows)


def _causes() -> str:
    head = ["Cause", "Code", "Meaning", "Owner", "Demand", "Competitor"]
    rows = (
        [c.label, _code(c.code), c.help, _owners(c), c.demand or "–", "yes" if c.competitor else "–"]
        for c in CAUSES.values()
        if c.code not in NOT_A_LOSS
    )
    return _table(head, rows)


def _owners(cause: CauseInfo) -> str:
    return " / ".join(cause.owners) or "–"


def _not_a_loss() -> str:
    rows = ([c.label, _code(c.code), c.help] for c in CAUSES.values() if c.not_a_loss)
    return _table(["Reason", "Code", "Meaning"], rows)


def _event_causes() -> str:
    head = ["Event", "Causes that fit", "Proposed", "Recorded when nobody said why"]
    rows = (
        [_code(e.code), _codes(EVENT_CAUSES[e.code]), _code(e.default_cause), _code(e.automatic_cause)]
        for e in _all_events()
    )
    return _table(head, rows)


def _cancelled_by() -> str:
    rows = ([_code(party), _codes(causes)] for party, causes in CANCELLED_BY_CAUSES.items())
    return _table(["Cancelled by", "Causes that fit"], rows)


def _settings() -> str:
    head = ["Setting", "Key", "Default", "May be", "Meaning"]
    rows = (
        [s.label, _code(s.key), "–" if s.default is None else str(s.default), s.expected, s.help]
        for s in SETTINGS.values()
    )
    return _table(head, rows)


def _grades() -> str:
    head = ["Grade", "Name", "Meaning", "In the conservative figure"]
    rows = ([_code(g.code), g.label, g.help, "yes" if g.conservative else "no"] for g in GRADES.values())
    return _table(head, rows)


def _words(words: Mapping[Any, Any]) -> str:
    return _table(["Name", "Code", "Meaning"], ([w.label, _code(w.code), w.help] for w in words.values()))


TABLES = {
    "stages": _stages(),
    "events": _events(),
    "event-stages": _event_stages(),
    "causes": _causes(),
    "owners": _words(OWNERS),
    "not-a-loss": _not_a_loss(),
    "event-causes": _event_causes(),
    "cancelled-by": _cancelled_by(),
    "grades": _grades(),
    "severities": _words(SEVERITIES),
    "pay-types": _words(PAY_TYPES),
    "sources": _words(SOURCES),
    "authorization": _words(AUTHORIZATION_METHODS),
    "categories": _words(CATEGORIES),
    "parties": _words(PARTIES),
    "lead-channels": _words(LEAD_CHANNELS),
    "contact-channels": _words(CONTACT_CHANNELS),
    "consent-purposes": _words(CONSENT_PURPOSES),
    "settings": _settings(),
}


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- table:{name} -->\n\n).*?(?=\n\n<!-- end -->)", re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_table_in_the_document_equals_the_data(name: str) -> None:
    found = _block(name).search(CONCEPTS.read_text(encoding="utf-8"))
    assert found, f"docs/concepts.md has no table {name}"
    assert found.group() == TABLES[name], "run this file as a script to renew the tables"


def test_every_code_of_the_document_is_known() -> None:
    codes = (STAGES, LOSS_EVENTS, CAUSES, CATEGORIES, PAY_TYPES, SEVERITIES, AUTHORIZATION_METHODS)
    more = (SOURCES, LEAD_CHANNELS, CONTACT_CHANNELS, CONSENT_PURPOSES, PARTIES)
    known = {code.value for table in (*codes, *more) for code in table}
    known |= {star for stage in STAGES.values() for star in stage.star_anchor}
    known |= {"LOSS", "REVERSAL", "RECOVERY"}
    used = set(re.findall(r"`([A-Z][A-Z_]{2,})`", CONCEPTS.read_text(encoding="utf-8")))
    assert used <= known


def renew() -> None:
    text = CONCEPTS.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        text = _block(name).sub(lambda _, table=table: table, text)
    CONCEPTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
