"""The page of one card: what is known of it, what was decided, and everything that can be done with it.

It is also where a form comes back to that was refused, with what was typed. The deeds are in `board_acts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.directory.competitors import offered_competitors
from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Dealership
from servicelost.directory.services import list_services
from servicelost.kernel.book import Book
from servicelost.kernel.errors import NotFound
from servicelost.opportunities.pipeline.board_queries import CardFilter, card_of
from servicelost.opportunities.pipeline.cards import WAYS_TO_LOSE
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Decision, Opportunity
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent
from servicelost.taxonomy.stages import STAGES
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor, current_caller
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action, may
from servicelost.web.problems import Problem
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.board import people
from servicelost.web.ui.board_address import Asked, asked_number, back_query, came_from_board, look_at, query
from servicelost.web.ui.board_cards import COLUMN_LABELS, HAND, LOSE, CardView, CardWords
from servicelost.web.ui.board_messages import say_where_it_is
from servicelost.web.ui.cause_choices import Choice, cause_choices
from servicelost.web.ui.decision_words import words_of
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.labels import DECISION_LABELS

_FIRST_CAUSES = 5


@dataclass
class Loss:
    """What the strip "Lost" offers: the ways or stages (where) and the causes (why)."""

    ways: list[tuple[str, str]]
    stages: list[tuple[str, str]]
    causes: list[Choice]
    competitors: list[str]
    first: int = _FIRST_CAUSES


@dataclass
class CardPage:
    """Everything the page of a card shows."""

    row: Opportunity
    card: CardView
    asked: Asked
    history: list[Decision]
    people: list[Any]
    loss: Loss | None
    acts: frozenset[str] = field(default_factory=frozenset)


@page(f"/board/cards/{ID}card_id>", Action.READ_BOARD)
def card(card_id: int) -> ResponseReturnValue:
    """One card; the address may ask for the strip that loses it or hands it on to be open."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return show_card(book, card_id)


@page("/board/new", Action.MOVE_CARDS)
def new_card() -> ResponseReturnValue:
    """The small form of a card made by hand."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return show_new_card(book, {})


def show_card(
    book: Book, card_id: int, *, problem: Problem | None = None, typed: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of the card; with a problem it says so and keeps what was typed."""
    row = get_visible(book, Opportunity, card_id)
    found = _view(book, row)
    if problem is not None:
        keep = url_for(".card", card_id=card_id) if problem.code == "STALE" else None
        say(Message(problem.message, wrong=True, keep_url=keep))
    elif request.args.get("done"):
        say_where_it_is(book, card_id)
    opened = request.args.get("open", "") if typed is None else typed.get("strip", "")
    body = render_template(
        "servicelost/card.html", found=found, typed=typed or {}, opened=opened, labels=COLUMN_LABELS,
        decisions=DECISION_LABELS, words_of=words_of, lose=LOSE, hand=HAND, query=query(),
        back=back_query() if came_from_board() else "",
    )  # fmt: skip
    return body, HTTPStatus.OK if problem is None else problem.status


def show_new_card(
    book: Book, typed: Mapping[str, str], problem: Problem | None = None
) -> ResponseReturnValue:
    """The form for a new card, with what was typed where it was refused."""
    if problem is not None:
        say(Message(problem.message, wrong=True))
    dealership = asked_dealership(book)
    body = render_template(
        "servicelost/new_card.html", dealership=dealership, services=list_services(book, dealership),
        typed=typed, mine=book.actor.employee_id is not None,
    )  # fmt: skip
    return body, HTTPStatus.OK if problem is None else problem.status


def asked_dealership(book: Book) -> Dealership:
    """The dealership the address names, else the first one in sight; raises NotFound."""
    asked = asked_number("dealership")
    if asked is not None:
        if not book.actor.may_see(asked) or book.find(Dealership, asked) is None:
            raise NotFound("NOT_FOUND", f"Dealership {asked} does not exist")
        return book.get(Dealership, asked)
    known = list_dealerships(book)
    if not known:
        raise NotFound("NOT_FOUND", "there is no dealership yet")
    return known[0]


def read_card(book: Book, row: Opportunity) -> tuple[CardView, Asked]:
    """The card as it stands, in words."""
    dealership = book.get(Dealership, row.dealership_id)
    asked = look_at(book, dealership, [dealership], CardFilter(dealership_id=dealership.id))
    found = card_of(book.connection, row.id)
    assert found is not None
    words = CardWords(book, asked, [found], may_move=may(current_caller(), Action.MOVE_CARDS))
    return words.of(found), asked


def _view(book: Book, row: Opportunity) -> CardPage:
    shown, asked = read_card(book, row)
    acts = frozenset(target.value for target in shown.targets)
    history = sorted(
        book.many(DECISIONS_OF_OPPORTUNITY, row.id), key=lambda told: (told.occurred_at, told.id)
    )
    return CardPage(
        row, shown, asked, history,
        people(book, row.dealership_id) if HAND in acts else [],
        _loss(book, row, asked.dealership) if LOSE in acts else None,
        acts,
    )  # fmt: skip


def _loss(book: Book, row: Opportunity, dealership: Dealership) -> Loss:
    rivals = offered_competitors(book, dealership.id)
    if row.line_id is not None:
        event = LossEvent.QUOTE_DECLINED
        stages = [(stage.value, _(STAGES[stage].label)) for stage in LOSS_EVENTS[event].legal_stages]
        return Loss([], stages, cause_choices(book, dealership, [event]), rivals)
    ways = [(event.value, _(LOSS_EVENTS[event].help)) for event in WAYS_TO_LOSE]
    return Loss(ways, [], cause_choices(book, dealership, WAYS_TO_LOSE), rivals)
