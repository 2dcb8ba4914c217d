"""The script that draws the figures, taken from the installed plotly package without importing it.

For documents that carry everything in themselves; pages serve the same file as a static asset.
"""

from importlib.util import find_spec
from pathlib import Path


def plotly_script() -> str:
    """The minified plotly.js, some megabytes of text."""
    package = find_spec("plotly")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("the package plotly is not installed; it is one of our requirements")
    return Path(package.submodule_search_locations[0], "package_data", "plotly.min.js").read_text("utf-8")
