"""The workspace: one root folder that holds raw data, layers, maps and runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from coverage.base.errors import UserError


@dataclass(frozen=True)
class Workspace:
    """Where everything is; sub-folders are made when something is first written to them."""

    root: Path

    @classmethod
    def locate(cls, root: str | Path | None = None) -> Workspace:
        """Take ``--root``, else ``MAILLAGE_ROOT``, else the current folder."""
        chosen = Path(root or os.environ.get("MAILLAGE_ROOT") or ".").expanduser().resolve()
        if chosen.exists() and not chosen.is_dir():
            raise UserError(f"« {chosen} » n'est pas un dossier. Donnez un dossier à --root.")
        return cls(chosen)

    @property
    def raw(self) -> Path:
        """Files as their producers publish them: ``<source>/<vintage>/…``."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Clean layers: ``<territory>/<layer>-<sha12>.parquet``."""
        return self.root / "data" / "processed"

    @property
    def maps(self) -> Path:
        """Finished maps, one self-contained file each."""
        return self.root / "maps"

    @property
    def runs(self) -> Path:
        """Results of studies: ``<run_id>/…`` and ``<territory>.current``."""
        return self.root / "runs"
