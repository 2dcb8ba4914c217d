"""The colours: readable in both themes, and one for good for each cause."""

import pytest

from servicelost.analytics.charts.palette import THEMES, Theme, cause_colour, contrast
from servicelost.taxonomy.causes import CAUSES


def test_contrast_as_published() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_and_fills_stand_out_from_the_surface(theme: Theme) -> None:
    assert contrast(theme.text, theme.surface) >= 4.5
    states = (theme.potential, theme.lost, theme.won, theme.deferred, theme.recovered, theme.other)
    fills = {*states, *theme.hues, *(cause_colour(cause.value, theme) for cause in CAUSES)}
    assert not {fill for fill in fills if contrast(fill, theme.surface) < 3}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_cause_of_a_loss_has_a_colour_of_its_own(theme: Theme) -> None:
    known = [cause for cause in CAUSES.values() if not cause.not_a_loss and cause.owners]
    colours = {cause_colour(cause.code.value, theme) for cause in known}
    assert len(colours) == len(known)
    assert (
        cause_colour("UNKNOWN", theme)
        == cause_colour("OTHER", theme)
        == cause_colour(None, theme)
        == theme.other
    )
