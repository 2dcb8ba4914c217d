"""The dealership's own services and labour operations, and what standard category they stand for.

A service is known by its whole name; no word in it is ever interpreted. What a line of work is
about is decided by the workflow.
"""

from servicelost.administration.access import require_manager
from servicelost.administration.audit import record_audit
from servicelost.directory.models import (
    OPERATION_BY_CODE,
    SERVICE_BY_KEY,
    SERVICES_OF_DEALERSHIP,
    Dealership,
    LaborOperation,
    ServiceCategory,
)
from servicelost.directory.texts import fold, needed, tidy
from servicelost.kernel.book import Book
from servicelost.taxonomy.categories import CATEGORIES, ServiceCategoryCode

# Whole names that say no single need, as dealer systems write them.
_NO_SINGLE_NEED = frozenset(
    ["other", "others", "misc", "misc.", "miscellaneous", "various", "n/a", "none", "-"]
)


def ensure_service(
    book: Book, dealership: Dealership, name: str, standard: ServiceCategoryCode | None = None
) -> ServiceCategory:
    """The service of this name, made on first sight; `standard` fills a mapping that is still empty."""
    words = needed(name, "service", 200)
    key = fold(words)
    row = book.one(SERVICE_BY_KEY, dealership.id, key)
    if row is None:
        return book.add(
            ServiceCategory(
                dealership_id=dealership.id,
                key=key,
                name=words,
                standard=standard.value if standard else None,
                distinct=key not in _NO_SINGLE_NEED,
            )
        )
    if row.standard is None and standard is not None:
        row.standard = standard.value
    return row


def service_of_category(book: Book, dealership: Dealership, standard: ServiceCategoryCode) -> ServiceCategory:
    """The service that stands for a standard category where the source names nothing finer."""
    return ensure_service(book, dealership, CATEGORIES[standard].label, standard)


def list_services(book: Book, dealership: Dealership) -> list[ServiceCategory]:
    """All services of the dealership, by name."""
    return sorted(book.many(SERVICES_OF_DEALERSHIP, dealership.id), key=lambda service: service.key)


def map_service(
    book: Book, service: ServiceCategory, standard: ServiceCategoryCode | None, *, distinct: bool
) -> None:
    """Map a service to a standard category and say whether its name is one need; managers only, audited."""
    require_manager(book, service.dealership_id)
    before = {"standard": service.standard, "distinct": service.distinct}
    code = standard.value if standard else None
    after = {"standard": code, "distinct": distinct}
    if before == after:
        return
    service.standard, service.distinct = code, distinct
    record_audit(
        book,
        "SERVICE_MAPPED",
        "service_category",
        service.id,
        dealership_id=service.dealership_id,
        before=before,
        after=after,
    )


def map_operation(book: Book, operation: LaborOperation, standard: ServiceCategoryCode | None) -> None:
    """Say to which standard category a labour operation belongs; managers only, audited."""
    require_manager(book, operation.dealership_id)
    code = standard.value if standard else None
    if operation.standard == code:
        return
    before, operation.standard = operation.standard, code
    record_audit(
        book, "OPERATION_MAPPED", "labor_operation", operation.id,
        dealership_id=operation.dealership_id, before={"standard": before}, after={"standard": code},
    )  # fmt: skip


def ensure_operation(
    book: Book,
    dealership: Dealership,
    op_code: str,
    description: str | None = None,
    standard: ServiceCategoryCode | None = None,
) -> LaborOperation:
    """The labour operation of this code, made on first sight; what is sent fills what is still empty."""
    code = needed(op_code, "op_code", 60).upper()
    row = book.one(OPERATION_BY_CODE, dealership.id, code)
    if row is None:
        row = book.add(LaborOperation(dealership_id=dealership.id, op_code=code))
    if row.description is None and description:
        row.description = tidy(description, "description", 200)
    if row.standard is None and standard is not None:
        row.standard = standard.value
    return row
