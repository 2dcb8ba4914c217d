"""How a report is described: its question, parameters, numbers with their formulas, and sections.

Plain data that the web process reads. Nothing here computes and nothing may import an engine.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is, and so how it is written."""

    MONEY = "money"
    PERCENT = "percent"
    COUNT = "count"
    TEXT = "text"
    HOURS = "hours"
    QUANTITY = "quantity"


class Vocabulary(StrEnum):
    """Where the words for the codes or ids of a column come from."""

    ADVISOR = "advisor"
    BASIS = "basis"
    CATEGORY = "category"
    CAUSE = "cause"
    CHANNEL = "channel"
    DEALERSHIP = "dealership"
    EVENT = "event"
    GRADE = "grade"
    OWNER = "owner"
    PART = "part"
    PAY_TYPE = "pay_type"
    PERIOD = "period"
    QUALITY = "quality"
    SEVERITY = "severity"
    SKILL = "skill"
    STAGE = "stage"
    STATUS = "status"
    WEEKDAY = "weekday"
    WINDOW = "window"


@dataclass(frozen=True)
class Measure:
    """A number with the formula that is printed beside it; money is net of tax.

    `leads` is False for a number of a table that is not added up from the rows behind its row.
    """

    key: str
    label: str
    kind: Kind
    definition: str
    leads: bool = True


@dataclass(frozen=True)
class Dimension:
    """What a section's rows are about; its values are codes or ids that `vocabulary` puts in words."""

    key: str
    label: str
    vocabulary: Vocabulary


@dataclass(frozen=True)
class Section:
    """A table of a report: what each row is about, then its numbers."""

    id: str
    title: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportSpec:
    """A report: `function` is ``module:callable``, loaded only where it is computed."""

    name: str
    title: str
    question: str
    parameters: tuple[str, ...]
    groups: tuple[str, ...]
    measures: tuple[Measure, ...]
    sections: tuple[Section, ...]
    function: str

    def section(self, section_id: str) -> Section:
        """The section with this id."""
        return next(section for section in self.sections if section.id == section_id)

    def every_measure(self) -> tuple[Measure, ...]:
        """All numbers of the report, each once, headline numbers first."""
        found = {measure.key: measure for measure in self.measures}
        for section in self.sections:
            for measure in section.measures:
                found.setdefault(measure.key, measure)
        return tuple(found.values())
