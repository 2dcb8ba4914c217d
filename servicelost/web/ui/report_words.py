"""A report's document in the language of the page: titles, columns, definitions and the labels of codes.

Names of people, dealerships and services are no texts of ours and stay as they are.
"""

from collections.abc import Mapping
from typing import Any

from servicelost.analytics.labels import CODES, NOT_RECORDED
from servicelost.analytics.reasons import NO_HISTORY
from servicelost.taxonomy.grades import Grade
from servicelost.web.languages import gettext as _

_TEXTS = ("label", "title", "definition")


def in_words(document: Mapping[str, Any]) -> dict[str, Any]:
    """The presented document with every text of ours translated."""
    return {
        **document,
        "measures": [_described(number) for number in document["measures"]],
        "bridge": [_described(step) for step in document["bridge"]],
        "sections": [_section(section) for section in document["sections"]],
    }


def _described(thing: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: _(thing[name]) for name in _TEXTS if thing.get(name)}
    if thing.get("reason"):
        told["reason"] = _reason(thing["reason"])
    return {**thing, **told}


def _reason(text: str) -> str:
    """Why a number is not there; how much history there is stands behind the words."""
    words, colon, periods = text.partition(": ")
    return f"{_(words)}{colon}{periods}" if words == NO_HISTORY else _(text)


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    ours = [column["key"] for column in section["columns"] if column.get("vocabulary") in _VOCABULARIES]
    return {
        **_described(section),
        "columns": [_described(column) for column in section["columns"]],
        "notes": [_(note) for note in section["notes"]],
        "rows": [{**row, "labels": _labels(row["labels"], ours)} for row in section["rows"]],
    }


def _labels(labels: Mapping[str, str], ours: list[str]) -> dict[str, str]:
    return {
        key: _words(label) if key in ours or label == NOT_RECORDED else label for key, label in labels.items()
    }


def _words(label: str) -> str:
    """The label; a grade of confidence keeps its letter before it."""
    letter, colon, text = label.partition(": ")
    return f"{letter}: {_(text)}" if colon and letter in set(Grade) else _(label)


_VOCABULARIES = frozenset(vocabulary.value for vocabulary in CODES)
