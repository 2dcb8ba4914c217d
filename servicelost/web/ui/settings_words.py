"""Words for what the settings pages show: units, roles, scopes of tokens, and what the audit log tells.

How a change is put together from them stands in `settings_changes`.
"""

from collections.abc import Mapping

from servicelost.administration.settings import Unit
from servicelost.kernel.actor import Role
from servicelost.web.scopes import Scope

TABS: Mapping[str, str] = {
    "settings": "Thresholds",
    "settings_causes": "Causes",
    "settings_competitors": "Competitors",
    "settings_mapping": "Service categories",
    "settings_people": "Employees",
    "settings_tokens": "API tokens",
    "settings_log": "Changes",
}

UNIT_WORDS: Mapping[str, str] = {
    Unit.MINUTES: "minutes",
    Unit.DAYS: "days",
    Unit.COUNT: "cases",
    Unit.SHARE: "share from 0 to 1",
}

ROLE_WORDS: Mapping[str, str] = {
    Role.SERVICE_ADVISOR: "Service advisor",
    Role.BDC_AGENT: "Call agent",
    Role.TECHNICIAN: "Technician",
    Role.SERVICE_MANAGER: "Service manager",
    Role.GROUP_MANAGER: "Group manager",
    Role.ADMIN: "Administrator",
}

SCOPE_WORDS: Mapping[str, str] = {
    Scope.EVENTS_WRITE: "Send events",
    Scope.VISITS_READ: "Read visits",
    Scope.VISITS_WRITE: "Decide lines of visits",
    Scope.REPORTS_READ: "Read reports",
    Scope.REPORTS_RUN: "Compute reports",
    Scope.LEDGER_READ: "Read the ledger",
    Scope.LEDGER_WRITE: "Take losses back",
}

# Days that a token lives.
LIVES: Mapping[str, str] = {"30": "30 days", "90": "90 days", "365": "1 year", "": "Until it is revoked"}

CHANGE_WORDS: Mapping[str, str] = {
    "SETTING_CHANGED": "Setting changed",
    "CAUSE_DEFINED": "Cause added",
    "CAUSE_CHANGED": "Cause changed",
    "CAUSE_DEACTIVATED": "Cause switched off",
    "COMPETITOR_ADDED": "Competitor added",
    "COMPETITOR_CHANGED": "Competitor changed",
    "COMPETITOR_JOINED": "Competitors joined or separated",
    "SERVICE_MAPPED": "Service mapped",
    "OPERATION_MAPPED": "Operation mapped",
    "EMPLOYEE_CHANGED": "Employee changed",
    "DEALERSHIP_GRANTED": "Dealership shown to an employee",
    "DEALERSHIP_REVOKED": "Dealership hidden from an employee",
    "DEALERSHIP_ADDED": "Dealership added",
    "DEALERSHIP_CHANGED": "Dealership changed",
    "TASK_REOPENED": "Task opened again",
    "TOKEN_CREATED": "Token made",
    "TOKEN_REVOKED": "Token revoked",
    "ACCOUNT_CREATED": "Account made",
    "ACCOUNT_CHANGED": "Account changed",
    "PASSWORD_CHANGED": "Password changed",
}

FIELD_WORDS: Mapping[str, str] = {
    "active": "In use",
    "closed_days": "Closed days",
    "code": "Code",
    "country": "Country",
    "currency": "Currency",
    "done_by": "Done by",
    "distinct": "One need",
    "label": "Label",
    "labels": "Translations",
    "locale": "Language",
    "name": "Name",
    "opening_hours": "Opening hours",
    "parent": "Stands for",
    "roles": "Roles",
    "same_as": "Another name of",
    "scopes": "May",
    "standard": "Category",
    "subdivision": "Region",
    "timezone": "Time zone",
    "username": "Sign-in name",
}
