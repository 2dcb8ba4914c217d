"""The one check before a dealership's data is administered: may this actor do it here?

What advisors and agents may do in their own work is decided by the rooms of that work.
"""

from servicelost.kernel.actor import Role
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Forbidden

MANAGERS = (Role.SERVICE_MANAGER, Role.GROUP_MANAGER, Role.ADMIN)


def require_manager(book: Book, dealership_id: int) -> None:
    """Refuse an actor who is no manager or does not see the dealership; raises Forbidden."""
    require_role(book, dealership_id, *MANAGERS)


def require_role(book: Book, dealership_id: int, *roles: Role) -> None:
    """Refuse an actor without any of these roles, or without sight of the dealership; raises Forbidden."""
    actor = book.actor
    if not actor.may_see(dealership_id):
        raise Forbidden("FORBIDDEN", f"{actor.name} has no access to dealership {dealership_id}")
    if not actor.has_role(*roles):
        needed = " or ".join(roles)
        raise Forbidden("FORBIDDEN", f"{actor.name} needs the role {needed} for this")
