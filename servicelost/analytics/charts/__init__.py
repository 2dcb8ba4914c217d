"""Figures of reports as Plotly JSON, made when a result is shown and never stored.

Plain dictionaries: the web process needs no plotly to serve them. No number is computed here.
"""

from servicelost.analytics.charts.drawing import figures_of
from servicelost.analytics.charts.figure import Figure
from servicelost.analytics.charts.library import plotly_script

__all__ = ["Figure", "figures_of", "plotly_script"]
