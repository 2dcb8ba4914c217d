"""What came along with a loss and speaks for its cause or its amount, in words.

What is kept as evidence is the business of `opportunities`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from servicelost.opportunities.pipeline.likely_causes import Sign
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.web.languages import formats
from servicelost.web.languages import gettext as _
from servicelost.web.ui import wording

EVIDENCE_LABELS: Mapping[str, str] = {
    "part_number": "Part number",
    "quantity_milli": "Asked for",
    "on_hand_milli": "On hand then",
    "waited_seconds": "Waited",
    "presented_at": "Shown to the customer",
    "stage": "Stage",
    "inferred": "The evidence pointed to",
    "inferred_from": "Because of",
}
SIGN_LABELS: Mapping[str, str] = {
    Sign.BACK_ORDER: "part on back-order",
    Sign.NO_SLOT: "no free workshop slot in time",
    Sign.OUT_OF_STOCK: "part not in stock",
    Sign.LOWER_OFFER: "a competitor's lower price",
    Sign.QUOTE_UNOPENED: "a quote nobody opened",
    Sign.NO_ATTEMPT: "nobody tried to reach the customer",
}


class Told(NamedTuple):
    """A piece of evidence; its label is English, its words are in the language of the page."""

    label: str
    words: str


def evidence_words(evidence: Mapping[str, Any] | None, timezone: str) -> list[Told]:
    """What is known, in the order of the labels; times by the dealership's clock."""
    words: Mapping[str, Callable[[Any], str]] = {
        "part_number": str,
        "quantity_milli": _quantity,
        "on_hand_milli": _quantity,
        "waited_seconds": lambda seconds: _("%(seconds)s seconds", seconds=formats.count(seconds)),
        "presented_at": lambda text: wording.moment(datetime.fromisoformat(text), timezone),
        "inferred": lambda code: _(CAUSES[Cause(code)].label),
        "inferred_from": lambda sign: _(SIGN_LABELS.get(sign, sign)),
        "stage": lambda _told: _("as the source told it"),
    }
    known = evidence or {}
    return [
        Told(label, words[name](known[name]))
        for name, label in EVIDENCE_LABELS.items()
        if known.get(name) is not None
    ]


def _quantity(thousandths: int) -> str:
    return formats.decimal(Decimal(thousandths) / 1000, "#,##0.###")
