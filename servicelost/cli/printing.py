"""Where tables are printed: as wide as the terminal, or wide enough for a file that nobody wraps."""

from rich.console import Console

_WIDTH_OF_FILES = 180


def terminal() -> Console:
    """The console that writes to stdout."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH_OF_FILES)
