"""What managers change in the directory: words of causes, competitors, operations, employees; all audited."""

from collections.abc import Iterator

import pytest

from servicelost.administration.audit import audit_of
from servicelost.directory.causes import change_cause, define_cause, label_in
from servicelost.directory.competitors import (
    add_competitor,
    change_competitor,
    ensure_competitor,
    join_competitor,
)
from servicelost.directory.employees import change_employee, upsert_employee
from servicelost.directory.models import Competitor, DealershipCause, Employee, LaborOperation
from servicelost.directory.services import ensure_operation, map_operation
from servicelost.kernel.actor import Actor, Role
from servicelost.kernel.errors import Conflict, Forbidden, InvalidInput
from servicelost.taxonomy.categories import ServiceCategoryCode
from servicelost.taxonomy.causes import Cause
from tests.office import DAY, NOW, Office


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    made = Office(database_url)
    yield made
    made.engine.dispose()


def test_a_cause_has_words_in_many_languages(office: Office) -> None:
    with office.work() as book:
        snow = define_cause(book, office.north, "SNOW", "Snow", Cause.NO_TIME).id
    for _ in range(2):
        with office.work(office.manager()) as book:
            labels = {"nl": " Sneeuw ", "fr": "", "ru": "Снег"}
            row = book.get(DealershipCause, snow)
            change_cause(book, row, label="Snow", labels=labels, active=False)
    with office.work() as book:
        row = book.get(DealershipCause, snow)
        assert [label_in(row, code) for code in ("nl", "fr", "ru", "en")] == [
            "Sneeuw",
            "Snow",
            "Снег",
            "Snow",
        ]
        assert (row.parent, row.active) == ("NO_TIME", False)
        [_, entry] = audit_of(book, "dealership_cause", snow)
        assert entry.before == {"label": "Snow", "labels": None, "active": True}
    with pytest.raises(InvalidInput, match="label"), office.work(office.manager()) as book:
        change_cause(book, book.get(DealershipCause, snow), label=" ", labels={}, active=True)
    with pytest.raises(Forbidden), office.work(office.advisor()) as book:
        change_cause(book, book.get(DealershipCause, snow), label="Ice", labels={}, active=True)


def test_a_renamed_competitor_is_found_by_all_its_names(office: Office) -> None:
    with office.work(office.manager()) as book:
        first = add_competitor(book, office.north, "ATU").id
    with office.work(office.manager()) as book:
        change_competitor(book, book.get(Competitor, first), name="A.T.U. Ltd", active=True)
        change_competitor(book, book.get(Competitor, first), name="Atu", active=True)
    with office.work() as book:
        found = [ensure_competitor(book, office.north, name).id for name in ("atu", "A.T.U.  LTD", "ATU")]
        assert found == [first] * 3
        assert book.get(Competitor, first).name == "Atu"
        assert len(audit_of(book, "competitor", first)) == 3
        other = ensure_competitor(book, office.north, "Speedy").id
    with office.work(office.manager()) as book, pytest.raises(Conflict, match="already"):
        change_competitor(book, book.get(Competitor, other), name="a.t.u. ltd", active=True)
    with office.work(office.manager()) as book, pytest.raises(Conflict, match="already"):
        add_competitor(book, office.north, "atu")
    with office.work(office.advisor()) as book, pytest.raises(Forbidden):
        add_competitor(book, office.north, "Another")


def test_competitors_are_joined_and_separated_but_never_in_a_circle(office: Office) -> None:
    with office.work(office.manager()) as book:
        a, b, c = (add_competitor(book, office.north, name) for name in ("A", "B", "C"))
        join_competitor(book, b, a)
        join_competitor(book, c, b)
        assert ensure_competitor(book, office.north, "c") is a
        with pytest.raises(Conflict, match="cannot be made one"):
            join_competitor(book, a, c)
        join_competitor(book, c, None)
        assert ensure_competitor(book, office.north, "c") is c
        ids = (a.id, b.id, c.id)
    with office.work() as book:
        foreign = ensure_competitor(book, office.south, "A")
        with pytest.raises(Conflict, match="cannot be made one"):
            join_competitor(book, book.get(Competitor, ids[2]), foreign)
        assert book.get(Competitor, ids[1]).same_as_id == ids[0]


def test_an_operation_is_mapped_by_a_manager(office: Office) -> None:
    with office.work() as book:
        row_id = ensure_operation(book, office.north, "BR01").id
    for _ in range(2):
        with office.work(office.manager()) as book:
            map_operation(book, book.get(LaborOperation, row_id), ServiceCategoryCode.BRAKE_PADS)
    with office.work() as book:
        [entry] = audit_of(book, "labor_operation", row_id)
        assert (entry.before, entry.after) == ({"standard": None}, {"standard": "BRAKE_PADS"})
    with pytest.raises(Forbidden), office.work(office.advisor()) as book:
        map_operation(book, book.get(LaborOperation, row_id), None)


def test_what_a_manager_says_of_an_employee_outlives_older_news(office: Office) -> None:
    with office.work() as book:
        data = {"id": "E1", "name": "Ana", "roles": [Role.SERVICE_ADVISOR]}
        row_id = upsert_employee(book, office.north, "dms", data, NOW - 2 * DAY).id  # type: ignore[arg-type]
    with office.work(office.manager()) as book:
        change_employee(book, book.get(Employee, row_id), roles=[Role.TECHNICIAN], active=False)
    with office.work() as book:
        upsert_employee(book, office.north, "dms", data | {"active": True}, NOW - DAY)  # type: ignore[arg-type]
        row = book.get(Employee, row_id)
        assert (row.roles, row.active) == (["TECHNICIAN"], False)
        upsert_employee(book, office.north, "dms", data | {"active": True}, NOW + DAY)  # type: ignore[arg-type]
        assert (row.roles, row.active) == (["SERVICE_ADVISOR"], True)
        assert len(audit_of(book, "employee", row_id)) == 1


def test_a_service_manager_does_not_make_group_managers(office: Office) -> None:
    with office.work() as book:
        row_id = upsert_employee(book, office.north, "dms", {"id": "E1"}, NOW).id
    with pytest.raises(Forbidden), office.work(office.manager()) as book:
        change_employee(book, book.get(Employee, row_id), roles=[Role.GROUP_MANAGER], active=True)
    group = Actor("gus", frozenset({Role.GROUP_MANAGER}), None)
    with office.work(group) as book:
        change_employee(book, book.get(Employee, row_id), roles=[Role.GROUP_MANAGER], active=True)
    with pytest.raises(Forbidden), office.work(office.manager()) as book:
        change_employee(book, book.get(Employee, row_id), roles=[], active=True)
