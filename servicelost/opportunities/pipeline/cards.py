"""What a person does with a card of the board: take it, hand it on, move it, add one, give one up.

Where a card stands follows from its owner and its visit (`board`); a move is the visit's, and its rules are
the workflow's.
"""

from uuid import uuid4

from servicelost.administration.access import MANAGERS
from servicelost.administration.audit import record_audit
from servicelost.directory.customers import CustomerData, customer_of_phone, upsert_customer
from servicelost.directory.models import Customer, Dealership, Employee, ServiceCategory
from servicelost.directory.services import ensure_service
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, Forbidden, InvalidInput, RuleViolation
from servicelost.opportunities.pipeline.board import BoardColumn
from servicelost.opportunities.pipeline.decisions import record_decision
from servicelost.opportunities.pipeline.leaving import check_decided, move_on
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.needs import need_of_call
from servicelost.opportunities.pipeline.opening import open_opportunity
from servicelost.opportunities.pipeline.settling import Refusal, refuse
from servicelost.opportunities.pipeline.states import DecisionKind, Effect
from servicelost.opportunities.pipeline.valuation import value_of_opportunity
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.sources import OpportunitySource
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.guards import check_order_open
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from servicelost.workflow.states import VisitState

BY_HAND = "board"
WAYS_TO_LOSE = {
    LossEvent.LEAD_REJECTED: DecisionKind.DECLINED,
    LossEvent.LEAD_UNANSWERED: DecisionKind.UNANSWERED,
}


def take_card(book: Book, card: Opportunity) -> None:
    """Make the actor the owner of a card that is nobody's; once is enough.

    Raises Conflict TAKEN that says who has it, RuleViolation where the actor is no employee.
    """
    _check_on_board(card)
    me = book.actor.employee_id
    if me is None:
        raise RuleViolation("NO_EMPLOYEE", "your sign-in belongs to no employee, so no card can be yours")
    if card.board_owner_id == me:
        return
    if card.board_owner_id is not None:
        raise Conflict("TAKEN", f"{book.get(Employee, card.board_owner_id).name} has this card already")
    _give(book, card, me, "CARD_TAKEN")


def hand_card(book: Book, card: Opportunity, employee: Employee) -> None:
    """Make somebody of the same dealership the owner: managers any card, others their own.

    Raises Forbidden or RuleViolation.
    """
    _check_on_board(card)
    own = card.board_owner_id is not None and card.board_owner_id == book.actor.employee_id
    if not own and not book.actor.has_role(*MANAGERS):
        raise Forbidden("FORBIDDEN", "only a manager may hand on a card that is not your own")
    if employee.dealership_id != card.dealership_id or not employee.active:
        message = f"{employee.name} does not work here"
        raise RuleViolation("NOT_HERE", message, field="employee", value=str(employee.id))
    if card.board_owner_id != employee.id:
        _give(book, card, employee.id, "CARD_HANDED")


def move_card(book: Book, card: Opportunity, column: BoardColumn) -> Visit:
    """Move the card's visit, with all cards on it, to a stage; raises RuleViolation where that cannot be.

    Before the car goes to delivery with work undecided it is asked why (`leaving`).
    """
    _check_on_board(card)
    if column in (BoardColumn.UNSORTED, BoardColumn.PLANNING):
        raise RuleViolation("NO_SUCH_MOVE", "no card can be moved there by hand", field="to", value=column)
    if card.board_visit_id is None:
        message = "no visit is known for this card: it moves by itself when the car is booked or comes"
        raise RuleViolation("NO_VISIT", message, field="to", value=column)
    visit = book.get(Visit, card.board_visit_id)
    check_order_open(visit)
    check_decided(book, visit, VisitState(column))
    return move_on(book, visit, VisitState(column))


def lose_card(book: Book, card: Opportunity, event: LossEvent, reason: Reason) -> Effect:
    """Record that work asked for came to nothing before there was a visit; raises RuleViolation."""
    _check_on_board(card)
    if card.line_id is not None or card.board_visit_id is not None or event not in WAYS_TO_LOSE:
        message = "this card is lost by what happens on its visit"
        raise RuleViolation("HAS_VISIT", message, field="event", value=event)
    refusal = Refusal(
        WAYS_TO_LOSE[event], event, Stage.LEAD, reason, value_of_opportunity(book, card), book.now,
        document=f"card {card.id}",
    )  # fmt: skip
    return refuse(book, card, refusal)


def note_card(book: Book, card: Opportunity, note: str) -> None:
    """Keep a few words with the card's decisions."""
    record_decision(book, card, DecisionKind.NOTED, Effect.NONE, book.now, note=note)


def add_card(
    book: Book, dealership: Dealership, *, name: str | None = None, phone: str | None = None,
    service: str | None = None, amount_minor: int | None = None, note: str | None = None,
    owner_id: int | None = None,
) -> Opportunity:  # fmt: skip
    """The card of what somebody asked for; the same service for the same customer joins the one there is.

    Raises InvalidInput where neither a name nor a telephone number was given.
    """
    customer = _customer(book, dealership, name, phone)
    category = ensure_service(book, dealership, service) if service else None
    card = open_opportunity(
        book, dealership.id, _need(customer, category), OpportunitySource.MANUAL, book.now,
        customer_id=customer.id, category_id=category.id if category else None,
        amount_minor=amount_minor, owner_id=owner_id,
    )  # fmt: skip
    if card.amount_minor is None:
        card.amount_minor = amount_minor
    record_decision(book, card, DecisionKind.NOTED, Effect.NONE, book.now, note=note)
    return card


def _need(customer: Customer, category: ServiceCategory | None) -> str:
    return need_of_call(None, customer.id, category, f"card:{uuid4().hex}")


def _customer(book: Book, dealership: Dealership, name: str | None, phone: str | None) -> Customer:
    if not name and not phone:
        message = "say who it is: a name or a telephone number"
        raise InvalidInput("WHO", message, errors=[FieldProblem("customer", message)])
    known = customer_of_phone(book, dealership, phone) if phone else None
    if known is not None:
        return known
    said = CustomerData(id=uuid4().hex, name=name or None, phone=phone or None)
    return upsert_customer(book, dealership, BY_HAND, said, book.now)


def _give(book: Book, card: Opportunity, owner_id: int, action: str) -> None:
    before = card.board_owner_id
    card.owner_id = owner_id
    record_audit(book, action, "opportunity", card.id, dealership_id=card.dealership_id,
                 before={"owner": before}, after={"owner": owner_id})  # fmt: skip


def _check_on_board(card: Opportunity) -> None:
    if card.board_column is None:
        raise RuleViolation("NOT_ON_BOARD", "this card is not on the board any more: its work is settled")
