"""Source files as they come: encodings, delimiters, broken quotes, workbooks, bombs."""

import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from servicelost.intake.mapping import MappedSource, RejectedRow, SourceRow
from servicelost.intake.mapping.csv_files import LONGEST_LINE
from servicelost.intake.mapping.source_files import SourceFile
from servicelost.kernel.errors import InvalidInput
from tests.unit.mapping_case import ORDERS, Case, raws

ROWS = "No,Date,Km\nÄ1,09/03/2026,100\n"


def opened(case: Case, options: str = "") -> SourceFile:
    source: MappedSource = case.source(ORDERS.replace('files = "*orders*"', f'files = "*orders*"\n{options}'))
    return source.files[0]


def cells(file: SourceFile) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in file.read() if isinstance(row, SourceRow)]


def troubles(file: SourceFile) -> list[tuple[int, str]]:
    return [(bad.row.number, bad.problems[0].reason) for bad in file.read() if isinstance(bad, RejectedRow)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", ROWS.replace(",", delimiter), encoding)
    assert cells(opened(case)) == [(2, ("Ä1", "09/03/2026", "100"))]


def test_the_delimiter_is_the_one_that_gives_the_columns_of_the_mapping(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", "No;Date;Km;a,b,c,d,e,f\n1;09/03/2026;5;x\n")
    assert cells(opened(case)) == [(2, ("1", "09/03/2026", "5", "x"))]


def test_a_named_encoding_is_used(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", ROWS.replace("Ä", "Ж"), "cp1251")
    assert cells(opened(case, 'encoding = "cp1251"'))[0][1][0] == "Ж1"
    with pytest.raises(InvalidInput, match="'cp9999', which is not known"):
        opened(case, 'encoding = "cp9999"')


def test_bytes_that_are_no_characters_reject_their_row_only(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", b"No,Date,Km\nA\x81,09/03/2026,1\nB\xc4,09/03/2026,2\n")
    file = opened(case)
    assert troubles(file) == [(2, "contains bytes that are no characters in cp1252")]
    assert cells(file) == [(3, ("BÄ", "09/03/2026", "2"))]


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", 'Export of today\n\nNo,Date,Km\nA,09/03/2026,"1\n2"\n\nB,09/03/2026,3\n')
    assert cells(opened(case, "header_row = 3")) == [
        (4, ("A", "09/03/2026", "1\n2")),
        (6, ("B", "09/03/2026", "3")),
    ]


def test_too_many_and_too_few_fields(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", "No,Date,Km\nA,09/03/2026\nB,09/03/2026,1,,\nC,09/03/2026,1,2\n,,\nD,x,\n")
    file = opened(case)
    assert troubles(file) == [
        (2, "has 2 fields where the header has 3"),
        (4, "has 4 fields where the header has 3"),
    ]
    assert [number for number, _ in cells(file)] == [3, 6]


@pytest.mark.parametrize("bad", ['A,09/03/2026,"open', 'A,09/03/2026,"17" rim"'])
def test_a_stray_quote_spoils_one_line(tmp_path: Path, bad: str) -> None:
    case = Case(tmp_path)
    rest = "".join(f"B{number},09/03/2026,{number}\n" for number in range(2000))
    case.file("orders.csv", f"No,Date,Km\n{bad}\n{rest}")
    file = opened(case)
    assert [number for number, _ in troubles(file)] == [2]
    assert len(cells(file)) == 2000


def test_an_endless_line_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", b"No,Date,Km\n" + b"x" * 30_000_000 + b"\nA,09/03/2026,1\n")
    file = opened(case)
    tracemalloc.start()
    assert troubles(file) == [(2, f"is longer than {LONGEST_LINE} characters")]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
    assert cells(file) == [(3, ("A", "09/03/2026", "1"))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_below_a_header_can_be_read(tmp_path: Path, body: bytes) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", b"No,Date,Km\n" + body)
    try:
        file = opened(case)
    except InvalidInput:
        return
    numbers = [row.number if isinstance(row, SourceRow) else row.row.number for row in file.read()]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"No,Date\n"])
def test_files_without_the_header_are_refused(tmp_path: Path, content: bytes) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", content)
    with pytest.raises(InvalidInput, match=r"orders\.csv"):
        opened(case)


def workbook(path: Path, *rows: tuple[object, ...], sheet: str = "Data") -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = sheet
    for row in rows:
        first.append(list(row))
    book.save(path)


def test_workbooks_keep_dates_and_numbers_whatever_the_formats_say(tmp_path: Path) -> None:
    case = Case(tmp_path)
    path = case.file("orders.xlsx", b"")
    workbook(path, ("No", "Date", "Km"), (17, datetime(2026, 3, 9), 48210.0), ("A2", "10/03/2026", "7"))
    groups, _ = case.read(ORDERS)
    assert [(raw["event_id"], raw["occurred_at"], raw["data"]["odometer"]) for raw in raws(groups)] == [
        ("visit.opened:17", "2026-03-09T08:00:00+00:00", 48210),
        ("visit.opened:A2", "2026-03-10T08:00:00+00:00", 7),
    ]
    assert case.source(ORDERS).files[0].form == "XLSX, sheet Data"


def test_cells_of_every_type_become_texts(tmp_path: Path) -> None:
    case = Case(tmp_path)
    path = case.file("orders.xlsx", b"")
    values = (0.1 + 0.2, True, date(2026, 3, 9), datetime(2026, 3, 9, 8, 30), time(8, 30), None, "=1+1")
    workbook(path, ("No", "Date", "Km", "a", "b", "c", "d", "e", "f", "g"), ("A", "x", 1e20, *values))
    [(_, texts)] = cells(opened(case))
    assert texts[2:5] == ("100000000000000000000", "0.3", "true")
    assert texts[5:] == ("2026-03-09", "2026-03-09T08:30:00", "08:30:00", "", "")


def test_sheets_are_chosen_by_name(tmp_path: Path) -> None:
    case = Case(tmp_path)
    workbook(case.file("orders.xlsx", b""), ("No", "Date", "Km"), sheet="Orders")
    assert cells(opened(case, 'sheet = "Orders"')) == []
    with pytest.raises(InvalidInput, match="no sheet 'Order'; did you mean Orders"):
        opened(case, 'sheet = "Order"')


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    case = Case(tmp_path)
    path = case.file("orders.xlsx", b"")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    with pytest.raises(InvalidInput, match=r"would unpack from .* to 100000000 bytes"):
        opened(case)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 old workbook"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    case = Case(tmp_path)
    case.file("orders.xlsx", content)
    with pytest.raises(InvalidInput, match="is not an XLSX workbook"):
        opened(case)


def test_a_zip_that_holds_no_workbook_is_refused(tmp_path: Path) -> None:
    case = Case(tmp_path)
    with zipfile.ZipFile(case.file("orders.xlsx", b""), "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InvalidInput, match="is not a readable XLSX workbook"):
        opened(case)


def test_half_a_utf16_character_rejects_its_row_only(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", ROWS.encode("utf-16") + b"x")
    file = opened(case)
    assert len(cells(file)) == 1
    assert troubles(file) == [(3, "contains bytes that are no characters in utf-16")]


@pytest.mark.parametrize("encoding", ["base64", "rot13", "no such thing"])
def test_encodings_that_are_none(tmp_path: Path, encoding: str) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", ROWS)
    with pytest.raises(InvalidInput, match="is not known"):
        opened(case, f'encoding = "{encoding}"')


@pytest.mark.parametrize(
    "options", ['delimiter = ""', 'delimiter = "||"', "delimiter = '\"'", "header_row = 0"]
)
def test_options_that_are_none(tmp_path: Path, options: str) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", ROWS)
    with pytest.raises(InvalidInput, match=r"test\.toml line"):
        opened(case, options)


@pytest.mark.parametrize("damage", [b"<sheetData>", b"</c>", b"<row"])
def test_a_damaged_workbook_is_refused(tmp_path: Path, damage: bytes) -> None:
    case = Case(tmp_path)
    whole, path = tmp_path / "whole.xlsx", case.file("orders.xlsx", b"")
    workbook(whole, ("No", "Date", "Km"), ("A", "09/03/2026", 5))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            is_sheet = entry.filename.startswith("xl/worksheets")
            target.writestr(entry, content.replace(damage, b"<x", 1) if is_sheet else content)
    with pytest.raises(InvalidInput, match="is not a readable XLSX workbook"):
        cells(opened(case))
