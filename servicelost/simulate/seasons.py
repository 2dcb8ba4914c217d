"""The calendar of the simulation: how busy a day is by weekday, season, holidays and growth.

The shares are in `parameters`; what happens on a day is told elsewhere.
"""

from collections.abc import Container, Iterator
from datetime import date, timedelta
from functools import lru_cache

from servicelost.simulate import parameters as set_to
from servicelost.taxonomy.categories import ServiceCategoryCode

_YEAR = 365.25
_SATURDAY = 5
_SATURDAY_HOURS = 0.45


def weight_of(country: str, day: date, first: date) -> float:
    """How busy the day is beside an ordinary one at the beginning; 0 when the dealership is closed."""
    if is_holiday(country, day):
        return 0.0
    growth: float = (1 + set_to.GROWTH_A_YEAR) ** ((day - first).days / _YEAR)
    return set_to.WEEKDAYS[day.weekday()] * season_of(day) * growth


def season_of(day: date) -> float:
    """How busy the time of the year is, 1 being the average."""
    if (day.month, day.day) == (1, 1) or (day.month == 12 and day.day >= 24):
        return set_to.MONTHS[day.month - 1] * set_to.BETWEEN_THE_YEARS
    return set_to.MONTHS[day.month - 1]


def likelihood_of(category: ServiceCategoryCode, day: date) -> float:
    """How much likelier this service is wanted or found at this time of the year."""
    months = set_to.SEASONS.get(category)
    return 1.0 if months is None else months[day.month - 1]


def tyre_season(day: date) -> float:
    """How busy the tyre hall is beside the rest of the workshop."""
    return 1 + 0.05 * (likelihood_of(ServiceCategoryCode.TYRE_SERVICE, day) - 1)


def hours_of(day: date, first: date) -> float:
    """The hours there are beside an ordinary day at the beginning; people are hired once a year."""
    growth: float = (1 + set_to.GROWTH_A_YEAR) ** ((day - first).days // round(_YEAR))
    return growth * (_SATURDAY_HOURS if day.weekday() == _SATURDAY else 1.0)


def prices_at(day: date, last: date) -> float:
    """The level of prices on the day, 1 being that of the last day."""
    level: float = (1 + set_to.PRICE_RISE_A_YEAR) ** ((day.year - last.year) + (day.month - last.month) / 12)
    return level


def next_working_day(country: str, day: date) -> date:
    """The next day on which people answer the telephone; on Saturdays they do not."""
    day += timedelta(days=1)
    while day.weekday() >= _SATURDAY or is_holiday(country, day):
        day += timedelta(days=1)
    return day


def days(first: date, last: date) -> Iterator[date]:
    """Each day from the first to before the last."""
    return (first + timedelta(days=number) for number in range((last - first).days))


def is_holiday(country: str, day: date) -> bool:
    """Whether it is a public holiday in the country."""
    return day in _holidays(country)


@lru_cache(maxsize=8)
def _holidays(country: str) -> Container[date]:
    import holidays

    return holidays.country_holidays(country)
