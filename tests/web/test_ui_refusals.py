"""Refusals in the language of the page; programs and English keep the rule's own, exact words."""

import pytest
from flask.testing import FlaskClient

from servicelost.kernel.actor import Role
from servicelost.kernel.errors import RuleViolation
from servicelost.web.languages.choice import LANGUAGES, speak
from servicelost.web.languages.words import gettext
from servicelost.web.schemas.quick_log import PartSchema
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.refusals import SENTENCES, describe
from tests.web.conftest import World

FOREIGN = [language for language in LANGUAGES if language != "en"]
EXACT = RuleViolation("NO_SHOW_TOO_EARLY", "appointment A-1 is only due at 10:00")


@pytest.mark.parametrize("language", FOREIGN)
def test_a_rule_refuses_in_the_language_of_the_page(world: World, language: str) -> None:
    with world.app.test_request_context():
        speak("en")
        assert describe(EXACT).message == EXACT.message
        speak(language)
        told = describe(EXACT)
        assert told.message == gettext(SENTENCES["NO_SHOW_TOO_EARLY"])
        assert told.message not in (EXACT.message, SENTENCES["NO_SHOW_TOO_EARLY"])
        assert describe(RuleViolation("NEVER_HEARD_OF", "in its own words")).message == "in its own words"


@pytest.mark.parametrize("language", FOREIGN)
def test_a_wrong_field_is_told_in_the_language_of_the_page(world: World, language: str) -> None:
    with world.app.test_request_context():
        speak(language)
        with pytest.raises(Exception, match=gettext("is not a number")) as refused:
            read_form(PartSchema(), {"quantity": "many"})
        assert gettext("Quantity") in str(refused.value)


def test_the_api_keeps_the_exact_words_whatever_language_somebody_reads(
    world: World, client: FlaskClient
) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    answer = client.get("/service/api/v1/lines/999", headers={"Accept-Language": "nl"})
    assert answer.json is not None
    assert answer.json["message"] == "Line 999 does not exist"
