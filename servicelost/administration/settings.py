"""Every setting a dealership may change: key, default, unit, check and meaning.

What a setting does is written where it is used; how the installation runs stands in `config`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Generic, TypeVar, cast

from servicelost.kernel.errors import FieldProblem, InvalidInput

V = TypeVar("V")


class Unit(StrEnum):
    """What the number of a setting counts."""

    MINUTES = "minutes"
    DAYS = "days"
    COUNT = "count"
    SHARE = "share"
    MONEY = "money"


@dataclass(frozen=True)
class Setting(Generic[V]):
    """A setting; `default` None means that there is no value until somebody names one."""

    key: str
    default: V
    unit: Unit
    minimum: Decimal
    maximum: Decimal
    label: str
    help: str

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.unit in (Unit.MINUTES, Unit.DAYS, Unit.COUNT)

    def read(self, text: str) -> V:
        """The checked value of a text; raises InvalidInput that says what was expected."""
        try:
            number = Decimal(text.strip())
        except InvalidOperation:
            raise self._refused(text) from None
        if not number.is_finite() or not self.minimum <= number <= self.maximum:
            raise self._refused(text)
        if self.whole and number != number.to_integral_value():
            raise self._refused(text)
        # The unit decides the type, so it is the type of the default.
        return cast(V, int(number) if self.whole else number)

    @property
    def expected(self) -> str:
        """What may be entered, in words."""
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.minimum} to {self.maximum} ({self.unit})"

    def _refused(self, text: str) -> InvalidInput:
        message = f"setting {self.key}: {text!r} is not {self.expected}"
        return InvalidInput("SETTING", message, errors=[FieldProblem(self.key, message, text, self.expected)])


def _setting(key: str, default: V, unit: Unit, low: int, high: int, label: str, text: str) -> Setting[V]:
    return Setting(key, default, unit, Decimal(low), Decimal(high), label, text)


NO_SHOW_AFTER = _setting(
    "no_show_after_minutes",
    30,
    Unit.MINUTES,
    0,
    24 * 60,
    "No-show after",
    "So long after the appointment a car that has not come counts as a no-show.",
)
REBOOK_WINDOW = _setting(
    "rebook_window_days",
    5,
    Unit.DAYS,
    0,
    60,
    "Rebooking window",
    "Coming or rebooking within so many days takes the loss of a cancelled or missed appointment back; "
    "later it is a recovery.",
)
DEFERRAL_GRACE = _setting(
    "deferral_grace_days",
    14,
    Unit.DAYS,
    0,
    365,
    "Grace for postponed work",
    "So many days after the agreed date postponed work becomes a loss.",
)
MISSED_CALL_WINDOW = _setting(
    "missed_call_window_minutes",
    60,
    Unit.MINUTES,
    0,
    7 * 24 * 60,
    "Call-back window",
    "A missed call is no loss if the same number is spoken to within this time.",
)
EPISODE = _setting(
    "episode_days",
    365,
    Unit.DAYS,
    30,
    5 * 365,
    "Life of a need",
    "So long after the last decision a need is closed; the same recommendation is then a new need.",
)
RECOVERY_WINDOW = _setting(
    "recovery_window_days",
    180,
    Unit.DAYS,
    1,
    5 * 365,
    "Recovery window",
    "Declined work sold within so many days counts for the recovery rate.",
)
AVERAGE_RO: Setting[Decimal | None] = _setting(
    "average_ro",
    None,
    Unit.MONEY,
    0,
    1_000_000,
    "Average repair order",
    "Net value of an average repair order in the dealership's currency, for losses without an amount of "
    "their own, such as missed calls (grade D). Without it they carry no amount.",
)
BOOKING_CONVERSION = _setting(
    "booking_conversion",
    Decimal("0.60"),
    Unit.SHARE,
    0,
    1,
    "Calls that become bookings",
    "The share of service calls that become bookings; 0.60 until the dealership has counted its own.",
)
WIN_BACK = _setting(
    "win_back_days",
    30,
    Unit.DAYS,
    1,
    365,
    "Lost cards stay on the board",
    "So many days after it was lost, work can still be won back from a card of the board.",
)
CARD_LATE = _setting(
    "card_late_days",
    3,
    Unit.DAYS,
    1,
    365,
    "A card is late",
    "A card of the board with which nothing has happened for so many days is shown as late.",
)
MIN_DENOMINATOR = _setting(
    "min_denominator",
    5,
    Unit.COUNT,
    1,
    1000,
    "Smallest base of a rate",
    "A rate over fewer cases than this is greyed in reports: too few to judge.",
)

SETTINGS: Mapping[str, Setting[int] | Setting[Decimal] | Setting[Decimal | None]] = {
    setting.key: setting
    for setting in (
        NO_SHOW_AFTER,
        REBOOK_WINDOW,
        DEFERRAL_GRACE,
        MISSED_CALL_WINDOW,
        EPISODE,
        RECOVERY_WINDOW,
        AVERAGE_RO,
        BOOKING_CONVERSION,
        WIN_BACK,
        CARD_LATE,
        MIN_DENOMINATOR,
    )
}
