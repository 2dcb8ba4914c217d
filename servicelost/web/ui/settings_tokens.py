"""API tokens: which systems may call, made with the secret shown once, and revoked.

What a token is good for stands in `web/scopes`; making and revoking, in `web/tokens`.
"""

from datetime import timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, InvalidInput, NotFound
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.models import ApiToken
from servicelost.web.permissions import Action
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token, list_tokens, revoke_token, sees_token
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.settings_place import Refused, attempt, done, read_place, show, wrong
from servicelost.web.ui.settings_words import LIVES, SCOPE_WORDS

_USUAL_LIFE = "365"
_EVERYWHERE = "all"


@page("/settings/tokens", Action.READ_TOKENS)
def settings_tokens() -> ResponseReturnValue:
    """All tokens whose dealerships are in sight."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show(book)


@page("/settings/tokens", Action.MANAGE_TOKENS, method="POST", endpoint="settings_tokens__make")
def make_token() -> ResponseReturnValue:
    """A new one; the answer is the only page that ever shows its secret."""
    made: dict[str, Any] = {}

    def make(book: Book) -> None:
        made["token"], made["secret"] = _make(book)

    refused = attempt(make)
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show(book, refused, **({} if refused else made))


@page(
    f"/settings/tokens/{ID}token_id>/revoke", Action.MANAGE_TOKENS, method="POST",
    endpoint="settings_tokens__revoke",
)  # fmt: skip
def end_token(token_id: int) -> ResponseReturnValue:
    """Worthless from now on."""

    def revoke(book: Book) -> None:
        token = book.find(ApiToken, token_id)
        if token is None or not sees_token(book, token):
            raise NotFound("NOT_FOUND", f"there is no token {token_id}")
        revoke_token(book, token.name)

    refused = attempt(revoke)
    with current_runtime().unit(current_actor(), reading=True) as book:
        if refused is not None:
            return _show(book, refused)
        return done("settings_tokens", read_place(book).dealership.id)


def _make(book: Book) -> tuple[ApiToken, str]:
    form = request.form
    scopes = [Scope(name) for name in form.getlist("scope") if name in set(Scope)]
    if not scopes:
        raise wrong("scope", _("Tick what the token may be used for."))
    days = form.get("days", _USUAL_LIFE)
    life = timedelta(days=int(days)) if days and days in LIVES else None
    name, sight = form.get("name", "").strip(), _sight(book)
    try:
        return create_token(
            book, name, scopes, dealership_ids=sight, expires_at=book.now + life if life else None
        )
    except InvalidInput:
        raise wrong("name", _("Name the system that will use it, in 1 to 100 characters.")) from None
    except Conflict:
        text = _("There is already a token named %(name)s: choose another name.", name=name)
        raise wrong("name", text) from None


def _sight(book: Book) -> list[int] | None:
    """The dealerships the token is to see, never more than who makes it; None: all there are and will be."""
    sent = request.form.getlist("dealership")
    if _EVERYWHERE in sent and book.actor.dealership_ids is None:
        return None
    known = {str(row.id): row.id for row in read_place(book).dealerships}
    found = [known[text] for text in sent if text in known]
    if not found:
        raise wrong("dealership", _("Tick the dealerships that the token may see."))
    return found


def _show(book: Book, refused: Refused | None = None, **made: Any) -> ResponseReturnValue:
    place = read_place(book)
    form = request.form
    return show(
        "settings_tokens", place, refused, tokens=list_tokens(book), now=book.now,
        names={row.id: row.name for row in place.dealerships}, scopes=SCOPE_WORDS, lives=LIVES,
        everywhere=book.actor.dealership_ids is None, typed=form if refused else {},
        ticked=form.getlist("scope") + form.getlist("dealership") if refused else [],
        days=form.get("days", _USUAL_LIFE) if refused else _USUAL_LIFE, made=made,
    )  # fmt: skip
