"""The arithmetic of the ledger, counted by itself: what must hold after whatever happened."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import check_cause, check_stage
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.stages import Stage


def check_loss(loss: LedgerEntry, against: list[LedgerEntry]) -> int:
    """Check a LOSS with all that was booked against it; what is left of it."""
    event, cause = LossEvent(loss.event), Cause(loss.cause)
    check_stage(event, Stage(loss.stage))
    cancelled_by = Party(loss.cancelled_by) if loss.cancelled_by else None
    deferred_by = LossEvent.QUOTE_DEFERRED if event is LossEvent.DEFERRED_LAPSED else None
    check_cause(event, cause, cancelled_by=cancelled_by, deferred_by=deferred_by)
    assert cause not in NOT_A_LOSS
    assert loss.amount_minor >= 0
    assert loss.loss_id is None
    reversals = [entry for entry in against if entry.kind == "REVERSAL"]
    recoveries = [entry for entry in against if entry.kind == "RECOVERY"]
    assert len(reversals) <= 1
    standing = standing_of(recoveries)
    assert not (reversals and standing), "what was taken back cannot come back"
    for reversal in reversals:
        assert (reversal.amount_minor, reversal.business_day) == (loss.amount_minor, loss.business_day)
        assert reversal.reason is not None
    for recovery in standing:
        assert 0 <= recovery.amount_minor <= loss.amount_minor
        assert recovery.revenue_minor is not None
    assert len([entry for entry in standing if entry.amount_minor]) <= 1
    left = loss.amount_minor - sum(entry.amount_minor for entry in against)
    assert left >= 0
    return left


def standing_of(recoveries: list[LedgerEntry]) -> list[LedgerEntry]:
    """The recoveries that stand; one of the opposite sign takes back all that stood, in the same period."""
    standing: list[LedgerEntry] = []
    for entry in sorted(recoveries, key=lambda row: row.id):
        if entry.reason is None:
            standing.append(entry)
            continue
        assert {row.business_day for row in standing} == {entry.business_day}
        assert sum(row.amount_minor for row in standing) == -entry.amount_minor
        assert sum(row.revenue_minor or 0 for row in standing) == -(entry.revenue_minor or 0)
        standing = []
    return standing


def is_open_still(against: list[LedgerEntry]) -> bool:
    """Whether nothing stands against the loss."""
    reversed_ = any(entry.kind == "REVERSAL" for entry in against)
    return not reversed_ and not standing_of([entry for entry in against if entry.kind == "RECOVERY"])


def check_ledger(entries: Sequence[LedgerEntry], rows: Sequence[Opportunity]) -> None:
    """Check every entry, and that the entries and the opportunities tell the same sum."""
    opportunities = {row.id: row for row in rows}
    losses = {entry.id: entry for entry in entries if entry.kind == "LOSS"}
    against: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.kind != "LOSS":
            assert entry.loss_id in losses
            assert entry.opportunity_id == losses[entry.loss_id].opportunity_id
            assert entry.event == losses[entry.loss_id].event
            against[entry.loss_id].append(entry)
    left = {loss.id: check_loss(loss, against[loss.id]) for loss in losses.values()}
    is_open = [loss for loss in losses.values() if is_open_still(against[loss.id])]
    # Three ways to the same sum.
    signs = {"LOSS": 1, "REVERSAL": -1, "RECOVERY": -1}
    balance = sum(signs[entry.kind] * entry.amount_minor for entry in entries)
    assert balance == sum(left.values()) == sum(row.outstanding_minor for row in opportunities.values())
    assert {loss.opportunity_id: loss.id for loss in is_open} == {
        row.id: row.loss_id for row in opportunities.values() if row.loss_id is not None
    }
    assert len(is_open) == len({loss.opportunity_id for loss in is_open}), "one open loss a need and episode"
    for row in opportunities.values():
        assert (row.state == "LOST") == (row.loss_id is not None)
        assert row.outstanding_minor == (left[row.loss_id] if row.loss_id else 0)
        assert row.live is None or row.state in ("OPEN", "DEFERRED", "LOST")
    live = Counter(row.need_key for row in opportunities.values() if row.live)
    assert set(live.values()) <= {1}, "one live episode of a need"
