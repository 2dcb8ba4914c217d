"""The script that draws the figures, taken from the installed plotly package.

For documents that carry everything in themselves; pages serve the same file as a static asset.
"""

from importlib.resources import files


def plotly_script() -> str:
    """The minified plotly.js, some megabytes of text."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
