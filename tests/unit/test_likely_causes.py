"""Which causes are proposed first: by evidence, by what is usual for the service, then by the taxonomy."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.opportunities.pipeline.likely_causes import (
    FEWEST,
    Evidence,
    Sign,
    inferred_cause,
    rank_causes,
    signs_of,
)
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import legal_causes

TODAY = date(2026, 11, 25)
NOTHING = Evidence(TODAY)
DECLINED = LossEvent.QUOTE_DECLINED


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def test_without_evidence_and_custom_the_order_is_the_taxonomys() -> None:
    assert [likely.cause for likely in rank_causes(DECLINED, NOTHING, {})] == list(legal_causes(DECLINED))
    assert inferred_cause(DECLINED, NOTHING) is None


@pytest.mark.parametrize(
    ("known", "cause", "sign"),
    [
        ({"back_order_until": days(8)}, Cause.MISSING_PARTS, Sign.BACK_ORDER),
        ({"out_of_stock": True}, Cause.MISSING_PARTS, Sign.OUT_OF_STOCK),
        ({"free_day": days(5), "looked_until": days(14)}, Cause.NO_CAPACITY, Sign.NO_SLOT),
        ({"looked_until": days(14)}, Cause.NO_CAPACITY, Sign.NO_SLOT),
        (
            {"price_minor": 24_000, "offer_minor": 18_900, "offered_by": "Fast Fit"},
            Cause.PRICE_TOO_HIGH,
            Sign.LOWER_OFFER,
        ),
    ],
)
def test_evidence_comes_first(known: dict[str, object], cause: Cause, sign: Sign) -> None:
    evidence = Evidence(TODAY, **known)  # type: ignore[arg-type]
    first = rank_causes(DECLINED, evidence, {Cause.NO_TIME: 50})[0]
    assert (first.cause, first.sign) == (cause, sign)
    inferred = inferred_cause(DECLINED, evidence)
    assert inferred is not None
    assert (inferred.cause, inferred.sign) == (cause, sign)


@pytest.mark.parametrize(
    "known",
    [
        {"back_order_until": TODAY},
        {"free_day": days(3), "looked_until": days(14)},
        {"looked_until": days(2)},
        {"price_minor": 18_900, "offer_minor": 18_900},
        {"offer_minor": 18_900},
        {"attempts": 2},
    ],
)
def test_what_does_not_stand_in_the_way_is_no_evidence(known: dict[str, object]) -> None:
    assert signs_of(Evidence(TODAY, **known)) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "sign"), [({"quote_unopened": True}, Sign.QUOTE_UNOPENED), ({"attempts": 0}, Sign.NO_ATTEMPT)]
)
def test_silence_explains_a_quote_that_ran_out_and_no_refusal(known: dict[str, object], sign: Sign) -> None:
    evidence = Evidence(TODAY, **known)  # type: ignore[arg-type]
    expired = inferred_cause(LossEvent.QUOTE_EXPIRED, evidence)
    assert expired is not None
    assert (expired.cause, expired.sign) == (Cause.NO_CONTACT, sign)
    assert inferred_cause(DECLINED, evidence) is None


def test_of_two_signs_the_stronger_is_the_inferred_one() -> None:
    evidence = Evidence(TODAY, back_order_until=days(8), looked_until=days(14), price_minor=2, offer_minor=1)
    ranked = rank_causes(DECLINED, evidence, {})
    assert [likely.cause for likely in ranked[:3]] == [
        Cause.MISSING_PARTS,
        Cause.NO_CAPACITY,
        Cause.PRICE_TOO_HIGH,
    ]


def test_custom_comes_after_evidence_and_before_the_taxonomy() -> None:
    usual = {Cause.NOT_NEEDED: 12, Cause.PRICE_TOO_HIGH: 7, Cause.DIY: 1}
    ranked = rank_causes(DECLINED, Evidence(TODAY, out_of_stock=True), usual)
    assert [(likely.cause, likely.sign) for likely in ranked[:4]] == [
        (Cause.MISSING_PARTS, Sign.OUT_OF_STOCK),
        (Cause.NOT_NEEDED, Sign.USUAL),
        (Cause.PRICE_TOO_HIGH, Sign.USUAL),
        (Cause.DIY, None),
    ]
    assert ranked[1].share == pytest.approx(0.6)


def test_too_few_losses_say_nothing() -> None:
    ranked = rank_causes(DECLINED, NOTHING, {Cause.DIY: FEWEST - 1})
    assert [likely.cause for likely in ranked] == list(legal_causes(DECLINED))
    assert {likely.sign for likely in ranked} == {None}


@given(
    event=st.sampled_from(list(LossEvent)),
    until=st.none() | st.integers(-5, 30),
    free=st.none() | st.integers(0, 14),
    looked=st.none() | st.integers(0, 14),
    flags=st.tuples(st.booleans(), st.booleans()),
    prices=st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)),
    usual=st.dictionaries(st.sampled_from(list(Cause)), st.integers(0, 20)),
)
def test_every_fitting_cause_is_offered_exactly_once(
    event: LossEvent,
    until: int | None,
    free: int | None,
    looked: int | None,
    flags: tuple[bool, bool],
    prices: tuple[int | None, int | None],
    usual: dict[Cause, int],
) -> None:
    evidence = Evidence(
        TODAY,
        out_of_stock=flags[0],
        back_order_until=None if until is None else days(until),
        free_day=None if free is None else days(free),
        looked_until=None if looked is None else days(looked),
        price_minor=prices[0],
        offer_minor=prices[1],
        quote_unopened=flags[1],
    )
    ranked = [likely.cause for likely in rank_causes(event, evidence, usual)]
    assert sorted(ranked) == sorted(set(legal_causes(event)))
    inferred = inferred_cause(event, evidence)
    assert inferred is None or inferred.cause == ranked[0]
