"""Which names a mapping uses, whether they can be reached, and which columns its files must have.

A name is a computed value or a column of the row at hand, or `input.name` of the row it belongs to or
looks up. Works on the definition alone; whether a file has the columns is seen when it is opened.
"""

from collections.abc import Iterable, Iterator

from servicelost.intake.catalogue.problems import did_you_mean
from servicelost.intake.mapping.definition import (
    BelongsTo,
    Condition,
    Constant,
    CountSpec,
    DataEntry,
    DaySpec,
    DistinctSpec,
    EventRule,
    ExtremeSpec,
    InputDefinition,
    LooksUp,
    MappingDefinition,
    MomentSpec,
    NthSpec,
    ObjectSpec,
    RowsSpec,
    StampsSpec,
    TextSpec,
    ValueSpec,
)
from servicelost.intake.mapping.tables import Document, Path

ITEM_NAMES = frozenset({"item", "item_n"})
Place = tuple[str, str]


def resolve(definition: MappingDefinition, input_name: str, name: str) -> Place:
    """The input and the column or value that a name means in rows of the input."""
    prefix, dot, rest = name.partition(".")
    if (
        name not in definition.inputs[input_name].values
        and dot
        and prefix in reachable(definition, input_name)
    ):
        return prefix, rest
    return input_name, name


def reachable(definition: MappingDefinition, input_name: str) -> set[str]:
    """The other inputs whose row is known beside a row of this input."""
    own = definition.inputs[input_name]
    found = {lookup.input for lookup in own.looks_up}
    if own.belongs_to:
        parent = definition.inputs[own.belongs_to.input]
        found |= {parent.name, *(lookup.input for lookup in parent.looks_up)}
    return found


def check_names(definition: MappingDefinition, document: Document) -> dict[str, frozenset[str]]:
    """The columns each input needs; refuses names that cannot be reached and values that need themselves."""
    _check_links(definition, document)
    places: list[tuple[Place, Path]] = []
    edges: dict[Place, list[Place]] = {}
    for path, owner, input_name, name in _uses(definition, document):
        place = resolve(definition, input_name, name)
        places.append((place, path))
        if owner is not None:
            edges.setdefault(owner, []).append(place)
    _refuse_circles(edges, document)
    columns: dict[str, set[str]] = {name: set() for name in definition.inputs}
    for (input_name, name), _ in places:
        if name not in definition.inputs[input_name].values:
            columns[input_name].add(name)
    return {name: frozenset(found) for name, found in columns.items()}


def names_in(spec: ValueSpec | Constant) -> list[str]:
    """The names a value needs from its own row; those of counted rows are not among them."""
    match spec:
        case TextSpec():
            return spec.template.names
        case MomentSpec():
            time = spec.time if spec.time is not None and not is_time_of_day(spec.time) else None
            return [name for name in (spec.date, time, spec.moment) if name is not None]
        case DaySpec():
            return [spec.column]
        case StampsSpec():
            return list(spec.columns)
        case ExtremeSpec() | NthSpec():
            return list(spec.names)
        case DistinctSpec():
            return [spec.name, *spec.among]
        case CountSpec() | Constant():
            return []


def is_time_of_day(text: str) -> bool:
    """Whether it is a time such as 08:00 and not the name of a column."""
    hours, colon, minutes = text.partition(":")
    return bool(colon) and hours.isdigit() and minutes.isdigit()


def _links(one: InputDefinition) -> list[BelongsTo | LooksUp]:
    return [*([one.belongs_to] if one.belongs_to else []), *one.looks_up]


_Use = tuple[Path, Place | None, str, str]


def _uses(definition: MappingDefinition, document: Document) -> Iterator[_Use]:
    """Every use of a name: where it stands, the value it serves if any, the input it is said of."""
    for one in definition.inputs.values():
        yield from _uses_of_input(definition, one, document)
    for rule in definition.events:
        path: Path = (f"events[{rule.rank + 1}]",)
        _known_input(definition, rule.input, path, document)
        items = ITEM_NAMES if rule.for_each else frozenset()
        for input_name, name in _names_of_rule(rule):
            if name not in items:
                yield path, None, input_name, name
    for position, counter in enumerate(definition.counters, start=1):
        path = (f"counts[{position}]",)
        _known_input(definition, counter.input, path, document)
        for name in (*_tested(counter.when), *([counter.sum] if counter.sum else [])):
            yield path, None, counter.input, name


