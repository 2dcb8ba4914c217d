"""From a cell's text to the raw value of a catalogue field, by the notation of its input.

What the catalogue accepts as a value is decided there; here only the writing is translated.
"""

from collections.abc import Callable
from datetime import time, tzinfo
from decimal import Decimal

from servicelost.intake.catalogue.fields import Kind
from servicelost.intake.mapping.cells import CannotReadError, Exact, Problem
from servicelost.intake.mapping.definition import Formats
from servicelost.intake.mapping.moments import day_text, exact_moment, exact_time, format_parser, in_utc
from servicelost.intake.mapping.numbers import number_reader, plain

RawValue = str | int | bool
Converter = Callable[[str, str], RawValue]

_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})


class Notation:
    """The readers of one input's numbers, dates and times; each refuses with the column's name."""

    def __init__(self, formats: Formats, zone: tzinfo, currency: str) -> None:
        self._formats = formats
        self._zone = zone
        self._number = number_reader(formats.decimal, formats.thousands, currency)
        self._date = format_parser(formats.date)
        self._time = format_parser(formats.time)
        self._moment = format_parser(formats.moment)
        self._number_expected = f"a number such as 1{formats.thousands}234{formats.decimal}50"

    def converter(self, kind: Kind) -> Converter:
        """The function from (text, column) to the raw value of a field of this kind."""
        special: dict[Kind, Converter] = {
            Kind.MONEY: lambda text, column: plain(self.number(text, column)),
            Kind.DECIMAL: lambda text, column: plain(self.number(text, column)),
            Kind.INTEGER: self.integer,
            Kind.BOOLEAN: _boolean,
            Kind.DATE: lambda text, column: str(self.day(text, column)),
            Kind.DATETIME: lambda text, column: str(self.moment(text, column)),
        }
        return special.get(kind, lambda text, _: str(text))

    def number(self, text: str, column: str) -> Decimal:
        """The number in the cell."""
        number = self._number(text)
        if number is None:
            raise CannotReadError(Problem(column, text, "is not a number", self._number_expected))
        return number

    def integer(self, text: str, column: str) -> int:
        """The whole number in the cell."""
        number = self.number(text, column)
        if number != number.to_integral_value():
            raise CannotReadError(Problem(column, text, "is not a whole number", "a whole number"))
        return int(number)

    def day(self, text: str, column: str) -> Exact:
        """The date in the cell as YYYY-MM-DD."""
        found = exact_moment(text) if type(text) is Exact else self._date(text)
        if found is None:
            raise CannotReadError(Problem(column, text, "is not a date", self._written(self._formats.date)))
        return day_text((found.astimezone(self._zone) if found.tzinfo else found).date())

    def moment(self, text: str, column: str) -> Exact:
        """The date and time in the cell as UTC."""
        found = exact_moment(text) if type(text) is Exact else self._moment(text)
        if found is None:
            expected = self._written(self._formats.moment)
            raise CannotReadError(Problem(column, text, "is not a date and time", expected))
        return in_utc(found, self._zone)

    def day_and_time(self, day: str, day_column: str, at: time) -> Exact:
        """The date in the cell at this time of day, as UTC."""
        found = exact_moment(self.day(day, day_column))
        if found is None:
            raise CannotReadError(
                Problem(day_column, day, "is not a date", self._written(self._formats.date))
            )
        return in_utc(found.replace(hour=at.hour, minute=at.minute, second=at.second), self._zone)

    def time_of_day(self, text: str, column: str) -> time:
        """The time of day in the cell."""
        read = self._time(text) if type(text) is not Exact else None
        found = read.time() if read else exact_time(text)
        if found is None:
            raise CannotReadError(Problem(column, text, "is not a time", self._written(self._formats.time)))
        return found

    @staticmethod
    def _written(formats: tuple[str, ...]) -> str:
        return "written as " + " or ".join(formats)


def _boolean(text: str, column: str) -> bool:
    folded = text.casefold()
    if folded in _TRUE or folded in _FALSE:
        return folded in _TRUE
    raise CannotReadError(Problem(column, text, "is neither yes nor no", "yes, no, true, false, 1 or 0"))
