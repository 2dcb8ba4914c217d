"""A presented result as a file: CSV, XLSX, JSON or one HTML page that needs nothing else.

Formats only; `terminal` has it as text. Which result, who may have it and under what name is not known here.
"""

from servicelost.analytics.exports.formats import FORMATS, ExportFormat, export

__all__ = ["FORMATS", "ExportFormat", "export"]
