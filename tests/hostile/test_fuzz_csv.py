"""CSV files torn, mixed up and made up: every row is read or rejected with a reason, in bounded memory."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.children import read_files
from tests.hostile.exports import BOOKINGS, ORDERS, write_bookings, write_mapping, write_orders
from tests.hostile.fuzzing import mutants, profile, read_all

HEADER = "Booking,Created,Day,Hour,Customer,Phone,Reason"
GOOD = "B1,09/03/2026 08:15,09/04/2026,08:30,C1,+34 600 1,brakes"
MAPPING = BOOKINGS.encode()
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "utf-7")
NASTY = st.sampled_from(
    ['"', '""', "'", "\0", "\x1a", "\r", "\n", "\r\n", "\n\r", ",", ";", "\t", "|", "\ufeff", "\u2028",
     "=1+1", "\x85", "NaN", "1e999999", "-" * 50, "9" * 5000, "09/03/0001 08:15", "31/12/9999 23:59",
     "é", "𝔘", "\x0b"]
)  # fmt: skip
CELLS = st.one_of(NASTY, st.text(max_size=12), st.sampled_from(GOOD.split(",")))


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A table with a torn header, ragged rows and stray signs, in some encoding."""
    rows = draw(st.lists(st.lists(CELLS, max_size=9), max_size=6))
    header = draw(
        st.sampled_from([HEADER, HEADER + "," + HEADER, HEADER.lower(), "\n" + HEADER, HEADER + ",,,"])
    )
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    between = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    lines = [
        header.replace(",", separator),
        *(separator.join(row) for row in rows),
        GOOD.replace(",", separator),
    ]
    encoding = draw(st.sampled_from(ENCODINGS))
    return between.join(lines).encode(encoding, "surrogatepass" if encoding.startswith("utf-") else "replace")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv")


@profile(200)
@given(content=tables())
def test_tables_of_every_kind(folder: Path, content: bytes) -> None:
    read(folder, content)


@profile(200)
@given(content=mutants(f"{HEADER}\n{GOOD}\n{GOOD}\n".encode()))
def test_torn_tables(folder: Path, content: bytes) -> None:
    read(folder, content)


@profile(60)
@given(contents=st.tuples(*(mutants(text.encode()) for text in (
    "No,Date,Car\nO1,02/03/2026,V1\nO2,02/03/2026,V2\n",
    "Order,Line,Service,Amount\nO1,1,Oil,10.00\nO2,1,Oil,10.00\nO2,2,Tyres,99.00\n",
    "Id,Plate\nV1,1234\nV2,5678\n",
))))  # fmt: skip
def test_torn_joins(folder: Path, contents: Sequence[bytes]) -> None:
    paths = [folder / name for name in ("orders.csv", "lines.csv", "cars.csv")]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    read_all(ORDERS.encode(), paths)


def test_a_bad_row_between_good_ones_takes_none_with_it(folder: Path) -> None:
    for bad in ("x", '"', '"a""', "a\0b,,,,,,", ",,,,,,,,,,,,", '"' + "x" * 300_000, "x" * 10_000_000):
        groups = read(folder, f"{HEADER}\n{GOOD}\n{bad}\n{GOOD.replace('B1', 'B2')}\n".encode())
        assert groups is not None
        assert [event.raw["data"]["appointment_id"] for group in groups for event in group.events] == [
            "B1",
            "B2",
        ]


def read(folder: Path, content: bytes):  # type: ignore[no-untyped-def]
    path = folder / "bookings.csv"
    path.write_bytes(content)
    return read_all(MAPPING, [path])


def no_line_end(path: Path) -> None:
    with path.open("w") as stream:
        stream.write(HEADER + "\n")
        for _ in range(120):
            stream.write("x" * 1_000_000)


def one_open_quote(path: Path) -> None:
    write_bookings(path.parent, 1)
    path.write_text(path.read_text().replace("B000000001,", '"B000000001,', 1))


def only_delimiters(path: Path) -> None:
    path.write_text(HEADER + "\n" + ("," * 190_000 + "\n") * 100)


def only_line_ends(path: Path) -> None:
    path.write_bytes(HEADER.encode() + b"\n" * 3_000_000)


def only_nothing(path: Path) -> None:
    path.write_bytes(bytes(50_000_000))


def wide_rows(path: Path) -> None:
    path.write_text(HEADER + "\n" + ('"' + "𝔘" * 150_000 + '",,,,,,\n') * 100)


@pytest.mark.slow
@pytest.mark.parametrize(
    "write", [no_line_end, one_open_quote, only_delimiters, only_line_ends, only_nothing, wide_rows]
)
def test_memory_and_time_are_bounded(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bookings.csv"
    write(path)
    mapping = write_mapping(tmp_path, BOOKINGS)
    ended = read_files(tmp_path, mapping, path)
    assert ended.code in (0, 1)
    assert "Traceback" not in ended.err
    assert ended.peak < 300_000_000
    assert ended.processor < 60


@pytest.mark.slow
def test_the_longest_rows_in_a_join(tmp_path: Path) -> None:
    paths = write_orders(tmp_path, 10)
    with paths[1].open("a") as stream:
        for n in range(300):  # with the four there are and their order: 305
            stream.write(f"O00000001,x{n},Oil,10.00,{'𝔘' * 120_000}\n")
    mapping = write_mapping(tmp_path, ORDERS)
    ended = read_files(tmp_path, mapping, *paths)
    assert "305 rejected: too many rows of lines" in ended.out
    assert ended.peak < 400_000_000
