"""One search over everything somebody at the counter may know, for the page and the API.

Only what the actor sees is found. Who fits exactly comes first, then who was here last. What a text may mean
is the search's own rule; what is said of what was found, in `found_people`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.phones import phone_e164
from servicelost.kernel.book import Book
from servicelost.kernel.db import Base
from servicelost.search.asking import Asked, looks_like_phone, read_question
from servicelost.search.finding import Fits, find_rows
from servicelost.search.models import KeyKind
from servicelost.search.spelling import compact
from servicelost.web.found_people import FoundPerson, Subject, describe_people
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.queries import Newest, newest_visits, times_of

MOST_SHOWN = 20
LONGEST_TEXT = 60
T = TypeVar("T")
R = TypeVar("R", bound=Base)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Group(Generic[T]):
    """The best of what was found: of `total`, or of even more where that is not all (`cut`)."""

    rows: list[T]
    total: int
    cut: bool
    exact: bool

    @property
    def more(self) -> bool:
        """Whether some are not shown."""
        return self.cut or self.total > len(self.rows)


@dataclass(frozen=True)
class Found:
    """What was found; `asked` is False where the text was too short to ask for anything."""

    asked: bool
    people: Group[FoundPerson]
    visits: Group[Visit]
    appointments: Group[Appointment]

    @property
    def total(self) -> int:
        """How much was found of everything."""
        return self.people.total + self.visits.total + self.appointments.total

    def only_visit(self, text: str) -> Visit | None:
        """The visit whose order has the number `text`, where it can mean nothing else.

        An appointment that only ends in the same digits is something else: it was not typed.
        """
        if self.people.total or self.visits.total != 1 or not self.visits.exact:
            return None
        visit, number = self.visits.rows[0], compact(text)
        meant = [row for row in self.appointments.rows if compact(row.source_id) == number]
        return visit if all(row.visit_id == visit.id for row in meant) else None


class _Hit(NamedTuple):
    exact: bool
    at: datetime
    subject: Subject


def search(book: Book, text: str) -> Found:
    """Everything the text may mean, as far as the book's actor sees it."""
    asked = read_question(text, _phones(book, text))
    return Found(bool(asked), _people(book, asked), _visits(book, asked), _appointments(book, asked))


def _phones(book: Book, text: str) -> set[str]:
    """The text as a telephone number of each country in which there is a dealership."""
    if not looks_like_phone(text):
        return set()
    countries = {dealership.country for dealership in list_dealerships(book)}
    return {number for country in countries if (number := phone_e164(text, country)) is not None}


def _people(book: Book, asked: list[Asked]) -> Group[FoundPerson]:
    people = _fits(book, asked, KeyKind.NAME, KeyKind.PHONE)
    cars = _fits(book, asked, KeyKind.PLATE, KeyKind.VIN)
    hits = [
        *_hits(people, newest_visits(book.connection, Visit.customer_id, people.rows)),
        *_hits(cars, newest_visits(book.connection, Visit.vehicle_id, cars.rows), is_car=True),
    ]
    best = _best(hits)
    found = describe_people(book, [hit.subject for hit in best])
    return Group(found, len(hits), people.cut or cars.cut, bool(best) and best[0].exact)


def _visits(book: Book, asked: list[Asked]) -> Group[Visit]:
    fits = _fits(book, asked, KeyKind.ORDER)
    best = _best(_hits(fits, newest_visits(book.connection, Visit.id, fits.rows)))
    return _rows(book, Visit, fits, best)


def _appointments(book: Book, asked: list[Asked]) -> Group[Appointment]:
    fits = _fits(book, asked, KeyKind.BOOKING)
    times = times_of(book.connection, fits.rows)
    best = _best(_Hit(exact, times[row_id], Subject(row_id, False, None))
                 for row_id, exact in fits.rows.items())  # fmt: skip
    return _rows(book, Appointment, fits, best)


def _rows(book: Book, model: type[R], fits: Fits, best: list[_Hit]) -> Group[R]:
    ids = [hit.subject.row_id for hit in best]
    book.preload_ids(model, ids)
    rows = [book.get(model, row_id) for row_id in ids]
    return Group(rows, len(fits.rows), fits.cut, bool(best) and best[0].exact)


def _fits(book: Book, asked: Iterable[Asked], *kinds: KeyKind) -> Fits:
    return find_rows(book.connection, asked, kinds, book.actor.dealership_ids)


def _hits(fits: Fits, newest: Mapping[int, Newest], *, is_car: bool = False) -> list[_Hit]:
    hits = []
    for row_id, exact in fits.rows.items():
        visit = newest.get(row_id)
        at, visit_id = (_NEVER, None) if visit is None else visit
        hits.append(_Hit(exact, at, Subject(row_id, is_car, visit_id)))
    return hits


def _best(hits: Iterable[_Hit]) -> list[_Hit]:
    return sorted(hits, key=lambda hit: (hit.exact, hit.at, hit.subject.row_id), reverse=True)[:MOST_SHOWN]
