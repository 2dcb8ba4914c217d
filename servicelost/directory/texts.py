"""Text that people and systems send: tidied for keeping, folded for comparing.

Telephone numbers and VINs have files of their own; search keys belong to the search.
"""

import re
import unicodedata

from servicelost.kernel.errors import FieldProblem, InvalidInput

# Control characters and halves of surrogate pairs, which a database may refuse.
_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def tidy(text: str | None, field: str, limit: int) -> str | None:
    """The text with single blanks, None if nothing is left; raises InvalidInput if longer than `limit`."""
    if text is None:
        return None
    kept = " ".join(_UNSTORABLE.sub(" ", text).split())
    if len(kept) > limit:
        raise refused(field, text[:60] + "…", f"at most {limit} characters")
    return kept or None


def needed(text: str | None, field: str, limit: int) -> str:
    """Like `tidy`, for a text that must be there."""
    kept = tidy(text, field, limit)
    if kept is None:
        raise refused(field, text or "", "a text that is not empty")
    return kept


def fold(text: str) -> str:
    """The key under which differently written names are the same."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def fold_email(text: str) -> str | None:
    """The e-mail address for comparing, None for what is no address."""
    name, _, host = text.strip().rpartition("@")
    return f"{name}@{host}".casefold() if name and "." in host and " " not in text.strip() else None


def language_tag(text: str | None, field: str) -> str | None:
    """A language tag such as `en` or `de-CH`; raises InvalidInput for anything else."""
    kept = tidy(text, field, 35)
    if kept is not None and not _LANGUAGE_TAG.fullmatch(kept):
        raise refused(field, kept, "a language tag such as en or de-CH")
    return kept


def refused(field: str, value: str, expected: str) -> InvalidInput:
    """The error for a value of a field that is not what it must be."""
    message = f"{field}: {value!r} is not {expected}"
    return InvalidInput("INVALID", message, errors=[FieldProblem(field, message, value, expected)])
