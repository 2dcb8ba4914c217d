"""The rows of the standalone application: who may sign in, and who lately failed to."""

from datetime import datetime

from sqlalchemy import Index, String

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Name, Ref, Version
from servicelost.kernel.lookup import Lookup


class Account(Base):
    """Somebody who may sign in; only a hash of the password is kept.

    `dealership_ids` None: all dealerships. `employee_id` is the person in the directory, if it is one.
    """

    __tablename__ = f"{PREFIX}standalone_account"

    version: Mapped[Version]
    username: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    roles: Mapped[list[str]]
    dealership_ids: Mapped[list[int] | None]
    employee_id: Mapped[Ref | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class SignInFailure(Base):
    """A sign-in that failed, counted under an account name or a network address; append-only."""

    __tablename__ = f"{PREFIX}standalone_sign_in_failure"
    __table_args__ = (Index("ix_servicelost_standalone_sign_in_failure_subject", "subject", "failed_at"),)

    subject: Mapped[Name]
    failed_at: Mapped[datetime]


ACCOUNT_BY_NAME = Lookup(Account, "username")
