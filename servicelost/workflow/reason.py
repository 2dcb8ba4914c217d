"""What a source or a person says about why something did not happen; carried, not judged, here.

Whether the cause is legal is decided by the ledger, the one gate for every path.
"""

from dataclasses import dataclass
from decimal import Decimal

from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Owner, Party


@dataclass(frozen=True)
class Reason:
    """A stated reason; whatever was not said stays empty and is never invented.

    `custom_cause_id` is the dealership's own cause, whose standard parent then stands in `cause`; its code
    and the competitor's name are there to be told in words. `competitor_price` is in the dealership's
    currency. `decided_by` empty: nobody said who decided. `inferred` is the cause that evidence of the kind
    `inferred_from` points to; it stands beside the stated one and never in its place.
    """

    cause: Cause | None = None
    contributing: tuple[Cause, ...] = ()
    custom_cause_id: int | None = None
    custom_cause: str | None = None
    note: str | None = None
    competitor_id: int | None = None
    competitor: str | None = None
    competitor_price: Decimal | None = None
    owner: Owner | None = None
    decided_by: Party | None = None
    cancelled_by: Party | None = None
    inferred: Cause | None = None
    inferred_from: str | None = None


UNSTATED = Reason()
