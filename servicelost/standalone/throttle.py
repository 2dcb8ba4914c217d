"""Slowing down who guesses passwords: failures are counted per account and per network address.

Counted in the database, so that several web processes count together and a restart forgets nothing.
"""

from datetime import timedelta
from http import HTTPStatus

from sqlalchemy import delete, func, select

from servicelost.kernel.book import Book
from servicelost.standalone.models import SignInFailure
from servicelost.web.problems import StatusError

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 8
PER_ADDRESS = 40


class TooManyFailures(StatusError):
    """So many sign-ins failed lately that no more are tried for a while."""

    def __init__(self) -> None:
        minutes = int(WINDOW.total_seconds() // 60)
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            "TOO_MANY_FAILURES",
            f"too many failed sign-ins: wait {minutes} minutes and try again",
            headers={"Retry-After": str(int(WINDOW.total_seconds()))},
        )


def check_throttle(book: Book, username: str, address: str) -> None:
    """Refuse to try another password; raises TooManyFailures."""
    limits = {_account(username): PER_ACCOUNT, _address(address): PER_ADDRESS}
    counted = (
        select(SignInFailure.subject, func.count())
        .where(SignInFailure.subject.in_(limits), SignInFailure.failed_at > book.now - WINDOW)
        .group_by(SignInFailure.subject)
    )
    if any(count >= limits[subject] for subject, count in book.connection.execute(counted)):
        raise TooManyFailures


def record_failure(book: Book, username: str, address: str) -> None:
    """Count a failed sign-in and forget those that no longer count."""
    book.connection.execute(delete(SignInFailure).where(SignInFailure.failed_at <= book.now - WINDOW))
    for subject in (_account(username), _address(address)):
        book.add(SignInFailure(subject=subject, failed_at=book.now))


def forget_failures(book: Book, username: str) -> None:
    """The right password was given: what was counted for the account says nothing any more."""
    book.connection.execute(delete(SignInFailure).where(SignInFailure.subject == _account(username)))


def _account(username: str) -> str:
    return f"account {username}"[:200]


def _address(address: str) -> str:
    return f"address {address}"[:200]
