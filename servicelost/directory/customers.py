"""Customers: taking what a source says about them, and the facts that end every contact.

Consent is in `consents`; whether somebody may be contacted now is decided by the follow-up.
"""

from datetime import datetime
from typing import Any, Required, TypedDict

from sqlalchemy import select

from servicelost.directory.events import CustomerDeceased, CustomerMoved
from servicelost.directory.models import CUSTOMER_BY_SOURCE, Customer, Dealership
from servicelost.directory.news import take_news
from servicelost.directory.phones import phone_e164
from servicelost.directory.texts import fold_email, language_tag, needed, tidy
from servicelost.kernel.book import Book


class CustomerData(TypedDict, total=False):
    """What a source says about a customer; a field that is not sent is not touched, None empties it."""

    id: Required[str]
    name: str | None
    phone: str | None
    email: str | None
    fleet: bool
    language: str | None


def upsert_customer(
    book: Book, dealership: Dealership, source: str, data: CustomerData, at: datetime
) -> Customer:
    """The customer with this source id, made or changed by what was sent as of `at`.

    Idempotent. Raises InvalidInput for a text that cannot be kept; a telephone number or e-mail
    that is none is kept as written.
    """
    source_id = needed(data["id"], "customer.id", 200)
    values = _values(data, dealership.country)
    row = book.one(CUSTOMER_BY_SOURCE, dealership.id, source, source_id)
    if row is not None:
        take_news(row, values, at)
        return row
    return book.add(
        Customer(dealership_id=dealership.id, source=source, source_id=source_id, as_of=at, **values)
    )


def find_customer(book: Book, dealership: Dealership, source: str, source_id: str) -> Customer | None:
    """The customer a source knows by this id, if there is one."""
    return book.one(CUSTOMER_BY_SOURCE, dealership.id, source, needed(source_id, "customer.id", 200))


def customer_of_phone(book: Book, dealership: Dealership, phone: str) -> Customer | None:
    """The customer with this telephone number, if there is exactly one."""
    key = phone_e164(phone, dealership.country)
    if key is None:
        return None
    query = select(Customer.id).where(Customer.phone_e164 == key, Customer.dealership_id == dealership.id)
    found = book.connection.scalars(query.limit(2)).all()
    return book.get(Customer, found[0]) if len(found) == 1 else None


def record_moved(book: Book, customer: Customer, at: datetime) -> None:
    """Note that the customer moved away; saying it again changes nothing."""
    if customer.moved_at is None:
        customer.moved_at = at
        book.publish(CustomerMoved(customer, at))


def record_deceased(book: Book, customer: Customer, at: datetime) -> None:
    """Note that the customer has died; saying it again changes nothing."""
    if customer.deceased_at is None:
        customer.deceased_at = at
        book.publish(CustomerDeceased(customer, at))


def _values(data: CustomerData, region: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "name" in data:
        values["name"] = tidy(data["name"], "customer.name", 200)
    if "phone" in data:
        phone = tidy(data["phone"], "customer.phone", 60)
        values["phone"], values["phone_e164"] = phone, phone_e164(phone, region) if phone else None
    if "email" in data:
        email = tidy(data["email"], "customer.email", 254)
        values["email"], values["email_key"] = email, fold_email(email) if email else None
    if "fleet" in data:
        values["fleet"] = bool(data["fleet"])
    if "language" in data:
        values["language"] = language_tag(data["language"], "customer.language")
    return values
