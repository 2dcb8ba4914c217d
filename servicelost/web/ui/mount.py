"""Putting the pages into an application; the views come with the modules named here."""

from flask import Flask

from servicelost.web.permissions import Action
from servicelost.web.ui import (
    assets,
    board,
    board_acts,
    board_hints,
    calling,
    card_page,
    complaints,
    decisions,
    finishing,
    follow_ups,
    home,
    language,
    ledger,
    moving_on,
    quick_log,
    red_work,
    reports,
    rows,
    search,
    second_chances,
    settings,
    settings_causes,
    settings_competitors,
    settings_log,
    settings_mapping,
    settings_people,
    settings_tokens,
    tasks_done,
    today,
    visits,
)
from servicelost.web.ui.blueprint import page, pages
from servicelost.web.ui.frame import page_tools

VIEWS = (
    home, today, red_work, follow_ups, calling, tasks_done, board, board_acts, board_hints, card_page, visits,
    decisions, second_chances, moving_on,
    complaints, finishing, reports, rows, ledger, quick_log, search, language, settings, settings_causes,
    settings_competitors, settings_mapping, settings_people, settings_tokens, settings_log,
)  # fmt: skip

page("/assets/<name>", Action.PUBLIC, endpoint="asset")(assets.send_asset)
pages.context_processor(page_tools)


def mount_pages(app: Flask, url_prefix: str) -> None:
    """Register the pages under the module's own prefix."""
    app.register_blueprint(pages, url_prefix=url_prefix)
