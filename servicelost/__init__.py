"""servicelost finds what a service department loses, and why.

Public names only: `ServiceLost`, the Flask extension, and `__version__`. Nothing is imported until it is
asked for, so that `import servicelost` stays fast; no code of any other kind belongs here.
"""

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from servicelost.extension import ServiceLost

__all__ = ["ServiceLost", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load the extension the first time somebody asks for it."""
    if name == "ServiceLost":
        return _load("servicelost.extension").ServiceLost
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _load(module: str) -> Any:
    """Import the module without looking for garbage meanwhile: nearly all that is made is there to stay."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        if collecting:
            gc.enable()
