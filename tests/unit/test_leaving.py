"""What each answer to "why is nothing decided?" comes to."""

from datetime import date, timedelta

import pytest

from servicelost.opportunities.pipeline.leaving import Leaving, cause_of_leaving
from servicelost.opportunities.pipeline.likely_causes import Evidence
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import is_legal_cause
from servicelost.taxonomy.parties import Party
from servicelost.workflow.reason import Reason
from servicelost.workflow.stated import decider_in, in_words

TODAY = date(2026, 11, 25)
FULL = Evidence(TODAY, looked_until=TODAY + timedelta(days=9))


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Leaving.PRICE, Cause.PRICE_TOO_HIGH),
        (Leaving.TIME, Cause.NO_TIME),
        (Leaving.OTHER, Cause.OTHER),
        (Leaving.STILL_OPEN, None),
    ],
)
def test_an_answer_states_its_cause_whatever_the_evidence(answer: Leaving, cause: Cause | None) -> None:
    assert cause_of_leaving(answer, FULL, needs_part=True) is cause


@pytest.mark.parametrize(
    ("evidence", "needs_part", "cause"),
    [
        (Evidence(TODAY, out_of_stock=True), False, Cause.MISSING_PARTS),
        (FULL, True, Cause.NO_CAPACITY),
        (Evidence(TODAY), True, Cause.MISSING_PARTS),
        (Evidence(TODAY), False, Cause.NO_CAPACITY),
    ],
)
def test_availability_is_the_part_or_the_slot(evidence: Evidence, needs_part: bool, cause: Cause) -> None:
    assert cause_of_leaving(Leaving.AVAILABILITY, evidence, needs_part=needs_part) is cause


@pytest.mark.parametrize("answer", [answer for answer in Leaving if answer is not Leaving.STILL_OPEN])
def test_every_cause_fits_a_declined_quote(answer: Leaving) -> None:
    cause = cause_of_leaving(answer, FULL, needs_part=False)
    assert cause is not None
    assert is_legal_cause(LossEvent.QUOTE_DECLINED, cause)


@pytest.mark.parametrize("words", [None, "", "too dear; decided by nobody we know"])
def test_nobody_is_named_as_decider_who_was_not_told(words: str | None) -> None:
    assert decider_in(words) is None


def test_who_decided_is_read_from_the_words_of_the_log() -> None:

    for party in Party:
        assert decider_in(in_words(Reason(note="by phone", decided_by=party))) == party
