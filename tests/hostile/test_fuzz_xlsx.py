"""Workbooks torn, mixed up and made up to do harm: refused with a reason, or read row by row."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.children import read_files
from tests.hostile.exports import BOOKINGS, write_mapping
from tests.hostile.fuzzing import mutants, profile, read_all
from tests.hostile.workbooks import GOOD, HEADER, pack, parts, row, sheet, write

MAPPING = BOOKINGS.encode()
HEAD = row(1, *HEADER)
PLAIN = parts(sheet(HEAD + row(2, *GOOD)))
PACKED = pack(PLAIN)
ENTITIES = "<!DOCTYPE worksheet [" + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10)
) + "]>"  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("xlsx")


def events(path: Path) -> list[str] | None:
    groups = read_all(MAPPING, [path])
    return None if groups is None else [event.event.event_id for group in groups for event in group.events]


def test_the_workbook_that_is_torn_below_is_whole(folder: Path) -> None:
    assert events(write(folder, sheet(HEAD + row(2, *GOOD)))) == ["appointment.booked:B1/1"]


@profile(150)
@given(content=mutants(PACKED))
def test_torn_archives(folder: Path, content: bytes) -> None:
    path = folder / "bookings.xlsx"
    path.write_bytes(content)
    events(path)


@profile(200)
@given(name=st.sampled_from(sorted(PLAIN)), data=st.data())
def test_torn_parts(folder: Path, name: str, data: st.DataObject) -> None:
    path = folder / "bookings.xlsx"
    path.write_bytes(pack({**PLAIN, name: data.draw(mutants(PLAIN[name]))}))
    events(path)


CELLS = st.builds(
    lambda kind, style, where, value: f'<c{kind}{style}{where}><v>{value}</v></c>',
    st.sampled_from(["", ' t="n"', ' t="s"', ' t="b"', ' t="e"', ' t="str"', ' t="d"',
                     ' t="x"', ' t="inlineStr"']),
    st.sampled_from(["", ' s="1"', ' s="0"', ' s="99"', ' s="-1"', ' s="x"']),
    st.sampled_from(["", ' r="A2"', ' r="XFD2"', ' r="ZZZZ9"', ' r="A0"', ' r="2A"', ' r="A99999999999"']),
    st.sampled_from(
        ["", "0", "-1", "1", "2958466", "1e10", "-1e10", "1e308", "1E999", "nan", "INF", "9" * 5000, "1.5",
         "2026-03-09", "2026-03-09T08:15:00Z", "9999-99-99", "x",
         "#REF!", "#N/A", "=1+1", "_xD800_", "&#10;", "&#x1F600;"]
    ),
)  # fmt: skip


@profile(250)
@given(rows=st.lists(st.lists(CELLS, max_size=8), max_size=3))
def test_cells_of_every_kind(folder: Path, rows: list[list[str]]) -> None:
    made = "".join(row(number, *cells) for number, cells in enumerate(rows, start=2))
    events(write(folder, sheet(HEAD + made + row(9, *GOOD))))


@pytest.mark.parametrize(
    ("name", "rows", "found"),
    [
        ("a text that is not shared", row(2, '<c t="s"><v>7</v></c>', *GOOD[1:]), None),
        ("a row far away", row(2, *GOOD) + row(1_048_576, "B2", *GOOD[1:]), ["B1", "B2"]),
        ("a row beyond the last", row(99_999_999_999, *GOOD), None),
        ("rows without numbers", row(2, *GOOD).replace(' r="2"', ""), ["B1"]),
        ("a formula's value", row(2, "<c t='str'><f>A1</f><v>B1</v></c>", *GOOD[1:]), ["B1"]),
        ("an error for a number", row(2, '<c t="e"><v>#REF!</v></c>', *GOOD[1:]), ["#REF!"]),
        ("a date out of range", row(2, *GOOD[:2], '<c s="1"><v>1e10</v></c>', *GOOD[3:]), []),
    ],
)
def test_strange_sheets(folder: Path, name: str, rows: str, found: list[str] | None) -> None:
    told = events(write(folder, sheet(HEAD + rows)))
    assert told == (None if found is None else [f"appointment.booked:{one}/1" for one in found])


def test_claims_about_the_size_are_not_believed(folder: Path) -> None:
    claim = '<dimension ref="A1:XFD1048576"/>'
    assert events(write(folder, sheet(HEAD + row(2, *GOOD), before=claim))) == ["appointment.booked:B1/1"]


@pytest.mark.parametrize("prolog", [ENTITIES, '<!DOCTYPE w [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'])
def test_entities_are_refused(folder: Path, prolog: str) -> None:
    assert events(write(folder, sheet(HEAD + row(2, "&a9;", *GOOD[1:]), prolog=prolog))) is None
    assert events(write(folder, sheet(HEAD), texts="&a9;")) is None


def bomb(path: Path) -> None:
    write(path.parent, sheet(HEAD + " " * 400_000_000))


def many_cells(path: Path) -> None:
    write(path.parent, sheet(HEAD + "<row>" + "<c/>" * 490_000 + "</row>"))


def much_before(path: Path) -> None:
    write(path.parent, sheet(HEAD, before="<a/>" * 490_000))


def many_texts(path: Path) -> None:
    write(path.parent, sheet(HEAD), texts="".join(f"<si><t>{n}</t></si>" for n in range(150_000)))


def many_rows(path: Path) -> None:
    rows = (
        row(n, f"B{n}", *GOOD[1:]).replace("<row", '<row ht="15" customHeight="1"') for n in range(2, 15_000)
    )
    write(path.parent, sheet(HEAD + "".join(rows)))


@pytest.mark.slow
@pytest.mark.parametrize("make", [bomb, many_cells, much_before, many_texts, many_rows])
def test_memory_and_time_are_bounded(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "bookings.xlsx"
    make(path)
    mapping = write_mapping(tmp_path, BOOKINGS)
    ended = read_files(tmp_path, mapping, path)
    assert "Traceback" not in ended.err
    assert ended.peak < 400_000_000
    assert ended.processor < 60