def _uses_of_input(definition: MappingDefinition, one: InputDefinition, document: Document) -> Iterator[_Use]:
    path: Path = ("inputs", one.name)
    for name in _tested(one.only):
        yield (*path, "only"), None, one.name, name
    for link in _links(one):
        for own, other in link.key.items():
            yield path, None, one.name, own
            yield path, None, link.input, other
        for name in _tested(link.prefer):
            yield path, None, link.input, name
    for key, spec in one.values.items():
        value_path = (*path, "values", key)
        for name in names_in(spec):
            yield value_path, (one.name, key), one.name, name
        if isinstance(spec, CountSpec):
            _known_child(definition, one.name, spec.input, value_path, document)
            for name in _tested(spec.when):
                yield value_path, (one.name, key), spec.input, name
        if isinstance(spec, DistinctSpec) and one.belongs_to is None:
            document.refuse(
                value_path, "counts within the rows of one group", expected="an input with belongs_to"
            )


def _names_of_rule(rule: EventRule) -> Iterator[tuple[str, str]]:
    own = [*rule.id.names, rule.at, *_tested(rule.when)]
    if rule.actor:
        own += rule.actor.template.names
    if rule.for_each:
        own += [*rule.for_each.stamps, *([rule.for_each.split] if rule.for_each.split else [])]
    yield from ((rule.input, name) for name in own)
    yield from _names_of_entries(rule.data.entries, rule.input)


def _names_of_entries(entries: Iterable[DataEntry], input_name: str) -> Iterator[tuple[str, str]]:
    for entry in entries:
        match entry.spec:
            case ObjectSpec():
                yield from _names_of_entries(entry.spec.entries, input_name)
            case RowsSpec():
                yield from ((entry.spec.input, name) for name in _tested(entry.spec.when))
                yield from _names_of_entries(entry.spec.each.entries, entry.spec.input)
            case _:
                yield from ((input_name, name) for name in names_in(entry.spec))


def _tested(condition: Condition) -> list[str]:
    compared = ("same_as", "differs_from", "before", "after")
    return [test.name for test in condition] + [
        str(test.operand) for test in condition if test.kind in compared
    ]


def _check_links(definition: MappingDefinition, document: Document) -> None:
    for one in definition.inputs.values():
        path: Path = ("inputs", one.name)
        for link in _links(one):
            _known_input(definition, link.input, path, document)
            if link.input == one.name:
                document.refuse(path, "is linked to itself")
            if computed := link.key.keys() & one.values.keys():
                document.refuse(path, f"is linked by {min(computed)}, which is computed", expected="a column")
        if one.belongs_to and definition.inputs[one.belongs_to.input].belongs_to:
            document.refuse((*path, "belongs_to"), "belongs to an input that itself belongs to another one")
    for rule in definition.events:
        for entry in rule.data.entries:
            if isinstance(entry.spec, RowsSpec):
                path = (f"events[{rule.rank + 1}]", "data", entry.field.name)
                _known_input(definition, rule.input, path, document)
                _known_child(definition, rule.input, entry.spec.input, path, document)


def _known_input(definition: MappingDefinition, name: str, path: Path, document: Document) -> None:
    if name not in definition.inputs:
        expected = did_you_mean(name, definition.inputs, "one of " + ", ".join(definition.inputs))
        document.refuse(path, f"names the unknown input {name}", name, expected)


def _known_child(
    definition: MappingDefinition, parent: str, name: str, path: Path, document: Document
) -> None:
    children = [child.name for child in definition.children_of(parent)]
    if name not in children:
        expected = "one of " + ", ".join(children) if children else "an input with belongs_to"
        document.refuse(path, f"counts rows of {name}, which do not belong to {parent}", name, expected)


def _refuse_circles(edges: dict[Place, list[Place]], document: Document) -> None:
    finished: set[Place] = set()

    def visit(place: Place, above: tuple[Place, ...]) -> None:
        if place in above:
            document.refuse(("inputs", place[0], "values", place[1]), "needs itself to be computed")
        if place not in finished:
            for needed in edges.get(place, ()):
                visit(needed, (*above, place))
            finished.add(place)

    for place in edges:
        visit(place, ())
