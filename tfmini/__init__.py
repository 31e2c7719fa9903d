"""TensorFlow 1's graphs, variables and sessions on numpy.

`import tfmini as tf` gives the names of TensorFlow 1.x. `tf.compat.v1` is the same module. `tf.inspection`, which turns graphs,
scopes and runs into plain data and text, loads when it is first used.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from . import errors, formats
from ._public import PUBLIC as _public
from ._public import missing as _missing

__version__ = "0.1.0"
VERSION = __version__

globals().update(_public)
__all__ = sorted(name for name in _public if not name.startswith("_"))


def __getattr__(name: str) -> Any:
    if name == "inspection":
        return importlib.import_module(f"{__name__}.inspection")
    if name in formats.MESSAGES:
        return formats.messages.message(name)
    raise AttributeError(_missing("tf", name, __all__))


if "IPython" in sys.modules:
    from . import _notebook

    _notebook.install()
