"""Every module that declares tables of ours, loaded together so that the metadata is complete.

The tables of the standalone application are its own; nobody else may need them.
"""

from servicelost.administration import models as administration
from servicelost.analytics import models as analytics
from servicelost.analytics.lake import models as lake
from servicelost.directory import models as directory
from servicelost.intake import models as intake
from servicelost.jobs import slots
from servicelost.kernel import changes, ids
from servicelost.opportunities.followup import models as followup
from servicelost.opportunities.ledger import models as ledger
from servicelost.opportunities.pipeline import models as pipeline
from servicelost.search import models as search
from servicelost.web import models as web
from servicelost.workflow.models import appointments, invoices, lines, log, quotes, signals, visits

MODEL_MODULES = (
    ids,
    changes,
    administration,
    search,
    directory,
    appointments,
    visits,
    lines,
    quotes,
    invoices,
    signals,
    log,
    ledger,
    pipeline,
    followup,
    intake,
    lake,
    analytics,
    slots,
    web,
)
