"""What a person is told of a refusal, in the language of the page.

Rules refuse in English, exactly, for programs as well as people. Here each code that a person can meet has
its sentence of the counter, and each thing that can be wrong with a field its words. What has none keeps the
rule's own; so does English, which is the more exact one.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from servicelost.web import problems
from servicelost.web.languages import gettext as _
from servicelost.web.languages.choice import ENGLISH, current_language
from servicelost.web.problems import Problem

SENTENCES: Mapping[str, str] = {
    "NOT_UNDOABLE": "This cannot be taken back any more: a minute has passed, or more has happened since.",
    "APPOINTMENT_EXISTS": "This appointment is booked already, for another time.",
    "NO_SHOW_TOO_EARLY": "The appointment is only due later: wait until the customer is late.",
    "DEFERRAL_NEEDS_GOAL": "Say until which day or odometer reading it is postponed.",
    "DEFERRAL_IN_PAST": "The day until which it is postponed lies in the past.",
    "VISIT_ENDED": "The visit has ended: nothing can be added to it.",
    "ORDER_NOT_OPEN": "There is no open repair order.",
    "QUOTE_NOT_SENT": "This quote was not sent yet.",
    "PRICE_CONTRADICTION": "Labour and parts do not add up to the amount.",
    "NOT_REDUCED": "The new amount is not below the old one.",
    "NEGATIVE": "An amount cannot be negative.",
    "QUANTITY_INVALID": "The quantity must be more than zero.",
    "CANCELLED_BY_REQUIRED": "Say who cancelled.",
    "ORDER_EXISTS": "There is already an order with this number.",
    "NO_SUCH_MOVE": "It cannot be moved there by hand.",
    "LINES_REQUIRED": "Choose the work that it is about.",
    "OUTCOME_REQUIRED": "Say what came of it.",
    "LOSS_CLOSED": "This loss is reversed or recovered already.",
    "RELEASE_TOO_MUCH": "More cannot be recovered than is still lost.",
    "NOT_RECOVERED": "Nothing of this loss has been recovered.",
    "STOCK_COVERED_IT": "The part was in stock at that time: name another cause, or explain it in a note.",
    "NOT_WAITING": "Nobody has to be called about this any more: it was answered or decided meanwhile.",
    "TASK_ENDED": "A colleague has done this already.",
    "NO_EMPLOYEE": "Your sign-in belongs to no employee, so no card can be yours.",
    "TAKEN": "A colleague has this card already.",
    "NOT_HERE": "The car is not here.",
    "NO_VISIT": "This card has no visit.",
    "HAS_VISIT": "This card has a visit already.",
    "WHO": "Say who the customer is.",
    "NOT_ON_BOARD": "This card is not on the board any more: its work is settled.",
    "REASON_REQUIRED": "Say why it is taken back.",
    "NOT_YOURS": "This loss was recorded by somebody else: a manager can reverse it.",
    "NOTE_REQUIRED": "Explain it in a few words.",
    "BAD_PARAMETER": "One of the filters in the address cannot be understood: choose it again.",
    "NOT_DEFERRED": "This work is not postponed any more.",
    "UNDECIDED": "Some of the work is undecided: say why before the car goes on.",
    "NO_SECOND_CHANCE": "This work cannot be put on the visit.",
    "NOT_IN_THE_HOUSE": "The car is not in the house.",
    "NEVER_OPEN": "Give opening hours for at least one day.",
    "UNKNOWN_CODE": "There is no such cause.",
    "CAUSE_IS_STANDARD": "This is a standard cause: choose another code.",
    "CAUSE_INACTIVE": "This cause is switched off: choose another one.",
    "CAUSE_HAS_PARENT": "What this cause stands for cannot be changed.",
    "COMPETITOR_EXISTS": "There is already a competitor of this name.",
    "SAME_COMPETITOR": "These two competitors cannot be made one.",
    "CURRENCY_FIXED": "The currency cannot be changed once there are amounts.",
    "CAUSE_NOT_LEGAL": "This cause does not fit what happened: choose another one.",
    "STAGE_NOT_LEGAL": "This cannot happen at this stage.",
    "NOT_A_LOSS": "This reason is not a loss.",
    "OWNER_NOT_LEGAL": "Nobody can own this cause but who the taxonomy names.",
    "COMPETITOR_NOT_LEGAL": "A competitor does not belong to this cause.",
    "CAUSE_REPEATED": "Name every cause once.",
    "TIME_NEEDED": "Choose a day and time that lie ahead.",
    "CSRF": "This form is no longer valid: open the page anew and send it again.",
    "IN_THE_FUTURE": "This time lies in the future.",
    "PHONE_INVALID": "This is no telephone number.",
    "TOKEN_NAME": "A token needs a name.",
    "TOKEN_NAME_IN_USE": "There is already a token of this name: choose another one.",
    "FORBIDDEN": "Your role does not allow this.",
    "DATABASE_UNAVAILABLE": "The database does not answer. Try again in a moment.",
    "BUSY": "Too much is going on at the moment. Try again in a moment.",
    "STORAGE_FULL": "The disk is full: nothing can be stored.",
}

FIELD_LABELS: Mapping[str, str] = {
    "amount": "Amount",
    "cancelled_by": "Who cancelled",
    "cause": "Cause",
    "competitor": "Competitor",
    "competitor_price": "Competitor's price",
    "contributing": "Further causes",
    "customer": "Customer",
    "dealership": "Dealership",
    "deferred_until": "Postponed until",
    "deferred_until_odometer": "Postponed until odometer",
    "employee": "Employee",
    "labour": "Labour",
    "minutes_ago": "Minutes ago",
    "note": "Note",
    "occurred_at": "When it happened",
    "on_hand": "On hand",
    "part_number": "Part number",
    "parts": "Parts",
    "phone": "Phone",
    "planned_at": "Planned for",
    "quantity": "Quantity",
    "reason": "Reason",
    "resolution": "What was done",
    "scheduled_at": "Day and time",
    "service": "Service",
    "text": "Text",
    "to": "Where to",
    "unit_price": "Unit price",
    "vehicle": "Car",
    "version": "Version",
    "why": "Why",
}

# What schemas say of a field, and the words of the counter for it.
_WRONG = (
    (r"Missing data for required field|Field may not be null", "is missing"),
    (r"Not a valid (integer|number)|is not an? (number|amount)", "is not a number"),
    (r"Not a valid (date|datetime|aware datetime|naive datetime|time)", "is not a date or time"),
    (r"is too large", "is too large"),
    (r"Must be (one of|greater|less)|Not a valid choice|Must be", "is not possible"),
    (r"is \d+ characters long|Longer than maximum|Length must", "is too long"),
    (r"lies outside the years", "lies too far away"),
    (r"holds characters that cannot be printed", "holds characters that cannot be printed"),
    (r"Not a valid|Invalid|Unknown field", "is not understood"),
)
FIELD_WORDS = tuple(dict.fromkeys(words for _pattern, words in _WRONG))


def describe(error: BaseException) -> Problem:
    """What a person is told of this error."""
    return in_words(problems.describe(error))


def in_words(problem: Problem) -> Problem:
    """The problem in the language of the page."""
    if current_language() == ENGLISH or problem.code not in SENTENCES:
        return problem
    return replace(problem, message=_(SENTENCES[problem.code]))


def field_label(name: str) -> str:
    """What a field of a form is called."""
    plain = name.replace("_", " ").capitalize()
    return _(FIELD_LABELS[name]) if name in FIELD_LABELS and current_language() != ENGLISH else plain


def field_words(told: str) -> str:
    """What is wrong with a field."""
    if current_language() == ENGLISH:
        return told
    return next((_(words) for pattern, words in _WRONG if re.match(pattern, told)), told)
