"""The files of this folder, as text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

FILES = Path(__file__).parent / "files"


def table(name: str) -> pd.DataFrame:
    """A file of this folder, as text."""
    return pd.read_csv(FILES / name, sep=";", dtype=str, keep_default_na=False)
