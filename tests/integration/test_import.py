"""Importing export files: every row is accounted for, mended rows come in, and nothing comes in twice."""

import csv
import multiprocessing
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from servicelost.intake.importing import ImportSummary
from servicelost.kernel.errors import InvalidInput
from servicelost.opportunities.pipeline.decisions import SOLD_STATES
from servicelost.workflow.models.lines import Line
from tests.desk import Desk, desk
from tests.integration.import_case import (
    LINES,
    ORDERS,
    import_all,
    import_and_hang,
    told,
    write_csv,
    write_export,
    write_mapping,
)
from tests.integration.intake_stories import counts
from tests.ledger_check import check_ledger

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "us_dealer_repair_orders"


@pytest.fixture
def at_desk(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as made:
        yield made


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    return write_mapping(tmp_path)


def tally(summary: ImportSummary) -> dict[str, int]:
    assert sum(summary.rows.values()) == summary.read
    return {name: number for name, number in summary.rows.items() if number}


def mixed_export(folder: Path) -> list[Path]:
    """Good rows, and one of each kind of bad ones."""
    orders = [
        ("O1", "02/03/2026", "V1", "C1", 1000, ""), ("O2", "31/02/2026", "V2", "C2", 1000, ""),
        ("O3", "03/03/2026", "V3", "C3", 1000, "yes"), ("O4", "04/03/2026", "V4", "C4", -5, ""),
    ]  # fmt: skip
    lines = [
        ("O1", 1, "Brakes", "100.00", "no", "NO_TIME"), ("O1", 2, "Tyres", "1,5,0", "no", "NO_TIME"),
        ("O1", 3, "Wipers", "20.00", "no", "NO_SHOW"), ("O1", 4, "Battery", "90.00", "", ""),
        ("O9", 1, "Brakes", "10.00", "", ""), ("O1", 5, "Oil", "30.00", "no", "NO_SUCH_CAUSE"),
    ]  # fmt: skip
    return [write_csv(folder / "orders.csv", ORDERS, orders), write_csv(folder / "lines.csv", LINES, lines)]


def rejected(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def mend(path: Path, mended: dict[str, dict[str, str]], key: str) -> None:
    """Put right the cells of the rows with these keys, as a person would in a spreadsheet."""
    rows = rejected(path)
    for row in rows:
        row.update(mended.get(row[key], {}))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_every_row_is_accounted_for_and_a_mended_one_comes_in(
    at_desk: Desk, mapping: Path, tmp_path: Path
) -> None:
    sources = mixed_export(tmp_path)
    summary = import_all(at_desk, mapping, sources, tmp_path / "first")
    assert summary.read == 10
    assert tally(summary)["accepted"] == 3
    assert tally(summary)["left out"] == 1
    bad = {path.name: rejected(path) for path in summary.rejects}
    assert sum(len(rows) for rows in bad.values()) == tally(summary)["rejected"] == 6
    assert len(summary.first_problems) == 6
    for row in (row for rows in bad.values() for row in rows):
        assert row["!row"]
        assert row["!reason"]
    reasons = {row["Line"]: row["!reason"] for row in bad["lines.rejects.csv"] if row["Order"] == "O1"}
    assert "NO_SHOW" in reasons["3"]
    assert "Cause: is not a known code" in reasons["5"]
    assert at_desk.balance() == at_desk.outstanding() == 10000

    paths = {path.name: path for path in summary.rejects}
    mend(paths["orders.rejects.csv"], {"O2": {"Date": "28/02/2026"}, "O4": {"Km": "5"}}, "No")
    lines = {"2": {"Amount": "150.00"}, "3": {"Cause": "NO_TIME"}, "5": {"Cause": "DIY"}}
    mend(paths["lines.rejects.csv"], lines, "Line")
    again = import_all(at_desk, mapping, [sources[0], *paths.values()], tmp_path / "second")
    assert sum(len(rejected(path)) for path in again.rejects) == tally(again)["rejected"]
    assert at_desk.balance() == at_desk.outstanding() == 10000 + 15000 + 2000 + 3000


def test_a_second_run_changes_nothing(at_desk: Desk, mapping: Path, tmp_path: Path) -> None:
    sources = mixed_export(tmp_path)
    first = import_all(at_desk, mapping, sources, tmp_path / "first")
    before = told(at_desk.engine)
    again = import_all(at_desk, mapping, sources, tmp_path / "second")
    assert told(at_desk.engine) == before
    assert "accepted" not in tally(again)
    assert tally(again)["unchanged"] == tally(first)["accepted"]
    assert tally(again)["rejected"] == tally(first)["rejected"]


def test_a_dry_run_stores_nothing_and_still_finds_what_is_wrong(
    at_desk: Desk, mapping: Path, tmp_path: Path
) -> None:
    before = counts(at_desk.engine)
    summary = import_all(at_desk, mapping, mixed_export(tmp_path), tmp_path / "dry", dry_run=True)
    assert counts(at_desk.engine) == before
    assert summary.dry_run
    assert summary.read == 10
    assert tally(summary)["rejected"] >= 4
    assert summary.rejects


def test_progress_is_told_up_to_the_last_row(at_desk: Desk, mapping: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    sources = write_export(tmp_path, 120)
    import_all(at_desk, mapping, sources, tmp_path, progress=lambda done, total: steps.append((done, total)))
    assert len(steps) > 1
    assert steps == sorted(steps)
    assert steps[-1] == (480, 480)


def test_an_unusable_mapping_is_refused_before_anything_is_stored(at_desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("mapping = 1\n")
    before = counts(at_desk.engine)
    with pytest.raises(InvalidInput):
        import_all(at_desk, broken, mixed_export(tmp_path), tmp_path)
    assert counts(at_desk.engine) == before


def test_an_import_that_was_killed_and_is_run_again_ends_like_an_undisturbed_one(
    at_desk: Desk, mapping: Path, tmp_path: Path
) -> None:
    sources = write_export(tmp_path, 250)
    with desk(f"sqlite:///{tmp_path / 'undisturbed.db'}") as undisturbed:
        import_all(undisturbed, mapping, sources, tmp_path / "undisturbed")
        expected = told(undisturbed.engine)
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    url = at_desk.engine.url.render_as_string(hide_password=False)
    process = spawning.Process(
        target=import_and_hang, args=(url, mapping, sources, tmp_path / "killed", theirs)
    )
    process.start()
    assert ours.poll(60), "the import never got half-way"
    process.kill()
    process.join(30)
    half = counts(at_desk.engine)
    assert 0 < half["servicelost_line"] < 750
    summary = import_all(at_desk, mapping, sources, tmp_path / "again")
    assert tally(summary)["accepted"] > 0
    assert tally(summary)["unchanged"] > 0
    assert told(at_desk.engine) == expected
    check_ledger(at_desk.entries(), at_desk.opportunities())


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.skipif(not DATA.is_dir(), reason="the real export is not beside the project")
def test_the_real_export_of_a_dealer(sqlite_url: str, tmp_path: Path) -> None:
    mapping = ROOT / "examples" / "mappings" / "us_dealer.toml"
    sources = [shutil.copy(DATA / name, tmp_path) for name in ("repair_orders.csv", "recommended_lines.csv")]
    with desk(sqlite_url) as made:
        started = time.process_time()
        summary = import_all(made, mapping, [Path(path) for path in sources], tmp_path / "rejects")
        assert time.process_time() - started < 60
        assert tally(summary) == {"accepted": 13889}
        assert summary.rejects == []
        sold, unsold = worth(made, sold=True), worth(made, sold=False)
        assert (sold, unsold) == ((1175, 24319791), (6613, 147160741))
        check_ledger(made.entries(), made.opportunities())
        assert [entry.kind for entry in made.entries()].count("RECOVERY") == 18
        before = counts(made.engine)
        again = import_all(made, mapping, [Path(path) for path in sources], tmp_path / "rejects")
        assert tally(again) == {"unchanged": 13889}
        assert counts(made.engine) == before


def worth(made: Desk, *, sold: bool) -> tuple[int, int]:
    """How many recommended lines were sold, or not, and what they cost in minor units."""
    is_sold = Line.state.in_(sorted(SOLD_STATES))
    query = select(func.count(), func.sum(Line.amount_minor)).where(
        Line.origin == "RECOMMENDED", is_sold if sold else ~is_sold
    )
    with made.engine.connect() as connection:
        number, amount = connection.execute(query).one()
    return number, amount
