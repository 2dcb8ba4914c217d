"""Fields that every schema uses: texts that can be stored, decimals as strings, ids within bounds."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields
from typing_extensions import override

HIGHEST_ID = 2**63 - 1
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_HIGHEST_MONEY = Decimal("9999999.99")


class Text(fields.String):
    """A text without control characters, cut of blanks at its ends; at most so many characters.

    Databases refuse zero bytes and lone surrogates: here they get a sentence instead of a failure.
    """

    def __init__(self, longest: int = 200, *, lines: bool = False, **options: Any) -> None:
        metadata = {"maxLength": longest, **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)
        self._longest, self._lines = longest, lines

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options).strip()
        if len(text) > self._longest:
            raise ValidationError(f"is {len(text)} characters long, at most {self._longest} are possible")
        if not all(char.isprintable() or (self._lines and char in "\r\n\t") for char in text):
            raise ValidationError("holds characters that cannot be printed")
        return text


class Moment(fields.AwareDateTime):
    """A moment with an offset, in years that any database and calendar can hold."""

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> datetime:
        moment = super()._deserialize(value, attr, data, **options)
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise ValidationError(f"lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
        return moment


class Amount(fields.Field[Decimal]):
    """Money as a decimal string such as "240.00"; never negative, never a float."""

    @override
    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else format(value, "f")

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValidationError('is not an amount: send it as a string such as "240.00"')
        text = str(value).strip()
        digits = text.replace(".", "", 1)
        if not (digits.isascii() and digits.isdigit()) or len(text) > 20:
            raise ValidationError('is not an amount: expected digits such as "240.00"')
        amount = Decimal(text)
        if amount > _HIGHEST_MONEY:
            raise ValidationError(f"is too large: at most {_HIGHEST_MONEY}")
        return amount
