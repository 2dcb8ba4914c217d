"""What may be in the lake, and on which day things happened."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import String, Text

from servicelost.analytics.lake import columns
from servicelost.analytics.lake.days import local_days, months
from servicelost.analytics.lake.fact import Fact
from servicelost.analytics.lake.facts import FACTS
from servicelost.analytics.lake.storage import Folder, LakeError
from servicelost.kernel.db import Json

_PERSONAL = {
    "name",
    "note",
    "description",
    "complaint",
    "correction",
    "cause_text",
    "document",
    "evidence",
    "phone_key",
    "need_key",
    "source_id",
    "recorded_by",
    "actor",
    "authorized_by",
    "acknowledged_by",
    "vin",
    "plate",
}


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_facts_hold_keys_and_codes_but_no_words_of_people(fact: Fact) -> None:
    for column in fact.query.selected_columns:
        assert column.name not in _PERSONAL
        assert not isinstance(column.type, Text)
        if isinstance(column.type, Json):
            assert column.name == "contributing"
        elif isinstance(column.type, String):
            assert column.type.length is not None
            assert column.type.length <= 40


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_every_fact_has_an_id_a_dealership_a_day_and_a_month(fact: Fact) -> None:
    names = columns.schema(fact.name).names
    assert names[:2] == ["id", "dealership_id"]
    assert {"business_day", "month"} <= set(names)
    assert set(fact.measures) <= set(names)
    assert not (fact.append_only and fact.parents)


_MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))
_ZONES = st.sampled_from(
    ["America/Los_Angeles", "Pacific/Auckland", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin"]
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.none() | _MOMENTS, _ZONES), min_size=1, max_size=30))
def test_days_are_those_of_the_calendar_on_the_wall(cases: list[tuple[datetime | None, str]]) -> None:
    zones = {place: ZoneInfo(zone) for place, (_, zone) in enumerate(cases)}
    moments = columns.ARROW[columns.Kind.MOMENT]
    found = local_days(_column([moment for moment, _ in cases], moments), _column(list(zones)), zones)
    expected = [
        None if moment is None else moment.astimezone(ZoneInfo(zone)).date() for moment, zone in cases
    ]
    assert found.to_pylist() == expected
    assert months(found).to_pylist() == [day and day.replace(day=1) for day in expected]


def test_an_unknown_dealership_lives_by_utc() -> None:
    moment = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    found = local_days(_column([moment, moment + timedelta(minutes=1)]), _column([5, 5]), {})
    assert [day.day for day in found.to_pylist()] == [1, 2]


def test_the_lake_is_a_folder_by_path_or_file_url(tmp_path: object) -> None:
    assert Folder("file:///srv/the%20lake").root == Folder("/srv/the lake").root
    with pytest.raises(LakeError, match="folder"):
        Folder("s3://bucket/lake")


def test_asking_how_the_lake_is_loads_no_engine() -> None:
    program = """
import sys
import servicelost.analytics.engine, servicelost.analytics.lake.condition, servicelost.analytics.lake.models
print(sorted({"duckdb", "ibis", "numpy", "pandas", "pyarrow"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _column(values: list[object], kind: object = None) -> object:
    import pyarrow as pa

    return pa.array(values, kind)
