"""Accounts: made, changed and turned into the actor that the rest of the house knows.

How somebody proves to be the owner of an account is said in `sign_in`.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from servicelost.administration.audit import record_audit
from servicelost.kernel.actor import Actor, Role
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from servicelost.standalone.models import ACCOUNT_BY_NAME, Account
from servicelost.standalone.passwords import SHORTEST, hash_password

_LONGEST_NAME = 100


def create_account(
    book: Book,
    username: str,
    password: str,
    roles: Collection[Role],
    *,
    dealership_ids: Iterable[int] | None = None,
    employee_id: int | None = None,
) -> Account:
    """A new account; raises InvalidInput for a poor name or password, Conflict for a name in use."""
    name = fold_name(username)
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or " " in name:
        raise _refused("username", name, f"1 to {_LONGEST_NAME} characters without blanks")
    if not roles:
        raise _refused("role", "", "one or more roles: " + ", ".join(Role))
    if book.one(ACCOUNT_BY_NAME, name) is not None:
        raise Conflict("ACCOUNT_EXISTS", f"there is already an account {name!r}")
    account = book.add(
        Account(
            username=name,
            password_hash=hash_password(_checked(password)),
            roles=sorted(roles),
            dealership_ids=None if dealership_ids is None else sorted(dealership_ids),
            employee_id=employee_id,
            created_at=book.now,
        )
    )
    record_audit(
        book, "ACCOUNT_CREATED", "account", account.id, after={"username": name, "roles": account.roles}
    )
    return account


def change_password(book: Book, username: str, password: str) -> Account:
    """Give the account another password; every session of it ends. Raises NotFound or InvalidInput."""
    account = get_account(book, username)
    account.password_hash = hash_password(_checked(password))
    record_audit(book, "PASSWORD_CHANGED", "account", account.id)
    return account


def set_active(book: Book, username: str, *, active: bool) -> Account:
    """Let the account sign in, or keep it from doing so; open sessions end. Raises NotFound."""
    account = get_account(book, username)
    if account.active is not active:
        account.active = active
        record_audit(book, "ACCOUNT_CHANGED", "account", account.id, after={"active": active})
    return account


def get_account(book: Book, username: str) -> Account:
    """The account of this name; raises NotFound."""
    account = book.one(ACCOUNT_BY_NAME, fold_name(username))
    if account is None:
        raise NotFound("NOT_FOUND", f"there is no account {username!r}")
    return account


def list_accounts(book: Book) -> list[Account]:
    """All accounts by name."""
    ids = book.connection.scalars(select(Account.id).order_by(Account.username)).all()
    return [book.get(Account, account_id) for account_id in ids]


def actor_of(account: Account) -> Actor:
    """The account as the rest of the house knows it."""
    sight = None if account.dealership_ids is None else frozenset(account.dealership_ids)
    roles = frozenset(Role(role) for role in account.roles)
    return Actor(account.username, roles, sight, account.employee_id)


def fold_name(username: str) -> str:
    """The name as it is kept: without blanks around it, in small letters."""
    return username.strip().casefold()


def _checked(password: str) -> str:
    if len(password) < SHORTEST:
        raise _refused("password", None, f"{SHORTEST} characters or more")
    return password


def _refused(field: str, value: str | None, expected: str) -> InvalidInput:
    message = f"{field}: expected {expected}"
    return InvalidInput("ACCOUNT", message, errors=[FieldProblem(field, message, value, expected)])
