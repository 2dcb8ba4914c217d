"""From a row to events: each rule of the mapping becomes a builder, and every event is checked at once.

A refused event is told in the columns of the file, not in the fields of the catalogue. Which rows
there are and which belong together is not known here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from servicelost.intake.catalogue import IntakeEvent, Terms, parse_event
from servicelost.intake.catalogue.problems import shown
from servicelost.intake.mapping.cells import CannotReadError, Exact, Problem, SourceRow
from servicelost.intake.mapping.computing import InputMachine
from servicelost.intake.mapping.definition import (
    Constant,
    DataEntry,
    EventRule,
    ForEach,
    MappingDefinition,
    ObjectSpec,
    RowsSpec,
    TextSpec,
)
from servicelost.intake.mapping.names import names_in, resolve
from servicelost.intake.mapping.scope import Scope
from servicelost.kernel.errors import FieldProblem, InvalidInput

_INDEX = re.compile(r"\[[0-9]+\]")

Problems = list[Problem]
Builder = Callable[[Scope, Problems], Any]


@dataclass(frozen=True)
class MappedEvent:
    """An event as the source would send it, the same event parsed, and the row it came from.

    `columns` says of each field of the event which column it was taken from.
    """

    raw: dict[str, Any]
    event: IntakeEvent
    row: SourceRow
    rank: int
    columns: Mapping[str, str] = field(default_factory=dict)

    def column_of(self, name: str) -> str:
        """The column of a field that a rule of the domain names, with its path or without; else the name."""
        found = {column for path, column in self.columns.items() if path == name or path.endswith(f".{name}")}
        return found.pop() if len(found) == 1 else name


class RuleMachine:
    """One rule, ready to turn rows into events."""

    def __init__(
        self,
        definition: MappingDefinition,
        rule: EventRule,
        machines: Mapping[str, InputMachine],
        terms: Terms,
    ) -> None:
        machine = machines[rule.input]
        self._definition, self._rule, self._machines, self._terms = definition, rule, machines, terms
        self._when = machine.predicate(rule.when)
        self._id = machine.template(rule.id)
        self._at = machine.getter(rule.at)
        self._actor = machine.text(rule.actor) if rule.actor else None
        self._items = _items(machine, rule.for_each) if rule.for_each else None
        self._fields: dict[str, tuple[str, str]] = {}
        self._data = self._object(rule.data, rule.input, "data")
        self._note_columns()
        self._columns = {path: self._column(*place) for path, place in self._fields.items() if place[1]}

    def build(self, scope: Scope, problems: Problems) -> list[MappedEvent]:
        """The events of the row by this rule; what is wrong with them is added to the problems."""
        events: list[MappedEvent] = []
        try:
            if self._when(scope):
                for item in self._items(scope) if self._items else [scope]:
                    event = self._event(item, problems)
                    if event is not None:
                        events.append(event)
        except CannotReadError as error:
            problems.append(error.problem)
        return events

    def _event(self, scope: Scope, problems: Problems) -> MappedEvent | None:
        already = len(problems)
        raw: dict[str, Any] = {
            "type": self._rule.type,
            "event_id": f"{self._rule.type}:{self._id(scope)}",
            "source": self._definition.source,
            "occurred_at": self._occurred_at(scope),
            "dealership": self._definition.dealership.code,
            "data": self._data(scope, problems),
        }
        if self._actor is not None:
            raw["actor"] = self._actor(scope)
        if len(problems) > already:
            return None
        try:
            event = parse_event(raw, self._terms)
            return MappedEvent(raw, event, scope.row, self._rule.rank, self._columns)
        except InvalidInput as refusal:
            problems += [self._in_columns(problem, scope) for problem in refusal.errors]
            return None

    def _occurred_at(self, scope: Scope) -> str:
        text = self._at(scope)
        if text and type(text) is not Exact:
            text = self._machines[self._rule.input].notation.moment(text, self._rule.at)
        return str(text)

    def _object(self, spec: ObjectSpec, input_name: str, path: str) -> Builder:
        builders = [
            (entry.field.name, self._entry(entry, input_name, f"{path}.{entry.field.name}"))
            for entry in spec.entries
        ]

        def build(scope: Scope, problems: Problems) -> dict[str, Any] | None:
            built: dict[str, Any] = {}
            for name, builder in builders:
                try:
                    value = builder(scope, problems)
                except CannotReadError as error:
                    problems.append(error.problem)
                else:
                    if value is not None:
                        built[name] = value
            return built or None

        return build

    def _entry(self, entry: DataEntry, input_name: str, path: str) -> Builder:
        match entry.spec:
            case Constant():
                constant = entry.spec.value
                return lambda *_: constant
            case ObjectSpec():
                return _with_id(self._object(entry.spec, input_name, path), entry)
            case RowsSpec():
                return self._rows(entry.spec, path)
            case TextSpec():
                self._fields[path] = (input_name, next(iter(names_in(entry.spec)), ""))
                return self._text(entry, entry.spec, input_name)

    def _text(self, entry: DataEntry, spec: TextSpec, input_name: str) -> Builder:
        machine = self._machines[input_name]
        read = machine.text(spec)
        convert = machine.notation.converter(entry.field.kind)
        column = self._column(input_name, next(iter(names_in(spec)), ""))
        separator = spec.split

        def build(scope: Scope, _: Problems) -> Any:
            text = read(scope)
            if text is None or isinstance(text, bool):
                return text
            if not entry.field.many:
                return convert(text, column)
            parts = text.split(separator) if separator else [text]
            return [convert(part.strip(), column) for part in parts if part.strip()] or None

        return build

    def _rows(self, spec: RowsSpec, path: str) -> Builder:
        meets = self._machines[spec.input].predicate(spec.when)
        each = self._object(spec.each, spec.input, path)

        def build(scope: Scope, problems: Problems) -> list[Any] | None:
            return [each(row, problems) for row in scope.children.get(spec.input, ()) if meets(row)] or None

        return build

    def _note_columns(self) -> None:
        for path, names in (("event_id", self._rule.id.names), ("occurred_at", [self._rule.at])):
            self._fields[path] = (self._rule.input, next(iter(names), ""))
        if self._rule.actor:
            self._fields["actor"] = (self._rule.input, next(iter(names_in(self._rule.actor)), ""))

    def _in_columns(self, problem: FieldProblem, scope: Scope) -> Problem:
        """The catalogue's complaint about a field, told of the column the field was taken from."""
        field = _INDEX.sub("", problem.field)
        column = self._columns.get(field, "")
        value = problem.value if problem.value is not None else ""
        if column in scope.values:
            value = shown(scope.values[column])
        reason = f"{problem.message} ({self._rule.type} {problem.field})"
        return Problem(column, value, reason, problem.expected or "")

    def _column(self, input_name: str, name: str) -> str:
        """The column a name comes from in the end, with its input's name if that is another one."""
        for _ in range(len(self._definition.inputs) * 100):
            input_name, name = resolve(self._definition, input_name, name) if name else (input_name, name)
            spec = self._definition.inputs[input_name].values.get(name)
            needed = names_in(spec) if spec is not None else []
            if not needed:
                break
            name = needed[0]
        return name if input_name == self._rule.input else f"{input_name}.{name}"


def _with_id(build: Builder, entry: DataEntry) -> Builder:
    """A customer or a car without its id cannot be recognised again, so it is left out."""
    needed = [field.name for field in entry.field.fields if field.required]

    def build_known(scope: Scope, problems: Problems) -> Any:
        built = build(scope, problems)
        return built if built and all(name in built for name in needed) else None

    return build_known


def _items(machine: InputMachine, for_each: ForEach) -> Callable[[Scope], list[Scope]]:
    """The function from a row to one scope for each of its items."""
    if for_each.stamps:
        stamps = machine.stamps(for_each.stamps)
        return lambda scope: _numbered(scope, [str(stamp) for stamp in stamps(scope)], Exact)
    get, by = machine.getter(for_each.split or ""), for_each.by
    return lambda scope: _numbered(
        scope, [part.strip() for part in get(scope).split(by) if part.strip()], str
    )


def _numbered(scope: Scope, items: list[str], kind: Callable[[str], str]) -> list[Scope]:
    return [
        scope.with_items(item=kind(item), item_n=Exact(position))
        for position, item in enumerate(items, start=1)
    ]
