"""The document a report gives: numbers with definitions, tables, a bridge; stored as JSON.

Money is written as decimal text, shares as fractions, days as ISO text. Codes and ids stay as they
are: their words are added when the document is shown, so that no name is ever stored in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from servicelost.analytics.reasons import NO_BASIS
from servicelost.analytics.spec import Kind, Measure, ReportSpec, Section
from servicelost.kernel.money import minor_digits

FORMAT = 1
_DECIMALS = {Kind.PERCENT: 6, Kind.HOURS: 2, Kind.QUANTITY: 3}
Drill = Mapping[str, Any]


@dataclass(frozen=True)
class Rate:
    """A share or ratio with its denominator `n` in cases and its interval, as far as it has one."""

    value: float | None
    n: int
    interval: tuple[float, float] | None = None


@dataclass
class Draft:
    """A report in one currency while it is being put together; amounts come in minor units."""

    spec: ReportSpec
    currency: str
    measures: list[dict[str, Any]] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    bridge: list[dict[str, Any]] = field(default_factory=list)

    def add_measure(
        self, measure: Measure, value: Any, *, drill: Drill | None = None, reason: str | None = None
    ) -> None:
        """A headline number; `reason` says why it is not available, and then there is no value."""
        self.measures.append(self._number(measure, None if reason else value, drill, reason))

    def add_step(self, step: Measure, minor: int, n: int, *, total: bool, drill: Drill | None) -> None:
        """A step of the bridge with the number of lines or losses in it."""
        number = self._number(step, minor, drill, None)
        self.bridge.append(number | {"n": n, "total": total})

    def add_section(
        self,
        section: Section,
        rows: Iterable[Mapping[str, Any]],
        notes: Sequence[str] = (),
        *,
        drill: Drill,
    ) -> None:
        """A table; each row has its dimensions and its measures by key.

        `drill` is what the ways behind the rows share; a row with a `drill` of its own keeps that.
        """
        described = self._described(section, drill, notes)
        self.sections.append(described | {"rows": list(self._rows(section, rows))})

    def add_columns(self, section: Section, columns: Mapping[str, Sequence[Any]], *, drill: Drill) -> None:
        """A table of very many rows, a list of values for each dimension and measure: counts and money."""
        written = {item.key: list(columns[item.key]) for item in section.dimensions}
        for item in section.measures:
            values = columns[item.key]
            if item.kind is Kind.MONEY:
                written[item.key] = money_texts(values, self.currency)
            else:
                written[item.key] = list(values)
        self.sections.append(self._described(section, drill, ()) | {"values": written})

    def _described(self, section: Section, drill: Drill, notes: Sequence[str]) -> dict[str, Any]:
        columns: list[dict[str, Any]] = [
            {"key": item.key, "label": item.label, "kind": Kind.TEXT, "vocabulary": item.vocabulary}
            for item in section.dimensions
        ]
        columns += [
            {
                "key": item.key,
                "label": item.label,
                "kind": item.kind,
                "definition": item.definition,
                "leads": item.leads,
            }
            for item in section.measures
        ]
        return {
            "id": section.id, "title": section.title, "currency": self.currency, "columns": columns,
            "drill": dict(drill), "notes": [*section.notes, *notes],
        }  # fmt: skip

    def _rows(self, section: Section, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        dimensions = [item.key for item in section.dimensions]
        measures = [(item.key, item.kind) for item in section.measures]
        for row in rows:
            written: dict[str, Any] = {key: row[key] for key in dimensions}
            rates: list[tuple[str, Kind, Rate]] = []
            for key, kind in measures:
                value = row.get(key)
                if isinstance(value, Rate):
                    rates.append((key, kind, value))
                written[key] = value if kind is Kind.COUNT else self._value(kind, value)
            if rates:
                written["n"] = {key: rate.n for key, _, rate in rates}
                written["intervals"] = {
                    key: self._interval(kind, rate) for key, kind, rate in rates if rate.interval
                }
            if "drill" in row:
                written["drill"] = row["drill"]
            yield written

    def _number(
        self, measure: Measure, value: Any, drill: Drill | None, reason: str | None
    ) -> dict[str, Any]:
        rate = value if isinstance(value, Rate) else None
        written = self._value(measure.kind, value)
        return {
            "key": measure.key,
            "label": measure.label,
            "kind": measure.kind,
            "definition": measure.definition,
            "currency": self.currency,
            "value": written,
            "n": rate.n if rate else None,
            "interval": self._interval(measure.kind, rate) if rate else None,
            "available": written is not None,
            "reason": reason or (None if written is not None else NO_BASIS),
            "drill": None if drill is None else dict(drill),
        }

    def _interval(self, kind: Kind, rate: Rate) -> list[Any] | None:
        return None if rate.interval is None else [self._value(kind, bound) for bound in rate.interval]

    def _value(self, kind: Kind, value: Any) -> Any:
        if isinstance(value, Rate):
            value = value.value
        if value is None or kind is Kind.COUNT or kind is Kind.TEXT:
            return value
        if kind is Kind.MONEY:
            return money_text(value, self.currency)
        return round(float(value), _DECIMALS[kind])


def money_text(minor: float, currency: str) -> str:
    """An amount in minor units as decimal text with the currency's own number of decimals."""
    whole = minor if isinstance(minor, int) else int(Decimal(minor).to_integral_value(ROUND_HALF_UP))
    digits = minor_digits(currency)
    if not digits:
        return str(whole)
    text = f"{abs(whole):0{digits + 1}d}"
    return f"{'-' if whole < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def money_texts(minors: Sequence[int], currency: str) -> list[str]:
    """Very many amounts as `money_text` writes each, several times faster."""
    digits = minor_digits(currency)
    least = 10**digits
    return [
        f"{(text := str(minor))[:-digits]}.{text[-digits:]}"
        if digits and minor >= least
        else money_text(minor, currency)
        for minor in minors
    ]


def finished(
    spec: ReportSpec, drafts: Sequence[Draft], params: Mapping[str, Any], as_of: str
) -> dict[str, Any]:
    """The whole document; amounts in several currencies stand side by side and are never added."""
    currencies = [draft.currency for draft in drafts]
    return {
        "report": spec.name, "version": FORMAT, "title": spec.title, "question": spec.question,
        "params": dict(params), "as_of": as_of,
        "currency": currencies[0] if len(currencies) == 1 else None, "currencies": currencies,
        "measures": [number for draft in drafts for number in draft.measures],
        "sections": [section for draft in drafts for section in draft.sections],
        "bridge": [step for draft in drafts for step in draft.bridge],
    }  # fmt: skip
