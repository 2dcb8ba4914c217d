"""What the strips of a line propose: the likeliest causes to confirm with one tap, the rest in that order.

Which causes are likely is said by the pipeline's `likely_causes`; here it is put into words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.evidence import Usual, evidence_of_lines, usual_causes
from servicelost.opportunities.pipeline.likely_causes import Evidence, Likely, Sign, rank_causes, signs_of
from servicelost.taxonomy.causes import CAUSES
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.web.languages import gettext as _
from servicelost.web.ui import wording
from servicelost.web.ui.cause_choices import Choice, cause_choices
from servicelost.web.ui.visit_page import LineView, VisitView

STRIPS = {
    "decline": LossEvent.QUOTE_DECLINED,
    "defer": LossEvent.QUOTE_DEFERRED,
    "remove": LossEvent.SCOPE_REDUCED,
}
_MOST_TAPS = 3
# Said once for the whole quote, or not at all while the customer stands there.
_UNSAID = frozenset({Sign.QUOTE_UNOPENED, Sign.NO_ATTEMPT})


class Tap(NamedTuple):
    """A cause that one tap confirms, and why it is proposed."""

    code: str
    label: str
    why: str


@dataclass(frozen=True)
class Proposals:
    """What the strips of one line propose, by their kind; `known` is the evidence in words.

    `unopened`: the quote it stands in was not looked at yet.
    """

    taps: Mapping[str, Sequence[Tap]] = field(default_factory=dict)
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    known: Sequence[str] = ()
    unopened: bool = False


def plain_choices(book: Book, view: VisitView) -> dict[str, list[Choice]]:
    """The causes of each strip in the order of the taxonomy."""
    return {kind: cause_choices(book, view.dealership, (event,)) for kind, event in STRIPS.items()}


def propose(book: Book, view: VisitView, choices: Mapping[str, Sequence[Choice]]) -> dict[int, Proposals]:
    """What is proposed for each line that can be decided, by the id of the line."""
    lines = [line for line in view.lines if line.acts]
    if not lines:
        return {}
    evidence = evidence_of_lines(book, view.row, [line.row for line in lines])
    usual = usual_causes(book, view.row)
    return {line.row.id: _for_line(view, line, evidence[line.row.id], usual, choices) for line in lines}


def _for_line(
    view: VisitView, line: LineView, evidence: Evidence, usual: Usual, choices: Mapping[str, Sequence[Choice]]
) -> Proposals:
    custom = usual.get(line.row.category_id, {}) if line.row.category_id is not None else {}
    currency = view.dealership.currency
    ranked = {
        kind: rank_causes(event, evidence, custom) for kind, event in STRIPS.items() if kind in line.acts
    }
    return Proposals(
        {kind: _taps(_tapped(kind, likely), evidence, currency) for kind, likely in ranked.items()},
        {kind: _in_order(choices[kind], likely, _tapped(kind, likely)) for kind, likely in ranked.items()},
        [
            _why(Likely(cause, sign), evidence, currency)
            for cause, sign in signs_of(evidence).items()
            if line.is_open and sign not in _UNSAID
        ],
        evidence.quote_unopened,
    )


def _in_order(choices: Sequence[Choice], ranked: Sequence[Likely], tapped: Sequence[Likely]) -> list[Choice]:
    """Likeliest first; what one tap saves already, and needs no more to be said, comes behind the rest."""
    places = {likely.cause: place for place, likely in enumerate(ranked)}
    codes = {likely.cause.value for likely in tapped}

    def place(choice: Choice) -> tuple[bool, int]:
        behind = choice.code in codes and not choice.competitor
        return behind, places.get(choice.cause, len(places))

    return sorted(choices, key=place)


def _tapped(kind: str, ranked: Sequence[Likely]) -> Sequence[Likely]:
    """What one tap saves; putting off needs a day besides."""
    if kind == "defer":
        return []
    return [likely for likely in ranked if likely.sign is not None][:_MOST_TAPS]


def _taps(tapped: Sequence[Likely], evidence: Evidence, currency: str) -> list[Tap]:
    return [
        Tap(likely.cause.value, _(CAUSES[likely.cause].label), _why(likely, evidence, currency))
        for likely in tapped
    ]


def _why(likely: Likely, evidence: Evidence, currency: str) -> str:
    """What speaks for the cause, in a few words."""
    sign = likely.sign
    if sign is Sign.BACK_ORDER:
        return _("on back-order to %(day)s", day=wording.short_day(evidence.back_order_until))
    if sign is Sign.OUT_OF_STOCK:
        return _("not in stock")
    if sign is Sign.NO_SLOT:
        return _slot(evidence)
    if sign is Sign.LOWER_OFFER:
        price = wording.money(evidence.offer_minor, currency)
        return _("%(competitor)s asks %(price)s", competitor=evidence.offered_by, price=price)
    if sign is Sign.QUOTE_UNOPENED:
        return _("quote not opened")
    if sign is Sign.NO_ATTEMPT:
        return _("nobody has called")
    return _("%(percent)s%% of such losses", percent=round(100 * (likely.share or 0)))


def _slot(evidence: Evidence) -> str:
    if evidence.free_day is not None:
        return _("first free slot %(day)s", day=wording.short_day(evidence.free_day))
    return _("no free slot until %(day)s", day=wording.short_day(evidence.looked_until))
