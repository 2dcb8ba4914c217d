"""Exports of any size, written fast: one file of bookings, and orders with the lines that belong to them.

Every booking is different from every other one, so that nothing is small because it repeats.
"""

from collections.abc import Iterator
from pathlib import Path

HEAD = """
mapping = 1
title = "A flood of rows"
source = "flood"
[dealership]
code = "D01"
name = "Flooded"
timezone = "Europe/Madrid"
currency = "EUR"
country = "ES"
[formats]
date = "%d/%m/%Y"
time = "%H:%M"
moment = "%d/%m/%Y %H:%M"
"""

BOOKINGS = f"""{HEAD}
[inputs.bookings]
files = "*bookings*"
[inputs.bookings.values]
made_at = {{ moment = "Created" }}
coming_at = {{ date = "Day", time = "Hour" }}
n = {{ nth = ["Booking", "Phone"] }}
[[events]]
from = "bookings"
type = "appointment.booked"
id = "{{Booking}}/{{n}}"
at = "made_at"
[events.data]
appointment_id = "{{Booking}}"
scheduled_at = "{{coming_at}}"
customer = {{ id = "{{Customer}}", phone = "{{Phone}}" }}
reason = "{{Reason}}"
"""

ORDERS = f"""{HEAD}
[inputs.orders]
files = "*orders*"
[inputs.orders.values]
at = {{ date = "Date", time = "09:00" }}
[[inputs.orders.looks_up]]
input = "cars"
key = {{ Car = "Id" }}
[inputs.cars]
files = "*cars*"
[inputs.lines]
files = "*lines*"
[inputs.lines.belongs_to]
input = "orders"
key = {{ Order = "No" }}
[[events]]
from = "orders"
type = "visit.opened"
id = "{{No}}"
at = "at"
data = {{ visit_id = "{{No}}", vehicle = {{ id = "{{Car}}", plate = "{{cars.Plate}}" }} }}
[[events]]
from = "lines"
type = "line.recommended"
id = "{{Order}}/{{Line}}"
at = "orders.at"
[events.data]
line_id = "{{Order}}/{{Line}}"
visit_id = "{{Order}}"
service = "{{Service}}"
amount = "{{Amount}}"
"""

_BATCH = 20_000
LONG_TEXT = "the brakes squeal when it is cold and the left mirror does not fold in any more; " * 3


def write_mapping(folder: Path, text: str) -> Path:
    """The mapping as a file."""
    path = folder / "flood.toml"
    path.write_text(text)
    return path


def write_bookings(folder: Path, megabytes: int, wide: int = 1) -> Path:
    """A file of about so many megabytes, each row a good booking of its own; wider rows are fewer."""
    path = folder / "bookings.csv"
    with path.open("w") as stream:
        stream.write("Booking,Created,Day,Hour,Customer,Phone,Reason\n")
        for first in range(0, megabytes * 1_000_000, _BATCH):
            stream.writelines(_bookings(first, _BATCH, LONG_TEXT * wide))
            if stream.tell() >= megabytes * 1_000_000:
                break
    return path


def _bookings(first: int, number: int, text: str) -> Iterator[str]:
    for n in range(first, first + number):
        day, hour = 1 + n % 28, 8 + n % 10
        yield (
            f"B{n:09},{day:02}/03/2026 {hour:02}:15,{day:02}/04/2026,{hour:02}:30,C{n:09},"
            f"+34 600 {n:09},{text} {n}\n"
        )


def write_orders(folder: Path, orders: int, lines: int = 4) -> list[Path]:
    """So many orders with their lines, the lines in reverse order, and a list with a car for each order."""
    paths = [folder / name for name in ("orders.csv", "lines.csv", "cars.csv")]
    with paths[0].open("w") as stream:
        stream.write("No,Date,Car\n")
        stream.writelines(f"O{n:08},{1 + n % 28:02}/03/2026,V{n:08}\n" for n in range(orders))
    with paths[1].open("w") as stream:
        stream.write("Order,Line,Service,Amount,Remark\n")
        stream.writelines(
            f"O{n:08},{line},Service {line},{100 + n % 90}.00,{LONG_TEXT} {n}/{line}\n"
            for n in reversed(range(orders))
            for line in range(lines)
        )
    with paths[2].open("w") as stream:
        stream.write("Id,Plate\n")
        stream.writelines(f"V{n:08},{n:08}\n" for n in range(orders))
    return paths
