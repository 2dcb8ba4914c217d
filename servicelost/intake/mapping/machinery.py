"""A mapping made ready for work: the machines of all inputs, the rules, the counters, the look-ups.

One machinery serves one pass over the files, since it counts as it goes. Which rows form a group is
in `grouping`.
"""

from collections.abc import Iterator, Mapping, Sequence

from servicelost.intake.catalogue import Terms
from servicelost.intake.mapping.building import MappedEvent, Problems, RuleMachine
from servicelost.intake.mapping.cells import CannotReadError, RejectedRow, SourceRow
from servicelost.intake.mapping.computing import InputMachine
from servicelost.intake.mapping.counting import Counter
from servicelost.intake.mapping.definition import MappingDefinition
from servicelost.intake.mapping.joining import Lookup
from servicelost.intake.mapping.scope import Scope
from servicelost.intake.mapping.source_files import SourceFile
from servicelost.intake.mapping.spool import Spool, Tally
from servicelost.kernel.money import minor_digits


class Machinery:
    """What a pass over the files needs; `building` is off while a resumed import catches up."""

    def __init__(
        self, definition: MappingDefinition, files: Mapping[str, Sequence[SourceFile]], spool: Spool
    ) -> None:
        self.definition = definition
        self.spool = spool
        self.building = True
        self.machines = {
            # Within a group there are few rows to number, in a whole file there may be any number.
            name: InputMachine(definition, name, Tally(None if one.belongs_to else spool))
            for name, one in definition.inputs.items()
        }
        self.counters = [Counter(one, self.machines[one.input]) for one in definition.counters]
        terms = Terms(minor_digits=minor_digits(definition.dealership.currency))
        self._rules: dict[str, list[RuleMachine]] = {name: [] for name in definition.inputs}
        for rule in definition.events:
            self._rules[rule.input].append(RuleMachine(definition, rule, self.machines, terms))
        self._only = {
            name: self.machines[name].predicate(one.only)
            for name, one in definition.inputs.items()
            if one.only
        }
        self._lookups = {
            one.name: [
                Lookup(spool, link, self.machines[link.input], files[link.input]) for link in one.looks_up
            ]
            for one in definition.inputs.values()
        }

    def load(self) -> Iterator[RejectedRow]:
        """Read what is looked up, which must be done before any row; gives what cannot be read."""
        for lookups in self._lookups.values():
            for lookup in lookups:
                yield from lookup.load()

    def scope(self, row: SourceRow, columns: tuple[str, ...], problems: Problems) -> Scope:
        """The row ready for work, with what it looks up; a failed look-up is added to the problems."""
        scope = Scope(self.machines[row.input], row, columns)
        related: dict[str, Scope] = {}
        for lookup in self._lookups[row.input]:
            try:
                if (found := lookup.find(scope)) is not None:
                    related[lookup.link.input] = found
            except CannotReadError as error:
                problems.append(error.problem)
        scope.related = related
        return scope

    def is_wanted(self, scope: Scope, problems: Problems) -> bool:
        """Whether the mapping wants the row at all."""
        only = self._only.get(scope.row.input)
        try:
            return only is None or only(scope)
        except CannotReadError as error:
            problems.append(error.problem)
            return True

    def number(self, scope: Scope, problems: Problems) -> None:
        """Number the row among its equals, which must be done once for every row and in order."""
        for name in scope.machine.numbered:
            try:
                scope.get(name)
            except CannotReadError as error:
                problems.append(error.problem)

    def count(self, scope: Scope) -> None:
        """Show the row to the counters of its input."""
        for counter in self.counters:
            if counter.input == scope.row.input:
                counter.look_at(scope)

    def build(self, scope: Scope, problems: Problems) -> list[MappedEvent]:
        """The events of the row; none if anything is wrong with it."""
        if problems or not self.building:
            return []
        events = [event for rule in self._rules[scope.row.input] for event in rule.build(scope, problems)]
        return [] if problems else events
