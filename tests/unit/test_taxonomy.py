"""The taxonomy is complete, consistent and refuses what does not go together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.kernel.errors import InvalidInput, RuleViolation
from servicelost.taxonomy import matrix, reasons
from servicelost.taxonomy.authorization import AUTHORIZATION_METHODS, AuthorizationMethod
from servicelost.taxonomy.categories import CATEGORIES, CATEGORY_SPELLINGS, ServiceCategoryCode
from servicelost.taxonomy.causes import CAUSES, NOT_A_LOSS, Cause, Demand
from servicelost.taxonomy.channels import CONSENT_PURPOSES, CONTACT_CHANNELS, ConsentPurpose, ContactChannel
from servicelost.taxonomy.codes import read_code
from servicelost.taxonomy.grades import GRADES, Grade
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent, StatusAfter
from servicelost.taxonomy.parties import OWNERS, PARTIES, Owner, Party
from servicelost.taxonomy.paytypes import PAY_TYPE_SPELLINGS, PAY_TYPES, PayType
from servicelost.taxonomy.severity import SEVERITIES, SEVERITY_SPELLINGS, Severity
from servicelost.taxonomy.sources import LEAD_CHANNELS, SOURCES, LeadChannel, OpportunitySource
from servicelost.taxonomy.stages import STAGES, Stage

events = st.sampled_from(LossEvent)
causes = st.sampled_from(Cause)
stages = st.sampled_from(Stage)


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        (Stage, STAGES),
        (LossEvent, LOSS_EVENTS),
        (Cause, CAUSES),
        (Severity, SEVERITIES),
        (PayType, PAY_TYPES),
        (Grade, GRADES),
        (OpportunitySource, SOURCES),
        (AuthorizationMethod, AUTHORIZATION_METHODS),
        (ServiceCategoryCode, CATEGORIES),
        (Party, PARTIES),
        (Owner, OWNERS),
        (LeadChannel, LEAD_CHANNELS),
        (ContactChannel, CONTACT_CHANNELS),
        (ConsentPurpose, CONSENT_PURPOSES),
    ],
)
def test_every_code_has_words(codes, table) -> None:
    assert list(table) == list(codes)
    assert len({row.label for row in table.values()}) == len(table)
    for code, row in table.items():
        assert row.code is code
        assert row.label
        assert row.help.endswith(".")


def test_stages_are_in_the_order_of_the_visit() -> None:
    assert [stage.order for stage in Stage] == list(range(1, 8))
    assert Stage.LEAD.order < Stage.WORK.order < Stage.FOLLOW_UP.order


def test_the_matrix_knows_every_event_and_every_ledger_event_names_causes() -> None:
    assert list(matrix.EVENT_CAUSES) == list(LossEvent)
    assert all(matrix.legal_causes(event) for event in LossEvent if LOSS_EVENTS[event].ledger)
    assert all(info.legal_stages for info in LOSS_EVENTS.values())


def test_every_cause_of_a_loss_is_reachable_through_the_ledger() -> None:
    named = {c for event, row in matrix.EVENT_CAUSES.items() if LOSS_EVENTS[event].ledger for c in row}
    assert named | matrix.ALWAYS_LEGAL == set(Cause)
    assert not named & NOT_A_LOSS


def test_no_cause_is_named_twice_for_an_event() -> None:
    assert all(len(set(row)) == len(row) for row in matrix.EVENT_CAUSES.values())


@given(events)
def test_no_show_is_a_cause_of_a_no_show_only(event: LossEvent) -> None:
    assert matrix.is_legal_cause(event, Cause.NO_SHOW) == (event is LossEvent.APPT_NO_SHOW)


@given(events, causes)
def test_the_check_agrees_with_the_matrix_and_names_what_fits(event: LossEvent, cause: Cause) -> None:
    if matrix.is_legal_cause(event, cause):
        matrix.check_cause(event, cause)
        return
    with pytest.raises(RuleViolation) as refused:
        matrix.check_cause(event, cause)
    assert refused.value.code == "CAUSE_NOT_LEGAL"
    assert all(fitting in refused.value.message for fitting in matrix.legal_causes(event))


@given(events, st.sampled_from(sorted(NOT_A_LOSS | {Cause.OTHER, Cause.UNKNOWN})))
def test_other_unknown_and_no_loss_fit_everywhere(event: LossEvent, cause: Cause) -> None:
    matrix.check_cause(event, cause)


@given(events)
def test_proposed_and_automatic_causes_are_legal(event: LossEvent) -> None:
    info = LOSS_EVENTS[event]
    matrix.check_cause(event, info.automatic_cause)
    if info.default_cause is not None:
        matrix.check_cause(event, info.default_cause)


def test_an_unstated_cause_is_never_invented() -> None:
    said = {event: info.automatic_cause for event, info in LOSS_EVENTS.items()}
    assert {event for event, cause in said.items() if cause is not Cause.UNKNOWN} == {
        LossEvent.APPT_NO_SHOW,
        LossEvent.CALL_MISSED,
        LossEvent.LEAD_UNANSWERED,
    }
    assert reasons.cause_or_automatic(LossEvent.WORK_NOT_DONE, None) is Cause.UNKNOWN
    assert reasons.cause_or_automatic(LossEvent.APPT_NO_SHOW, None) is Cause.NO_SHOW
    assert reasons.cause_or_automatic(LossEvent.APPT_NO_SHOW, Cause.FORGOT) is Cause.FORGOT


@pytest.mark.parametrize(
    ("party", "cause", "fits"),
    [
        (Party.CUSTOMER, Cause.NO_TIME, True),
        (Party.CUSTOMER, Cause.MISSING_PARTS, False),
        (Party.DEALER, Cause.MISSING_PARTS, True),
        (Party.DEALER, Cause.VEHICLE_SOLD, False),
        (Party.DEALER, Cause.UNKNOWN, True),
        (None, Cause.NO_TIME, True),
        (None, Cause.MISSING_PARTS, True),
    ],
)
def test_who_cancelled_decides_which_causes_fit(party: Party | None, cause: Cause, fits: bool) -> None:
    assert matrix.is_legal_cause(LossEvent.APPT_CANCELLED, cause, cancelled_by=party) == fits


@given(st.sampled_from([LossEvent.QUOTE_DEFERRED, LossEvent.WORK_NOT_DONE, LossEvent.SCOPE_REDUCED]), causes)
def test_a_lapsed_deferral_takes_over_its_cause(deferral: LossEvent, cause: Cause) -> None:
    if matrix.is_legal_cause(deferral, cause):
        matrix.check_cause(LossEvent.DEFERRED_LAPSED, cause, deferred_by=deferral)


def test_only_a_lapsed_deferral_inherits() -> None:
    assert not matrix.is_legal_cause(LossEvent.DEFERRED_LAPSED, Cause.PRICE_TOO_HIGH)
    assert not matrix.is_legal_cause(
        LossEvent.QUOTE_EXPIRED, Cause.PRICE_TOO_HIGH, deferred_by=LossEvent.QUOTE_DEFERRED
    )


@given(events, stages)
def test_the_recorded_stage_is_legal_and_never_later(event: LossEvent, stage: Stage) -> None:
    legal = LOSS_EVENTS[event].legal_stages
    if stage.order < min(option.order for option in legal):
        with pytest.raises(RuleViolation, match=legal[0]):
            matrix.legal_stage_for(event, stage)
        return
    recorded = matrix.legal_stage_for(event, stage)
    matrix.check_stage(event, recorded)
    assert recorded.order <= stage.order
    assert (recorded is stage) == (stage in legal)
    assert not any(recorded.order < option.order <= stage.order for option in legal)


def test_an_illegal_stage_is_refused_with_the_legal_ones_named() -> None:
    with pytest.raises(RuleViolation, match="RECEPTION, WORK") as refused:
        matrix.check_stage(LossEvent.SCOPE_REDUCED, Stage.DELIVERY)
    assert refused.value.errors[0].field == "stage"


def test_deferring_events_and_events_outside_the_ledger() -> None:
    after = {event: info.status_after for event, info in LOSS_EVENTS.items()}
    assert {e for e, status in after.items() if status is StatusAfter.DEFERRED} == {
        LossEvent.QUOTE_DEFERRED,
        LossEvent.WORK_NOT_DONE,
    }
    assert {event for event, info in LOSS_EVENTS.items() if not info.ledger} == {
        LossEvent.DISCOUNT_CONCESSION,
        LossEvent.CUSTOMER_DEFECTED,
    }


def test_flags_of_the_causes() -> None:
    by_demand = {demand: {c for c in Cause if CAUSES[c].demand is demand} for demand in Demand}
    assert by_demand[Demand.PARTS] == {Cause.MISSING_PARTS}
    assert by_demand[Demand.HOURS] == {Cause.NO_CAPACITY, Cause.NO_SKILL, Cause.WAIT_TOO_LONG}
    assert not CAUSES[Cause.PRICE_TOO_HIGH].counts_as_demand
    assert {c for c in Cause if CAUSES[c].competitor} == {
        Cause.PRICE_TOO_HIGH,
        Cause.COMPETITOR_OFFER,
        Cause.DONE_ELSEWHERE,
    }
    assert {c for c in Cause if CAUSES[c].needs_text} == {Cause.OTHER}
    assert {c for c in Cause if CAUSES[c].owner is None} == NOT_A_LOSS | {Cause.OTHER, Cause.UNKNOWN}


@pytest.mark.parametrize(
    ("cause", "owner", "others"),
    [
        (Cause.MISSING_PARTS, Owner.DEALER, (Owner.EXTERNAL,)),
        (Cause.COMPETITOR_OFFER, Owner.EXTERNAL, (Owner.DEALER,)),
        (Cause.NOT_NEEDED, Owner.CUSTOMER, (Owner.DEALER,)),
        (Cause.CREDIT_BLOCK, Owner.CUSTOMER, (Owner.DEALER,)),
        (Cause.NO_SHOW, Owner.CUSTOMER, ()),
        (Cause.WARRANTY_DENIED, Owner.EXTERNAL, ()),
    ],
)
def test_owners(cause: Cause, owner: Owner, others: tuple[Owner, ...]) -> None:
    assert (CAUSES[cause].owner, CAUSES[cause].other_owners) == (owner, others)
    assert reasons.owner_of(cause) is owner
    assert reasons.owner_of(cause, Owner.EXTERNAL) is Owner.EXTERNAL


@pytest.mark.parametrize("cause", [Cause.UNKNOWN, *sorted(NOT_A_LOSS)])
def test_what_stands_apart_gets_no_owner(cause: Cause) -> None:
    with pytest.raises(RuleViolation, match="no owner"):
        reasons.owner_of(cause, Owner.DEALER)


@given(events, causes)
def test_what_explains_a_loss(event: LossEvent, cause: Cause) -> None:
    twice = event is LossEvent.APPT_NO_SHOW and cause is Cause.NO_SHOW
    assert reasons.explains(event, cause) == (cause not in {Cause.UNKNOWN, Cause.OTHER} and not twice)


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (lambda: reasons.check_note(Cause.OTHER, "  "), "NOTE_REQUIRED"),
        (lambda: reasons.check_note(Cause.OTHER, None), "NOTE_REQUIRED"),
        (lambda: reasons.check_value(Cause.RESCHEDULED, 1), "NOT_A_LOSS"),
        (lambda: reasons.check_contributing(Cause.NO_TIME, [Cause.NO_TIME]), "CAUSE_REPEATED"),
        (lambda: reasons.check_contributing(Cause.NO_TIME, [Cause.DIY, Cause.DIY]), "CAUSE_REPEATED"),
        (lambda: reasons.check_contributing(Cause.NO_TIME, [Cause.DUPLICATE]), "NOT_A_LOSS"),
        (lambda: reasons.check_competitor([Cause.NO_TIME], given=True), "COMPETITOR_NOT_LEGAL"),
    ],
)
def test_a_broken_rule_is_refused(check, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        check()
    assert refused.value.code == code


def test_a_complete_reason_passes() -> None:
    reasons.check_note(Cause.OTHER, "storm closed the road")
    reasons.check_note(Cause.NO_TIME, None)
    reasons.check_value(Cause.RESCHEDULED, 0)
    reasons.check_value(Cause.NO_TIME, 24000)
    reasons.check_contributing(Cause.NO_TIME, [Cause.PRICE_TOO_HIGH, Cause.DIY])
    reasons.check_competitor([Cause.NO_TIME, Cause.PRICE_TOO_HIGH], given=True)
    reasons.check_competitor([Cause.NO_TIME], given=False)


@pytest.mark.parametrize(
    ("codes", "text", "spellings", "meant"),
    [
        (PayType, "C", PAY_TYPE_SPELLINGS, PayType.CUSTOMER_PAY),
        (PayType, " cp ", PAY_TYPE_SPELLINGS, PayType.CUSTOMER_PAY),
        (PayType, "W", PAY_TYPE_SPELLINGS, PayType.WARRANTY),
        (PayType, "I", PAY_TYPE_SPELLINGS, PayType.INTERNAL),
        (PayType, "customer pay", PAY_TYPE_SPELLINGS, PayType.CUSTOMER_PAY),
        (Severity, "Red", SEVERITY_SPELLINGS, Severity.RED),
        (Severity, "amber", SEVERITY_SPELLINGS, Severity.YELLOW),
        (ServiceCategoryCode, "tires", CATEGORY_SPELLINGS, ServiceCategoryCode.TYRES),
        (Cause, "price-too-high", None, Cause.PRICE_TOO_HIGH),
    ],
)
def test_codes_are_read_forgivingly(codes, text, spellings, meant) -> None:
    assert read_code(codes, text, field="x", spellings=spellings) is meant


@pytest.mark.parametrize(
    ("text", "hint"), [("PRICE_TO_HIGH", "PRICE_TOO_HIGH"), ("", "NO_SHOW"), ("5", "UNKNOWN")]
)
def test_an_unknown_code_is_refused_with_the_nearest_named(text: str, hint: str) -> None:
    with pytest.raises(InvalidInput, match=hint) as refused:
        read_code(Cause, text, field="cause")
    assert refused.value.errors[0].field == "cause"


def test_only_the_category_other_names_no_single_need() -> None:
    assert [code for code, info in CATEGORIES.items() if not info.distinct] == [ServiceCategoryCode.OTHER]


def test_the_conservative_figure_is_made_of_grades_a_and_b() -> None:
    assert [grade for grade, info in GRADES.items() if info.conservative] == [Grade.A, Grade.B]
