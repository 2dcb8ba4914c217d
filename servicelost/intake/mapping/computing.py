"""Computing the named values of an input: each kind of value becomes one small function of a row.

The compiled machine of an input also tests conditions; which events come out is in `building`.
"""

from collections.abc import Callable, Sequence
from datetime import time
from decimal import Decimal

from servicelost.intake.catalogue.problems import shown
from servicelost.intake.mapping.cells import CannotReadError, Exact, Problem
from servicelost.intake.mapping.conversion import Notation
from servicelost.intake.mapping.definition import (
    Condition,
    CountSpec,
    DaySpec,
    DistinctSpec,
    ExtremeSpec,
    MappingDefinition,
    MomentSpec,
    NthSpec,
    StampsSpec,
    Test,
    TextSpec,
    ValueSpec,
)
from servicelost.intake.mapping.moments import exact_time, in_utc, stamps_reader
from servicelost.intake.mapping.names import is_time_of_day, resolve
from servicelost.intake.mapping.scope import Getter, Scope
from servicelost.intake.mapping.spool import Tally
from servicelost.intake.mapping.templates import Template, compile_template

Predicate = Callable[[Scope], bool]


class InputMachine:
    """What can be asked of the rows of one input."""

    def __init__(self, definition: MappingDefinition, name: str, tally: Tally | None = None) -> None:
        own = definition.inputs[name]
        self.name = name
        self.notation = Notation(own.formats, definition.dealership.zone, definition.dealership.currency)
        self._definition = definition
        self._stamps = stamps_reader(definition.stamps)
        self._tally = tally or Tally()
        self._values: dict[str, Getter] = {}
        self.numbered = tuple(key for key, spec in own.values.items() if isinstance(spec, NthSpec))
        for key, spec in own.values.items():
            self._values[key] = self._compile(key, spec)

    def compute(self, name: str, scope: Scope) -> str:
        """The computed value of the row; a name that is no value is a column the file does not have."""
        return self._values[name](scope)

    def forget(self) -> None:
        """Start counting repeated rows anew: the next rows are another group."""
        self._tally.forget()

    def getter(self, name: str) -> Getter:
        """The function from a row to the value of a name in it."""
        input_name, own = resolve(self._definition, self.name, name)
        if input_name == self.name:
            return self._own(own)

        def from_related(scope: Scope) -> str:
            other = scope.related.get(input_name)
            return other.get(own) if other is not None else ""

        return from_related

    def _own(self, name: str) -> Getter:
        """A column is simply there; a computed value is computed when it is first asked for."""
        if name not in self._definition.inputs[self.name].values:
            return lambda scope: scope.values[name]

        def computed(scope: Scope) -> str:
            found = scope.values.get(name)
            if found is None:
                found = scope.values[name] = self._values[name](scope)
            return found

        return computed

    def template(self, template: Template) -> Getter:
        """The function that fills a template from a row."""
        return compile_template(template, self.getter)

    def predicate(self, condition: Condition) -> Predicate:
        """The function that says whether a row meets every test of the condition."""
        tests = [self._test(test) for test in condition]
        if len(tests) == 1:
            return tests[0]
        return lambda scope: all(test(scope) for test in tests)

    def text(self, spec: TextSpec) -> Callable[[Scope], str | bool | None]:
        """The function from a row to its text, translated and defaulted; None when there is none."""
        fill = self.template(spec.template)
        if spec.translations is None and spec.default is None and spec.empty in ((), ("",)):
            return lambda scope: fill(scope) or None
        empty = {word.casefold() for word in ("", *spec.empty)}
        column = _column_of(spec.template)

        def read(scope: Scope) -> str | bool | None:
            text = fill(scope)
            if text.casefold() in empty:
                return spec.default
            return text if spec.translations is None else _translate(text, column, spec)

        return read

    def stamps(self, columns: Sequence[str]) -> Callable[[Scope], list[Exact]]:
        """The function from a row to all stamps in some of its columns, the earliest first."""
        getters = [(self.getter(column), column) for column in columns]
        zone = self._definition.dealership.zone

        def read(scope: Scope) -> list[Exact]:
            found: set[Exact] = set()
            for get, column in getters:
                cell = get(scope)
                try:
                    found.update(in_utc(stamp, zone) for stamp in self._stamps(cell))
                except ValueError as error:
                    expected = "stamps as described under [stamps]"
                    raise CannotReadError(Problem(column, shown(cell), str(error), expected)) from None
            return sorted(found)

        return read

    def _compile(self, key: str, spec: ValueSpec) -> Getter:
        match spec:
            case TextSpec():
                text = self.text(spec)
                return lambda scope: _as_text(text(scope))
            case MomentSpec():
                return self._moment(spec)
            case DaySpec():
                day = self.getter(spec.column)
                return lambda scope: self.notation.day(text, spec.column) if (text := day(scope)) else ""
            case StampsSpec():
                stamps, position = self.stamps(spec.columns), 0 if spec.pick == "first" else -1
                return lambda scope: found[position] if (found := stamps(scope)) else ""
            case ExtremeSpec():
                return self._extreme(spec)
            case NthSpec():
                return self._nth(key, spec)
            case DistinctSpec():
                return self._distinct(spec)
            case CountSpec():
                return self._count(spec)

    def _moment(self, spec: MomentSpec) -> Getter:
        if spec.moment is not None:
            column, whole = spec.moment, self.getter(spec.moment)
            return lambda scope: self.notation.moment(text, column) if (text := whole(scope)) else ""
        date_column, time_column = spec.date or "", spec.time or ""
        day = self.getter(date_column)
        at = self._time_of_day(time_column)

        def read(scope: Scope) -> str:
            text = day(scope)
            return self.notation.day_and_time(text, date_column, at(scope)) if text else ""

        return read

    def _time_of_day(self, name: str) -> Callable[[Scope], time]:
        if is_time_of_day(name):
            fixed = exact_time(name if len(name) > 4 else f"0{name}")
            if fixed is not None:
                return lambda _: fixed
        get = self.getter(name)
        return lambda scope: self.notation.time_of_day(get(scope), name)

    def _extreme(self, spec: ExtremeSpec) -> Getter:
        getters = [self.getter(name) for name in spec.names]
        choose = max if spec.latest else min
        return lambda scope: choose((text for get in getters if (text := get(scope))), default="")

    def _nth(self, key: str, spec: NthSpec) -> Getter:
        getters = [self.getter(name) for name in spec.names]

        def read(scope: Scope) -> str:
            return Exact(self._tally.count(hash((key, *[get(scope) for get in getters]))))

        return read

    def _distinct(self, spec: DistinctSpec) -> Getter:
        name, among = self.getter(spec.name), [self.getter(one) for one in spec.among]

        def read(scope: Scope) -> str:
            shared = [get(scope) for get in among]
            return Exact(len({name(row) for row in scope.siblings if [get(row) for get in among] == shared}))

        return read

    def _count(self, spec: CountSpec) -> Getter:
        meets = InputMachine(self._definition, spec.input).predicate(spec.when)
        return lambda scope: Exact(sum(1 for row in scope.children.get(spec.input, ()) if meets(row)))

    def _test(self, test: Test) -> Predicate:
        get, operand = self.getter(test.name), test.operand
        if isinstance(operand, bool):
            return lambda scope: (not get(scope)) is operand
        if isinstance(operand, tuple):
            wanted, listed = frozenset(operand), test.kind == "is"
            return lambda scope: (get(scope) in wanted) is listed
        if isinstance(operand, Decimal):
            return self._number_test(test.name, get, test.kind, operand)
        other = self.getter(operand)
        if test.kind in ("before", "after"):
            return _order_test(get, other, later=test.kind == "after")
        same = test.kind == "same_as"
        return lambda scope: self._alike(get(scope), other(scope)) is same

    def _number_test(self, name: str, get: Getter, kind: str, limit: Decimal) -> Predicate:
        def test(scope: Scope) -> bool:
            text = get(scope)
            if not text:
                return False
            number = self.notation.number(text, name)
            return {"above": number > limit, "below": number < limit, "equals": number == limit}[kind]

        return test

    def _alike(self, one: str, other: str) -> bool:
        if one == other:
            return True
        try:
            return self.notation.number(one, "") == self.notation.number(other, "")
        except CannotReadError:
            return False


def _order_test(get: Getter, other: Getter, *, later: bool) -> Predicate:
    def test(scope: Scope) -> bool:
        one, two = get(scope), other(scope)
        return bool(one and two) and (one > two if later else one < two)

    return test


def _translate(text: str, column: str, spec: TextSpec) -> str | bool | None:
    translations = spec.translations or {}
    found = translations.get(text.casefold())
    if found is not None:
        return found
    if spec.otherwise is not None:
        return spec.otherwise
    if spec.unknown == "keep":
        return text
    if spec.unknown == "leave out":
        return None
    raise CannotReadError(
        Problem(column, shown(text), "is not in the map", "one of " + ", ".join(translations))
    )


def _column_of(template: Template) -> str:
    return next(iter(template.names), "")


def _as_text(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return Exact("true" if value else "false")
    return value or ""
