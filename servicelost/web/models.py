"""The rows of the web room: API tokens. People's sign-ins belong to the standalone app or the host."""

from datetime import date, datetime

from sqlalchemy import String

from servicelost.kernel.columns import Mapped, mapped_column
from servicelost.kernel.db import PREFIX, Base, Name, Version
from servicelost.kernel.lookup import Lookup


class ApiToken(Base):
    """A secret by which another system calls us; only its hash is kept.

    `dealership_ids` None: all dealerships. `hint` is the beginning of the secret, to tell tokens apart.
    """

    __tablename__ = f"{PREFIX}api_token"

    version: Mapped[Version]
    name: Mapped[Name] = mapped_column(unique=True)
    hint: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    dealership_ids: Mapped[list[int] | None]
    created_at: Mapped[datetime]
    created_by: Mapped[Name]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]


TOKEN_BY_HASH = Lookup(ApiToken, "secret_hash")
TOKEN_BY_NAME = Lookup(ApiToken, "name")
