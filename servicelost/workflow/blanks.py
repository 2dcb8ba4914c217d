"""Facts sent again may know more than before: they fill what is still empty and overwrite nothing."""

from servicelost.kernel.db import Base


def fill_blanks(row: Base, **values: object) -> None:
    """Set the attributes that are None so far; values that are None say nothing."""
    for name, value in values.items():
        if value is not None and getattr(row, name) is None:
            setattr(row, name, value)
