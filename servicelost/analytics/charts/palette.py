"""The colours of figures: one for each state of money, one for good for each cause, two themes.

Fills have a contrast of 3 : 1 or more against the surface, text 4.5 : 1. Red, amber and green are
kept for inspections and must not be used here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from servicelost.taxonomy.causes import Cause

MOST_HUES = 8


@dataclass(frozen=True)
class Theme:
    """Colours of one theme as hexadecimal text."""

    surface: str
    text: str
    lines: str
    other: str
    potential: str
    lost: str
    won: str
    deferred: str
    recovered: str
    hues: tuple[str, ...]


LIGHT = Theme(
    surface="#ffffff",
    text="#1f2933",
    lines="#d5dae0",
    other="#7b8794",
    potential="#52667a",
    lost="#7b2d5b",
    won="#0f6f69",
    deferred="#9a7425",
    recovered="#1f8f6b",
    hues=("#4b3b9c", "#1f6fa8", "#2a8f82", "#2f6b3a", "#7a761c", "#a8641a", "#bd4f6c", "#7d2358"),
)
DARK = Theme(
    surface="#14181d",
    text="#e6eaee",
    lines="#3a434d",
    other="#9aa5b1",
    potential="#9fb1c4",
    lost="#d58bb4",
    won="#4fb8ac",
    deferred="#d9b779",
    recovered="#74d0a8",
    hues=("#a99df0", "#7db9e8", "#6fcabd", "#86c08f", "#cfca6a", "#e3a763", "#ee9db1", "#d98bbd"),
)
THEMES: Mapping[str, Theme] = {"light": LIGHT, "dark": DARK}

# The order gives the causes met most often hues of their own; later ones take a hue in another shade.
_ORDER = (
    Cause.PRICE_TOO_HIGH, Cause.NO_TIME, Cause.MISSING_PARTS, Cause.NO_CAPACITY, Cause.COMPETITOR_OFFER,
    Cause.CANNOT_AFFORD, Cause.NO_CONTACT, Cause.NO_SHOW, Cause.DONE_ELSEWHERE, Cause.NOT_NEEDED,
    Cause.WAIT_TOO_LONG, Cause.FORGOT, Cause.LATE_RESPONSE, Cause.TRUST_QUALITY, Cause.NO_LOANER,
    Cause.NO_SKILL, Cause.DIY, Cause.WARRANTY_DENIED, Cause.CREDIT_BLOCK, Cause.AUTH_NOT_GIVEN,
    Cause.VEHICLE_SOLD, Cause.VEHICLE_TOTALLED, Cause.MOVED_AWAY, Cause.DECEASED,
)  # fmt: skip
_SHADES = (0.0, 0.22, 0.4)


def cause_colour(cause: str | None, theme: Theme) -> str:
    """The colour of a cause, the same in every figure; grey where no cause is known."""
    place = next((place for place, known in enumerate(_ORDER) if known == cause), None)
    if place is None:
        return theme.other
    shade = _SHADES[place // len(theme.hues)]
    return mixed(theme.hues[place % len(theme.hues)], theme.text, shade)


def mixed(colour: str, other: str, share: float) -> str:
    """The colour with a share of the other one in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02x}" for one, two in pairs)


def contrast(one: str, two: str) -> float:
    """The contrast ratio of two colours (WCAG 2)."""
    bright, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _luminance(colour: str) -> float:
    parts = [channel / 255 for channel in _channels(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
