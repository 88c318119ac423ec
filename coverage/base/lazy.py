"""The front page of a package whose modules are loaded when their names are asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(package: str, module_of: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package: each name from its module, loaded then and kept.

    ``module_of`` tells for each public name the module of the package that holds it.
    """

    def getattribute(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{module_of[name]}"), name)
        # A module of the same name has just taken this place in the package: the name wins.
        setattr(sys.modules[package], name, value)
        return value

    return getattribute
