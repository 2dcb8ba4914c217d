"""The mapping language: a TOML file that turns a dealer's export files into events of the catalogue.

Open a source with a mapping, read it group by group, write what was rejected. Storing, applying and
reporting the events is the work of the rooms above.
"""

from servicelost.intake.mapping.building import MappedEvent
from servicelost.intake.mapping.cells import Problem, RejectedRow, SourceRow
from servicelost.intake.mapping.counting import Count
from servicelost.intake.mapping.definition import DealershipDefinition, MappingDefinition
from servicelost.intake.mapping.grouping import MappedRow
from servicelost.intake.mapping.loading import load_mapping, parse_mapping
from servicelost.intake.mapping.rejects import RejectsWriter
from servicelost.intake.mapping.source import MappedSource, Pass

__all__ = [
    "Count",
    "DealershipDefinition",
    "MappedEvent",
    "MappedRow",
    "MappedSource",
    "MappingDefinition",
    "Pass",
    "Problem",
    "RejectedRow",
    "RejectsWriter",
    "SourceRow",
    "load_mapping",
    "parse_mapping",
]
