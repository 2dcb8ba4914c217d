"""A dealership with a long past, written straight into PostgreSQL: for measuring pages on much data.

Set statements make the rows, since the intake would take minutes for so many events; cards of the board are
placed as the migration places those of an old database. Nothing here is a rule of the trade.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, text

from servicelost.directory.dealerships import upsert_dealership
from servicelost.directory.models import Customer, Employee, ServiceCategory, Vehicle
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.kernel.db import Base
from servicelost.kernel.ids import reserve
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Opportunity, Presentation
from servicelost.runtime import Runtime
from servicelost.standalone.accounts import create_account
from servicelost.standalone.passwords import make_password
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import RepairOrder, Visit

NEEDS_A_VISIT = 3
ADVISORS = 20
SERVICES = 20
_PAST_DAYS, _BOARD_DAYS = 1460, 60
_BOARD = import_module("servicelost.migrations.versions.20261125_0006_board")
_SEARCH = import_module("servicelost.migrations.versions.20261125_0009_search")
# Of a hundred visits with open work, so many stand at each stage.
_STAGES = "PLANNING " * 22 + "RECEPTION " * 5 + "WORK " * 16 + "QUALITY_CONTROL " * 5 + "DELIVERY " * 5


@dataclass(frozen=True)
class Crowd:
    """How much there is, and who may look at it."""

    dealership_id: int
    open_cards: int
    ledger_rows: int
    customers: int
    manager: tuple[str, str]
    advisor: tuple[str, str]

    @property
    def visit_in_work(self) -> int:
        """A visit with open lines."""
        return self.ledger_rows // NEEDS_A_VISIT - 40


def write_crowd(runtime: Runtime, *, open_cards: int, ledger_rows: int, customers: int) -> Crowd:
    """Fill an empty database; the newest opportunities are the open ones."""
    with runtime.unit(SYSTEM) as book:
        place = upsert_dealership(book, {"code": "CROWD", "name": "Crowd Motors", "timezone": "Europe/Berlin",
                                         "currency": "EUR", "country": "DE", "locale": "de-DE"})  # fmt: skip
    fill = _Fill(place.id, ledger_rows, open_cards, customers)
    with runtime.engine.begin() as connection:
        reserve(connection, ledger_rows + 1)
        fill.everything(connection)
        _BOARD.place_cards(connection, datetime.now(UTC))
        _SEARCH.build_keys(connection)
    with runtime.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM ANALYZE"))
    return Crowd(
        place.id, open_cards, ledger_rows, customers,
        _account(runtime, "manager", Role.SERVICE_MANAGER, place.id, None),
        _account(runtime, "advisor", Role.SERVICE_ADVISOR, place.id, 1),
    )  # fmt: skip


def _account(runtime: Runtime, name: str, role: Role, place: int, employee_id: int | None) -> tuple[str, str]:
    password = make_password()
    with runtime.unit(SYSTEM) as book:
        create_account(book, name, password, [role], dealership_ids=[place], employee_id=employee_id)
    return name, password


class _Fill:
    """The rows, table by table; `n` is a row's number."""

    def __init__(self, place: int, needs: int, open_needs: int, customers: int) -> None:
        self._place, self._needs, self._customers = place, needs, customers
        self._ended = needs - open_needs
        self._since = (
            f"CASE WHEN {{n}} <= {self._ended} THEN ({self._ended} - {{n}})::float8 / {self._ended} * "
            f"{_PAST_DAYS - _BOARD_DAYS} + {_BOARD_DAYS} ELSE ({needs} - {{n}})::float8 / {open_needs} * "
            f"{_BOARD_DAYS} END"
        )

    def everything(self, connection: Connection) -> None:
        """All tables."""
        self._people(connection)
        self._visits(connection)
        self._opportunities(connection)
        self._ledger(connection)

    def _people(self, connection: Connection) -> None:
        own = {"dealership_id": self._place, "source": "'bench'"}
        _insert(connection, Employee, ADVISORS, **own, source_id="'E' || n", name="'Advisor Number' || n",
                roles="""'["SERVICE_ADVISOR"]'""")  # fmt: skip
        _insert(connection, ServiceCategory, SERVICES, dealership_id=self._place, key="'service ' || n",
                name="'Service ' || n")  # fmt: skip
        _insert(connection, Customer, self._customers, **own, source_id="'C' || n",
                name=_name("n"), phone_e164="'+4930' || (10000000 + n)",
                phone="'030 ' || (10000000 + n)")  # fmt: skip
        _insert(connection, Vehicle, self._customers, **own, source_id="'V' || n", customer_id="n",
                make="'Kestrel'", model="'Wing ' || n % 40", plate="'B-KX ' || n",
                vin="'WVWZZZ1JZX' || lpad(n::text, 7, '0')")  # fmt: skip

    def _visits(self, connection: Connection) -> None:
        at = self._moment(f"least(n * {NEEDS_A_VISIT}, {self._needs})")
        ended = f"n * {NEEDS_A_VISIT} <= {self._ended}"
        stages = f"(string_to_array('{_STAGES.strip()}', ' '))[n % 100 + 1]"
        state = f"CASE WHEN {ended} THEN 'CLOSED' ELSE coalesce({stages}, 'CLOSED') END"
        _insert(
            connection, Visit, -(-self._needs // NEEDS_A_VISIT), dealership_id=self._place, source="'bench'",
            source_id="'RO-' || n", state=state, stage="'WORK'", customer_id=self._customer("n"),
            vehicle_id=self._customer("n"),
            advisor_id=f"CASE WHEN n % 20 = 0 THEN NULL ELSE n % {ADVISORS} + 1 END", opened_at=at,
            planned_at=at, promised_at=f"{at} + interval '8 hours'",
            closed_at=f"CASE WHEN {ended} THEN {at} END",
        )  # fmt: skip
        _insert(
            connection, RepairOrder, -(-self._needs // NEEDS_A_VISIT), dealership_id=self._place,
            source="'bench'", source_id="'RO-' || n", visit_id="n", opened_at=at,
        )  # fmt: skip
        _insert(
            connection, Line, self._needs, dealership_id=self._place, visit_id=_visit("n"), source="'bench'",
            source_id="'L-' || n", state=f"CASE WHEN n <= {self._ended} THEN 'DECLINED' ELSE 'QUOTED' END",
            origin="'RECOMMENDED'", category_id=f"n % {SERVICES} + 1",
            description=f"'Work number ' || n % {SERVICES}", severity=_severity("n"),
            amount_minor=_amount("n"), priced_as="'QUOTED'", created_at=self._moment("n"),
            presented_at=self._moment("n"),
        )  # fmt: skip

    def _opportunities(self, connection: Connection) -> None:
        ended, at = f"n <= {self._ended}", self._moment("n")
        state = f"CASE WHEN n > {self._ended} THEN 'OPEN' WHEN n % 3 = 0 THEN 'WON' ELSE 'LOST' END"
        _insert(
            connection, Opportunity, self._needs, dealership_id=self._place, need_key="'need ' || n",
            live=f"CASE WHEN {ended} AND (n % 3 = 0 OR n % 10 > 0) THEN NULL ELSE 1 END", state=state,
            source="CASE WHEN n % 4 = 0 THEN 'BOOKING' ELSE 'MPI_FINDING' END", visit_id=_visit("n"),
            line_id="n", customer_id=self._customer(_visit("n")), vehicle_id=self._customer(_visit("n")),
            category_id=f"n % {SERVICES} + 1", advisor_id="NULL", severity=_severity("n"),
            amount_minor=_amount("n"), opened_at=at, presentations="1",
            last_decision_at=f"CASE WHEN {ended} THEN {at} END",
            won_at=f"CASE WHEN {ended} AND n % 3 = 0 THEN {at} + interval '1 day' END",
        )  # fmt: skip
        _insert(connection, Presentation, self._needs, dealership_id=self._place, opportunity_id="n",
                line_id="n", visit_id=_visit("n"), presented_at=at)  # fmt: skip

    def _ledger(self, connection: Connection) -> None:
        of = f"((n - 1) % {self._ended} + 1)"
        at, again = self._moment(of), f"n > {self._ended}"
        _insert(
            connection, LedgerEntry, self._needs, dealership_id=self._place, opportunity_id=of,
            kind=f"CASE WHEN {again} THEN 'REVERSAL' ELSE 'LOSS' END",
            loss_id=f"CASE WHEN {again} THEN {of} END", visit_id=_visit(of), line_id=of,
            customer_id=self._customer(_visit(of)), vehicle_id=self._customer(_visit(of)),
            category_id=f"{of} % {SERVICES} + 1", stage="'WORK'", origin_stage="'WORK'",
            event="'QUOTE_DECLINED'", cause="'PRICE_TOO_HIGH'", cause_basis="'STATED'",
            amount_minor=_amount(of), currency="'EUR'", grade="'A'", occurred_at=at,
            business_day=f"({at})::date", decided_at=at, recorded_at=at, recorded_by="'bench'",
        )  # fmt: skip

    def _moment(self, n: str) -> str:
        return f"now() - make_interval(secs => 86400 * ({self._since.format(n=n)}))"

    def _customer(self, n: str) -> str:
        return f"({n}) % {self._customers} + 1"


def _name(n: str) -> str:
    """60 first names and 2,000 family names, so that a name is as common as names are."""
    parts = (
        ("Anna Bert Carla Dirk Ella Finn Greta Hugo Ida Jan", n),
        ("bert lena marie olf rike tje", f"{n} / 7"),
    )
    family = (
        ("Jan Mül Berg Hol Wei Stein Lind Koh Fal Bra", n),
        ("sen ler mann der gen hoff", f"{n} / 10"),
        ("t beck dal feld stad wald kamp au rode hain", f"{n} / 60"),
        ("s en e r n", f"{n} / 600"),
    )
    return f"{_chosen(parts)} || ' ' || {_chosen(family)}"


def _chosen(parts: Sequence[tuple[str, str]]) -> str:
    chosen = (f"(string_to_array('{words}', ' '))[({n}) % {len(words.split())} + 1]" for words, n in parts)
    return " || ".join(chosen)


def _visit(n: str) -> str:
    return f"(({n} - 1) / {NEEDS_A_VISIT} + 1)"


def _amount(n: str) -> str:
    return f"(1900 + ({n}) * 37 % 80000)"


def _severity(n: str) -> str:
    return f"(ARRAY['RED', 'YELLOW', 'GREEN'])[({n}) % 3 + 1]"


def _insert(connection: Connection, table: type[Base], rows: int, /, **values: Any) -> None:
    """So many rows, numbered from 1, with these SQL expressions and the model's own defaults."""
    values = {"id": "n"} | values
    for column in table.__table__.columns:
        default = getattr(column.default, "arg", None)
        if column.key not in values and default is not None:
            values[column.key] = repr(default) if not isinstance(default, bool) else str(default).lower()
    names, said = (
        ", ".join(f'"{name}"' for name in values),
        ", ".join(str(value) for value in values.values()),
    )
    numbers = f"generate_series(1, {rows}) AS n"
    statement = f"INSERT INTO {table.__tablename__} ({names}) SELECT {said} FROM {numbers}"  # noqa: S608 - our own names
    connection.execute(text(statement))
