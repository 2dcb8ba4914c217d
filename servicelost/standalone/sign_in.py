"""Signing in and out: the password checked, the session begun, and who it belongs to on each request.

The session is Flask's signed cookie; it names the account and ends when password or state of it change.
"""

import hashlib

from flask import session

from servicelost.kernel.actor import SYSTEM, Actor
from servicelost.runtime import Runtime
from servicelost.standalone.accounts import actor_of, fold_name
from servicelost.standalone.models import ACCOUNT_BY_NAME, Account
from servicelost.standalone.passwords import hash_password, is_outdated, is_password
from servicelost.standalone.throttle import check_throttle, forget_failures, record_failure
from servicelost.web.current import current_runtime

_ACCOUNT, _PROOF = "account", "proof"


def try_sign_in(runtime: Runtime, username: str, password: str, address: str) -> Account | None:
    """The account if name and password fit together; every failure is counted.

    Raises TooManyFailures before anything is checked.
    """
    name = fold_name(username)[:100]
    with runtime.unit(SYSTEM, reading=True) as book:
        check_throttle(book, name, address)
        account = book.one(ACCOUNT_BY_NAME, name)
    # Checked outside any transaction: it takes a while on purpose.
    good = is_password(account.password_hash if account else None, password)
    with runtime.unit(SYSTEM) as book:
        if account is None or not good or not account.active:
            record_failure(book, name, address)
            return None
        forget_failures(book, name)
        if is_outdated(account.password_hash):
            account = book.get(Account, account.id)
            account.password_hash = hash_password(password)
    return account


def begin_session(account: Account) -> None:
    """Let the browser be this account from now on; whatever its session held before is forgotten."""
    session.clear()
    session.permanent = True
    session[_ACCOUNT] = account.id
    session[_PROOF] = _proof(account)


def end_session() -> None:
    """Let the browser be nobody."""
    session.clear()


def signed_in_actor() -> Actor | None:
    """Whom the request's session belongs to, if it is still good."""
    account_id = session.get(_ACCOUNT)
    if not isinstance(account_id, int):
        return None
    with current_runtime().unit(SYSTEM, reading=True) as book:
        account = book.find(Account, account_id)
    if account is None or not account.active or session.get(_PROOF) != _proof(account):
        return None
    return actor_of(account)


def _proof(account: Account) -> str:
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]
