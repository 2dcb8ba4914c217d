"""Naming a function whose module is loaded when it is called, not before.

For what only some processes need: whoever imports the composition root pays for nothing that it names so.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def later(target: str) -> Callable[..., Any]:
    """The function ``module:name``, imported at each call."""
    module, _, name = target.partition(":")

    def run(*arguments: Any, **named: Any) -> Any:
        return getattr(import_module(module), name)(*arguments, **named)

    run.__name__ = name
    return run
