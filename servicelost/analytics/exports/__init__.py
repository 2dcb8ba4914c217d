"""A presented result as a file: CSV, XLSX, JSON or one HTML page that needs nothing else; or as text.

Formats only. Which result, who may have it and under what name it is served is decided elsewhere.
"""

from servicelost.analytics.exports.formats import FORMATS, ExportFormat, export
from servicelost.analytics.exports.terminal import print_report

__all__ = ["FORMATS", "ExportFormat", "export", "print_report"]
