"""The pages of reports: which there are, one with its tables and figure, how far its computing is.

Asking is in `report_runs`, the form in `report_options`, the tables in `report_tables`.
"""

import json
from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from servicelost.analytics.exports import FORMATS, export
from servicelost.analytics.present import present
from servicelost.analytics.registry import REPORTS
from servicelost.analytics.runs import visible_run
from servicelost.kernel.errors import InvalidInput, NotFound
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.ui.addresses import query_values
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.report_matrix import matrix
from servicelost.web.ui.report_options import parameters
from servicelost.web.ui.report_plots import plots
from servicelost.web.ui.report_runs import Asked, ask_report, progress_hint, progress_of
from servicelost.web.ui.report_tables import Footnotes, bridge, figures, table
from servicelost.web.ui.row_files import as_file

_CAUSES_ACROSS = 6
_HEADLINES = 4


@page("/reports", Action.READ_REPORTS)
def reports() -> ResponseReturnValue:
    """All reports with their questions."""
    return render_template("servicelost/reports.html", specs=REPORTS.values())


@page("/reports/<name>", Action.RUN_REPORTS)
def report(name: str) -> ResponseReturnValue:
    """One report on what the address asks for; it is asked for by being looked at."""
    runtime, actor, values = current_runtime(), current_actor(), query_values()
    try:
        asked = ask_report(runtime, actor, name, values)
    except InvalidInput as error:
        say(Message(describe(error).message, wrong=True))
        return _show(ask_report(runtime, actor, name, {}), values), describe(error).status
    return _show(asked, values)


@page(f"/reports/runs/{ID}run_id>", Action.READ_REPORTS)
def report_progress(run_id: int) -> ResponseReturnValue:
    """How far a run is, for the page that waits for it."""
    runtime = current_runtime()
    with runtime.unit(current_actor(), reading=True) as book:
        run = visible_run(book, run_id)
    return jsonify(progress_of(runtime, run, runtime.clock.now()))


@page(f"/reports/runs/{ID}run_id>/file", Action.READ_REPORTS)
def report_file(run_id: int) -> ResponseReturnValue:
    """The result of a run as a file of the format the address names."""
    name = request.args.get("format", "csv")
    with current_runtime().unit(current_actor(), reading=True) as book:
        run = visible_run(book, run_id)
        if run.result is None:
            raise NotFound("NOT_FOUND", f"report run {run_id} has no result")
        content = export(present(json.loads(run.result), book.connection), name)
    return as_file(content, FORMATS[name].content_type, f"{run.report}.{name}")


def _show(asked: Asked, values: dict[str, Any]) -> str:
    runtime = current_runtime()
    with runtime.unit(current_actor(), reading=True) as book:
        fields = parameters(book, asked.spec, values)
    hint = None if asked.waiting is None else progress_hint(runtime, asked.waiting, runtime.clock.now())
    return render_template(
        "servicelost/report.html", asked=asked, fields=fields, hint=hint, content=_content(asked)
    )


def _content(asked: Asked) -> dict[str, Any] | None:
    document = asked.document
    if document is None:
        return None
    notes = Footnotes()
    shown = figures(document, notes)
    sections = [section for section in document["sections"] if section["rows"]]
    matrices = {
        section["id"]: matrix(section, _CAUSES_ACROSS) for section in sections if section["id"] == "matrix"
    }
    return {
        "headlines": shown[:_HEADLINES],
        "figures": shown[_HEADLINES:],
        "bridge": bridge(document, notes),
        "tables": [table(section, notes) for section in sections],
        "matrices": matrices,
        "plots": plots(document),
        "notes": notes,
        "empty": not sections,
    }
