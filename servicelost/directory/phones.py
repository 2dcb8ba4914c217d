"""Telephone numbers as people write them, turned into E.164.

A number nobody can call is no error: it is kept as written and has no E.164 form.
"""

from functools import lru_cache


@lru_cache(maxsize=65536)
def phone_e164(text: str, region: str) -> str | None:
    """The E.164 form, read as dialled in the region (ISO 3166); None for what is no number."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
