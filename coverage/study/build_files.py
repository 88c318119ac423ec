"""What a build is made from: the user's own files, and a key of everything it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from coverage.base.crs import territory_name
from coverage.base.errors import UserError
from coverage.base.files import sha256_of
from coverage.base.workspace import Workspace
from coverage.model.params import COST_LIMIT_MINUTES
from coverage.study.layer_files import layers_of, store_of
from coverage.study.program import program_hash
from coverage.study.protection import THRESHOLD_FILE

#: Tables that a workspace may hold at its root and that a build reads.
_OWN_TABLES = ("appariements.csv", "needs.toml", "services.toml", THRESHOLD_FILE)


@dataclass(frozen=True)
class BuildFiles:
    """Files of the user's own that a build takes in besides the catalogue's."""

    places: Path | None = None
    grid: Path | None = None
    roads: Path | None = None
    detections: Path | None = None
    activity: Path | None = None
    ages: Path | None = None
    epci: Path | None = None
    qpv: Path | None = None

    @classmethod
    def options(cls) -> tuple[str, ...]:
        """Return the options that take a file, one a field."""
        return tuple(field.name for field in fields(cls))

    def given(self) -> dict[str, Path]:
        """Return the files that were given, by option."""
        return {name: path for name, path in sorted(asdict(self).items()) if path is not None}

    def hashes(self) -> dict[str, str]:
        """Return the sha256 of each file given."""
        return {name: sha256_of(path) for name, path in self.given().items()}

    def passport(self) -> dict[str, str]:
        """Return what a layer's passport remembers of the files."""
        return {name: str(path) for name, path in self.given().items()}

    @classmethod
    def remembered(cls, workspace: Workspace, territory: str) -> BuildFiles:
        """Return the files of the last build. Raises ``UserError`` where one is gone."""
        store = store_of(workspace, territory)
        told = store.version("communes").passport.get("files", {}) if store.has("communes") else {}
        for option, path in told.items():
            if not Path(path).is_file():
                name = territory_name(territory)
                raise UserError(
                    f"Le fichier {path} du dernier build (--{option}) n'est plus là. Remettez-le, "
                    f"ou construisez sans lui : maillage build {name}"
                )
        return cls(**{option: Path(path) for option, path in told.items()})


def build_key(workspace: Workspace, territory: str, files: BuildFiles, raw: Sequence[Path]) -> str:
    """Return what a build depends on, as a hash: program, raw files, the user's files."""
    own = [path for name in _OWN_TABLES if (path := workspace.root / name).is_file()]
    document = {
        "program": program_hash(),
        "territory": territory,
        # <source>/<vintage>/<file>: two sources may give their files the same name.
        "raw": {"/".join(path.parts[-3:]): sha256_of(path) for path in sorted(raw)},
        "files": files.hashes(),
        "tables": {path.name: sha256_of(path) for path in own},
        "limit": COST_LIMIT_MINUTES,
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode("utf-8")).hexdigest()


def is_built(workspace: Workspace, territory: str, key: str) -> bool:
    """Tell whether the current layers were built from exactly these inputs."""
    store = store_of(workspace, territory)
    try:
        versions = [store.checked(layer) for layer in layers_of(store.versions())]
    except (UserError, OSError):  # missing or damaged: to be built
        return False
    return all(version.passport.get("build") == key for version in versions)
