"""What the dealership's labour operations and services stand for: which standard category, several at once.

Unmapped ones come first, those on most lines before the others. The categories stand in the taxonomy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, or_, select

from servicelost.directory.models import Dealership, LaborOperation, ServiceCategory
from servicelost.directory.services import map_operation, map_service
from servicelost.kernel.book import Book
from servicelost.taxonomy.categories import CATEGORIES, ServiceCategoryCode
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.paging import PAGE_SIZE, page_of
from servicelost.web.ui.settings_changes import changed_meanwhile
from servicelost.web.ui.settings_place import Refused, attempt, done, read_place, show, wrong
from servicelost.workflow.models.lines import Line

_LONGEST_SEARCH = 60
_LONGEST_ID = 18


@dataclass(frozen=True)
class Kind:
    """A kind of rows that are mapped: its subject in the log, what names a row, where lines name it."""

    model: type[LaborOperation] | type[ServiceCategory]
    subject: str
    code: Any
    words: Any
    on_lines: Any


KINDS = {
    "operations": Kind(
        LaborOperation, "labor_operation", LaborOperation.op_code, LaborOperation.description,
        Line.labor_operation_id,
    ),
    "services": Kind(
        ServiceCategory, "service_category", ServiceCategory.name, ServiceCategory.name, Line.category_id
    ),
}  # fmt: skip


@page("/settings/mapping", Action.READ_SETTINGS)
def settings_mapping() -> ResponseReturnValue:
    """A page of them with a select each."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show(book)


@page("/settings/mapping", Action.CHANGE_SETTINGS, method="POST", endpoint="settings_mapping__save")
def save_mapping() -> ResponseReturnValue:
    """The categories that were chosen: each its own, or one for all that are ticked."""
    refused = attempt(lambda book: _map(book, read_place(book).dealership))
    with current_runtime().unit(current_actor(), reading=True) as book:
        if refused is not None:
            return _show(book, refused)
        kept = {name: request.args[name] for name in ("what", "only", "q") if request.args.get(name)}
        return done("settings_mapping", read_place(book).dealership.id, **kept)


def _kind() -> str:
    asked = request.args.get("what", "operations")
    return asked if asked in KINDS else "operations"


def _show(book: Book, refused: Refused | None = None) -> ResponseReturnValue:
    place, kind = read_place(book), KINDS[_kind()]
    found = page_of(book.connection, _rows(kind, place.dealership.id))
    mine = kind.model.dealership_id == place.dealership.id
    unmapped = func.count().filter(kind.model.standard.is_(None))
    total, left = book.connection.execute(select(func.count(), unmapped).where(mine)).one()
    return show(
        "settings_mapping", place, refused, found=found, what=_kind(), total=total, left=left,
        text=_search(), only=request.args.get("only", ""), categories=CATEGORIES,
        ticked=request.form.getlist("tick"),
    )  # fmt: skip


def _rows(kind: Kind, dealership_id: int) -> Select[Any]:
    model = kind.model
    uses = (
        select(
            kind.on_lines.label("row_id"),
            func.count().label("lines"),
            func.max(Line.description).label("example"),
        )
        .where(Line.dealership_id == dealership_id, kind.on_lines.is_not(None))
        .group_by(kind.on_lines)
        .subquery()
    )
    lines = func.coalesce(uses.c.lines, 0)
    words = func.coalesce(kind.words, uses.c.example).label("words")
    statement = (
        select(model.id, kind.code.label("code"), words, model.standard, lines.label("lines"))
        .outerjoin(uses, uses.c.row_id == model.id)
        .where(model.dealership_id == dealership_id)
        .order_by(model.standard.is_not(None), lines.desc(), kind.code, model.id)
    )
    if request.args.get("only") == "unmapped":
        statement = statement.where(model.standard.is_(None))
    if text := _search():
        like = [column.icontains(text, autoescape=True) for column in (kind.code, kind.words)]
        statement = statement.where(or_(*like))
    return cast(Select[Any], statement)


def _search() -> str:
    return request.args.get("q", "").strip()[:_LONGEST_SEARCH]


def _map(book: Book, dealership: Dealership) -> None:
    kind, wanted = KINDS[_kind()], dict(_wanted())
    book.preload_ids(kind.model, wanted)
    for row_id, code in wanted.items():
        row = get_visible(book, kind.model, row_id)
        if (row.standard or "") != request.form.get(f"was-{row_id}", ""):
            raise changed_meanwhile(book, dealership, kind.subject, row_id)
        standard = ServiceCategoryCode(code) if code else None
        if isinstance(row, LaborOperation):
            map_operation(book, row, standard)
        else:
            map_service(book, row, standard, distinct=row.distinct)


def _wanted() -> Iterator[tuple[int, str]]:
    """The rows that get another category, with it; raises InvalidInput for a category there is none of."""
    form = request.form
    ticked = form.get("act") == "ticked"
    if ticked and not (form.get("category") and form.getlist("tick")):
        raise wrong("category", _("Tick the rows and choose the category they all belong to."))
    ids = form.getlist("tick") if ticked else [name[4:] for name in form if name.startswith("was-")]
    for text in ids[:PAGE_SIZE]:
        code = form["category"] if ticked else form.get(f"category-{text}", "")
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID):
            continue
        if code and code not in set(ServiceCategoryCode):
            raise wrong(f"category-{text}", _("Choose a category from the list."))
        if code != form.get(f"was-{text}", ""):
            yield int(text), code
