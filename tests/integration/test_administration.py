"""Settings per dealership and the audit log, on a real database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from servicelost.administration import settings as known
from servicelost.administration.audit import audit_of, record_audit
from servicelost.administration.models import AuditEntry, DealershipSetting
from servicelost.administration.preferences import change_setting, find_setting, list_settings, read_setting
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.db import Base, open_engine
from servicelost.kernel.errors import Forbidden, InvalidInput, StaleRow
from servicelost.kernel.events import EventBus
from servicelost.kernel.ids import IdPool
from servicelost.kernel.uow import UnitOfWork

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MANAGER = Actor("mia", frozenset({Role.SERVICE_MANAGER}), frozenset({1}))
ADVISOR = Actor("ana", frozenset({Role.SERVICE_ADVISOR}), frozenset({1}))
MakeUnit = Callable[..., UnitOfWork]


@pytest.fixture
def unit(database_url: str) -> Iterator[MakeUnit]:
    engine = open_engine(database_url)
    Base.metadata.create_all(engine)
    pool = IdPool(engine) if engine.dialect.name == "postgresql" else None
    yield lambda actor=SYSTEM: UnitOfWork(engine, pool, EventBus(), FrozenClock(NOW), actor)
    engine.dispose()


def test_a_setting_has_its_default_until_a_manager_changes_it(unit: MakeUnit) -> None:
    with unit() as book:
        assert read_setting(book, 1, known.REBOOK_WINDOW) == 5
        assert read_setting(book, 1, known.AVERAGE_RO) is None
    with unit(MANAGER) as book:
        change_setting(book, 1, "rebook_window_days", "7")
        change_setting(book, 1, "average_ro", "465.50")
    with unit() as book:
        assert read_setting(book, 1, known.REBOOK_WINDOW) == 7
        assert read_setting(book, 1, known.AVERAGE_RO) == Decimal("465.50")
        assert read_setting(book, 2, known.REBOOK_WINDOW) == 5


def test_changes_are_audited_with_before_and_after_and_repeats_are_not(unit: MakeUnit) -> None:
    for value in ("7", " 7 ", "7.0", None, None):
        with unit(MANAGER) as book:
            change_setting(book, 1, "rebook_window_days", value)
    with unit() as book:
        row_id = book.connection.scalar(select(DealershipSetting.id))
        assert row_id is not None
        entries = audit_of(book, "dealership_setting", row_id)
    assert [(entry.before, entry.after) for entry in entries] == [
        ({"rebook_window_days": None}, {"rebook_window_days": "7"}),
        ({"rebook_window_days": "7"}, {"rebook_window_days": None}),
    ]
    assert {(entry.actor, entry.recorded_at, entry.dealership_id) for entry in entries} == {("mia", NOW, 1)}


def test_two_people_cannot_overwrite_each_other_unseen(unit: MakeUnit) -> None:
    with unit(MANAGER) as book:
        change_setting(book, 1, "min_denominator", "8", version=0)
    with pytest.raises(StaleRow), unit(MANAGER) as book:
        change_setting(book, 1, "min_denominator", "9", version=0)
    with unit(MANAGER) as book:
        change_setting(book, 1, "min_denominator", "9", version=1)
    with unit() as book:
        state = {state.setting.key: state for state in list_settings(book, 1)}["min_denominator"]
        assert (state.value, state.changed, state.version) == (9, True, 2)


@pytest.mark.parametrize(
    ("actor", "dealership"),
    [(ADVISOR, 1), (MANAGER, 2), (Actor("bob", frozenset({Role.GROUP_MANAGER}), frozenset()), 1)],
)
def test_only_a_manager_of_the_dealership_may_change(unit: MakeUnit, actor: Actor, dealership: int) -> None:
    with pytest.raises(Forbidden), unit(actor) as book:
        change_setting(book, dealership, "rebook_window_days", "7")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("rebook_window_days", "61"),
        ("rebook_window_days", "-1"),
        ("rebook_window_days", "2.5"),
        ("rebook_window_days", "five"),
        ("booking_conversion", "1.01"),
        ("booking_conversion", "NaN"),
        ("average_ro", "Infinity"),
        ("episode_days", ""),
    ],
)
def test_impossible_values_are_refused_with_what_was_expected(unit: MakeUnit, key: str, text: str) -> None:
    with pytest.raises(InvalidInput, match="from") as refused, unit(MANAGER) as book:
        change_setting(book, 1, key, text)
    assert refused.value.errors[0].field == key


def test_an_unknown_setting_is_refused_with_the_nearest_named(unit: MakeUnit) -> None:
    with pytest.raises(InvalidInput, match="rebook_window_days"), unit(MANAGER) as book:
        change_setting(book, 1, "rebook_window_day", "7")


@pytest.mark.parametrize("key", known.SETTINGS)
def test_every_default_passes_its_own_check(key: str) -> None:
    setting = find_setting(key)
    assert setting.help.endswith(".")
    assert setting.default is None or setting.read(str(setting.default)) == setting.default


def test_the_audit_log_cannot_be_changed(unit: MakeUnit) -> None:
    with unit() as book:
        record_audit(book, "SIGNED", "thing", 5, after={"a": 1})
    with pytest.raises(TypeError, match="append-only"), unit() as book:
        audit_of(book, "thing", 5)[0].actor = "nobody"
    with unit() as book:
        assert book.connection.scalars(select(AuditEntry.actor)).all() == ["system"]
