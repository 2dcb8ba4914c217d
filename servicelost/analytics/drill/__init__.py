"""From a number of a report to the rows behind it: ledger entries or lines of the database, in pages.

The filters mean the same as in the reports, so the rows add up to the number as long as nothing
has changed since. Nothing is computed or written here.
"""

from servicelost.analytics.drill.filters import Drill, Target, read_drill
from servicelost.analytics.drill.pages import DrillPage, open_drill

__all__ = ["Drill", "DrillPage", "Target", "open_drill", "read_drill"]
