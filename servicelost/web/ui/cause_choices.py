"""The causes a form offers for events: the standard ones that fit, and the dealership's own beside them.

Which cause fits which event is the taxonomy's; in which order they are likely, the caller's.
"""

from collections.abc import Iterable
from typing import NamedTuple

from servicelost.directory.causes import label_in, list_causes
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import legal_causes
from servicelost.web.languages import current_language
from servicelost.web.languages import gettext as _


class Choice(NamedTuple):
    """A cause to tap on; `competitor` and `needs_text` say which fields go with it.

    `cause` is the standard one that stands behind it.
    """

    code: str
    label: str
    help: str
    competitor: bool
    needs_text: bool
    cause: Cause


def cause_choices(
    book: Book, dealership: Dealership, events: Iterable[LossEvent], *no_losses: Cause
) -> list[Choice]:
    """The causes that fit any of the events, likeliest first, each followed by the dealership's own ones.

    Last come the reasons that are no loss.
    """
    own = [cause for cause in list_causes(book, dealership) if cause.active]
    fitting = [cause for event in events for cause in legal_causes(event)]
    found: list[Choice] = []
    for code in dict.fromkeys([*fitting, Cause.OTHER, *no_losses]):
        info = CAUSES[code]
        names = [(code.value, _(info.label))]
        names += [(cause.code, label_in(cause, current_language())) for cause in own if cause.parent == code]
        found += [
            Choice(name, label, _(info.help), info.competitor, info.needs_text, code) for name, label in names
        ]
    return found
