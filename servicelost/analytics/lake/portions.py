"""Ids in portions that fit into one query.

What is asked about them is no concern of this file.
"""

from collections.abc import Collection, Iterator

_SIZE = 1000


def portions(ids: Collection[int]) -> Iterator[list[int]]:
    """The ids in ascending order, a list a query."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _SIZE):
        yield ordered[start : start + _SIZE]
