"""API tokens: made once and shown once, kept as a hash, recognised on each call, revoked but never deleted.

Which request carries a token is the business of `identity`.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from servicelost.administration.audit import record_audit
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from servicelost.web.models import TOKEN_BY_HASH, TOKEN_BY_NAME, ApiToken
from servicelost.web.scopes import Scope

MARK = "slt_"
_HINT_CHARS = 10
_LONGEST_NAME = 100


def create_token(
    book: Book,
    name: str,
    scopes: Collection[Scope],
    *,
    dealership_ids: Iterable[int] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which cannot be had again later.

    The name is how the calling system appears in every log. Raises InvalidInput for an empty or long name,
    Conflict for one in use.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        expected = f"1 to {_LONGEST_NAME} printable characters"
        problem = FieldProblem("name", "is no name for a token", name[:_LONGEST_NAME], expected)
        raise InvalidInput("TOKEN_NAME", f"a token needs a name of {expected}", errors=[problem])
    if book.one(TOKEN_BY_NAME, name) is not None:
        raise Conflict("TOKEN_NAME_IN_USE", f"there is already a token named {name!r}: choose another name")
    secret = MARK + secrets.token_urlsafe(32)
    token = book.add(
        ApiToken(
            name=name,
            hint=secret[:_HINT_CHARS],
            secret_hash=_hash(secret),
            scopes=sorted(scopes),
            dealership_ids=None if dealership_ids is None else sorted(dealership_ids),
            created_at=book.now,
            created_by=book.actor.name,
            expires_at=expires_at,
        )
    )
    after = {"name": name, "scopes": token.scopes}
    record_audit(book, "TOKEN_CREATED", "api_token", token.id, dealership_id=_only_one(token), after=after)
    return token, secret


def revoke_token(book: Book, name: str) -> ApiToken:
    """Make the token worthless from now on; repeating it changes nothing. Raises NotFound."""
    token = book.one(TOKEN_BY_NAME, name)
    if token is None:
        raise NotFound("NOT_FOUND", f"there is no token named {name!r}")
    if token.revoked_at is None:
        token.revoked_at = book.now
        where = _only_one(token)
        record_audit(book, "TOKEN_REVOKED", "api_token", token.id, dealership_id=where, after={"name": name})
    return token


def list_tokens(book: Book) -> list[ApiToken]:
    """All tokens there ever were and that the actor may see, by name."""
    rows = book.connection.execute(select(ApiToken.__table__).order_by(ApiToken.name)).mappings()
    return [token for token in (ApiToken(**row) for row in rows) if sees_token(book, token)]


def sees_token(book: Book, token: ApiToken) -> bool:
    """Whether all that the token sees is in the actor's own sight."""
    if token.dealership_ids is None:
        return book.actor.dealership_ids is None
    return all(book.actor.may_see(dealership_id) for dealership_id in token.dealership_ids)


def find_token(book: Book, secret: str) -> ApiToken | None:
    """The token with this secret, if it is still good."""
    token = book.one(TOKEN_BY_HASH, _hash(secret))
    if token is None or token.revoked_at is not None:
        return None
    if token.expires_at is not None and token.expires_at <= book.now:
        return None
    return token


def _only_one(token: ApiToken) -> int | None:
    """The dealership in whose log it belongs; None where it sees several."""
    ids = token.dealership_ids
    return ids[0] if ids is not None and len(ids) == 1 else None


def note_use(book: Book, token_id: int) -> None:
    """Remember that the token was used today (UTC); a day is enough to find those that nobody needs."""
    book.get(ApiToken, token_id).last_used_on = book.now.date()


def _hash(secret: str) -> str:
    # The secret is 256 random bits: a fast hash is enough, there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()
