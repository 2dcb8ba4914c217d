"""An export in which four rows of five are wrong, each in one known way, and how to put them right.

Every way says which column is complained of and some words of the complaint, so that a test can see
that the row was told why and not only that it was refused.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.exports import HEAD, LONG_TEXT

MAPPING = f"""{HEAD}
[inputs.bookings]
files = "*bookings*"
encoding = "utf-8"
[inputs.bookings.values]
made_at = {{ moment = "Created" }}
coming_at = {{ date = "Day", time = "Hour" }}
[[inputs.bookings.looks_up]]
input = "staff"
key = {{ Advisor = "Id" }}
[inputs.staff]
files = "*staff*"
[[events]]
from = "bookings"
type = "appointment.booked"
id = "{{Booking}}"
at = "made_at"
[events.data]
appointment_id = "{{Booking}}"
scheduled_at = "{{coming_at}}"
advisor = "{{Advisor}}"
expected_amount = "{{Amount}}"
reason = "{{Reason}}"
channel = {{ value = "{{Channel}}", map = {{ Phone = "PHONE", Web = "WEB" }} }}
customer = {{ id = "{{Customer}}", name = "{{Name}}", language = "{{Language}}" }}
vehicle = {{ id = "{{Car}}", vin = "{{VIN}}", odometer = "{{Km}}", odometer_unit = "{{Unit}}" }}
"""
COLUMNS = (
    "Booking", "Created", "Day", "Hour", "Advisor", "Amount", "Reason", "Channel", "Customer", "Name",
    "Language", "Car", "VIN", "Km", "Unit",
)  # fmt: skip

Row = dict[str, str]


@dataclass(frozen=True)
class Way:
    """One way to be wrong: the cell as it is written, the column complained of, words of the complaint."""

    cells: Mapping[str, str]
    column: str
    told: str
    spoil: Callable[[bytes], bytes] = lambda line: line


WAYS: Mapping[str, Way] = {
    "no such day": Way({"Day": "31/02/2026"}, "Day", "is not a date (expected written as %d/%m/%Y"),
    "another notation": Way({"Day": "2026-03-09"}, "Day", "is not a date"),
    "a day of the far future": Way({"Day": "01/01/2999"}, "Day", "is out of range"),
    "no such hour": Way({"Hour": "25:99"}, "Hour", "is not a time"),
    "no moment": Way({"Created": "yesterday"}, "Created", "is not a date and time"),
    "an empty moment": Way({"Created": ""}, "Created", "(appointment.booked occurred_at)"),
    "no booking number": Way({"Booking": ""}, "Booking", "is missing"),
    "a long booking number": Way({"Booking": "B" * 300}, "Booking", "expected text of 1 to 200 characters"),
    "no number": Way({"Amount": "a lot"}, "Amount", "is not a number"),
    "grouped wrongly": Way({"Amount": "1 2 3"}, "Amount", "is not a number"),
    "a negative amount": Way({"Amount": "-5.00"}, "Amount", "is negative"),
    "three decimals": Way({"Amount": "1.234"}, "Amount", "has 3 decimals"),
    "too much money": Way({"Amount": "99999999999.00"}, "Amount", "is out of range"),
    "another currency": Way({"Amount": "100 USD"}, "Amount", "is not a number"),
    "an exponent": Way({"Amount": "1e999999999"}, "Amount", "is not a number"),
    "not a number at all": Way({"Amount": "NaN"}, "Amount", "is not a number"),
    "a code of nobody": Way({"Channel": "Pigeon"}, "Channel", "is not in the map (expected one of"),
    "a long text": Way({"Reason": "x" * 5000}, "Reason", "is 5000 characters long"),
    "a control character": Way({"Reason": "a\x07b"}, "Reason", "contains the control character U+0007"),
    "half a kilometre": Way({"Km": "10.5"}, "Km", "is not a whole number"),
    "a negative odometer": Way({"Km": "-1"}, "Km", "is out of range"),
    "no unit": Way({"Unit": "LIGHT YEARS"}, "Unit", "is not a known code"),
    "no VIN": Way({"VIN": "IOQ45678901234567"}, "VIN", "expected a VIN"),
    "a long VIN": Way({"VIN": "WVWZZZ1JZXW000001234"}, "VIN", "20 characters long"),
    "nobody's advisor": Way({"Advisor": "E-404"}, "Advisor", "no row of staff has Id = E-404"),
    "no language": Way({"Language": "x" * 90}, "Language", "characters long"),
    "a long name": Way({"Name": "y" * 250}, "Name", "is 250 characters long"),
    "too many cells": Way({}, "", "has 17 fields where the header has 15", lambda line: line + b",x,y"),
    "too few cells": Way({}, "", "has 3 fields", lambda line: b",".join(line.split(b",")[:3])),
    "no characters": Way({}, "", "are no characters in utf-8", lambda line: line.replace(b"squeal", b"\xff")),
    "an open quote": Way({}, "", "expected 15 columns", lambda line: line.replace(b"the ", b'"the ', 1)),
    "a stray quote": Way({}, "", "is not valid CSV", lambda line: line.replace(b"the ", b'"t"he ', 1)),
}
_NAMES = tuple(WAYS)


def good_row(n: int) -> Row:
    """The row as it should be."""
    cells = (
        f"B{n:07}", f"{1 + n % 28:02}/03/2026 08:15", f"{1 + n % 28:02}/04/2026", "10:30", f"E-{n % 9}",
        f"{100 + n % 50}.00", LONG_TEXT, "Phone" if n % 3 else "web", f"C{n % 29_989}", "Jo Doe", "es",
        f"V{n % 29_989}", "", str(1000 + n % 90_000), "KM",
    )  # fmt: skip
    return dict(zip(COLUMNS, cells, strict=True))


def way_of(n: int) -> str | None:
    """In which way row n (from 0) is wrong; None if it is good."""
    return None if n % 5 == 0 else _NAMES[(n - n // 5 - 1) % len(_NAMES)]


def write_malformed(folder: Path, rows: int, *, good: bool = False) -> list[Path]:
    """The export with its staff list; `good` writes every row as it should be."""
    bookings, staff = folder / "bookings.csv", folder / "staff.csv"
    staff.write_text("Id\n" + "".join(f"E-{n}\n" for n in range(9)))
    with bookings.open("wb") as stream:
        stream.write(",".join(COLUMNS).encode() + b"\n")
        stream.writelines(_line(n, None if good else way_of(n)) for n in range(rows))
    return [bookings, staff]


def mended(path: Path, number: int = 10**9) -> Iterator[tuple[Row, Row]]:
    """The first rejects, each with itself as it should be: its row number says which it is."""
    csv.field_size_limit(1_000_000)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for position, row in enumerate(csv.DictReader(stream)):
            if position >= number:
                return
            yield row, {**row, **good_row(int(row["!row"]) - 2)}


def _line(n: int, name: str | None) -> bytes:
    way = WAYS[name] if name else Way({}, "", "")
    return way.spoil(",".join((good_row(n) | dict(way.cells)).values()).encode()) + b"\n"
