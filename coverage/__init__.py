"""Maillage: where digital help is missing, and where to put it next.

The distribution is called ``maillage``; the import package is ``coverage``.
"""

__version__ = "0.1.0"
