"""One reading of a territory: which sources it has, and what was found on the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

from coverage.base.errors import SourceError
from coverage.base.files import sha256_of
from coverage.base.workspace import Workspace
from coverage.model.notes import Notes
from coverage.model.territory import GIVEN_VINTAGE, SourceInfo
from coverage.sources.catalogue import available, raw_files, source, sources_of
from coverage.sources.entry import Source
from coverage.sources.readers._origin import Origin


@dataclass
class Reading:
    """One reading of a territory: what is looked for, and what was found on the way."""

    workspace: Workspace
    territory: str
    notes: Notes = field(default_factory=Notes)
    infos: dict[str, SourceInfo] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in sources_of(self.workspace, self.territory):
            found = available(self.workspace, entry)
            if found is None and not entry.optional:
                raise SourceError(
                    f"Il manque une source sans laquelle rien ne peut être construit : "
                    f"{entry.title}. {entry.remedy}"
                )
            files = raw_files(self.workspace, found.id) if found else None
            self.infos[entry.id] = _info(
                found or entry, "used" if found else "missing", files or ()
            )

    def origin(self, source_id: str) -> Origin:
        """Return the origin whose notes are this territory's."""
        return Origin(source(source_id), self.notes)

    def file(self, source_id: str, suffix: str = "") -> Path | None:
        """Return a source's file, None where the territory has none or it was not fetched."""
        info = self.infos.get(source_id)
        if info is None or info.status != "used":
            return None
        files = raw_files(self.workspace, info.source_id) or ()
        return next((path for path in files if path.name.endswith(suffix)), None)

    def required(self, source_id: str) -> Path:
        """Return the file of a source that the beginning of the reading has found."""
        path = self.file(source_id)
        assert path is not None
        return path

    def count(self, source_id: str, rows: int) -> None:
        """Say how many rows of a source lie in the territory."""
        if source_id in self.infos:
            info = self.infos[source_id]
            self.infos[source_id] = replace(info, rows=rows)

    def drop(self, source_id: str) -> None:
        """Take a source off the list: another is used in its place, or it has no use here."""
        self.infos.pop(source_id, None)

    def given_origin(self, source_id: str, title: str, vintage: str = GIVEN_VINTAGE) -> Origin:
        """Return the origin of the notes on a file of the user's."""
        given = Source(
            id=source_id,
            title=title,
            producer="votre fichier",
            licence="",
            vintage=vintage,
            folder="",
            files=(),
            reader="",
        )
        return Origin(given, self.notes)

    def add(
        self,
        source_id: str,
        title: str,
        *,
        path: Path | None,
        rows: int = 0,
        remedy: str = "",
        vintage: str = "",
        secret: bool = False,
    ) -> None:
        """Add what the user gave, or did not give, beside the catalogue.

        ``secret``: the file holds counts of persons; a hash of them could be guessed and checked,
        so none is told.
        """
        self.infos[source_id] = SourceInfo(
            source_id,
            title,
            producer="votre fichier" if path else "",
            licence="",
            vintage=(vintage or GIVEN_VINTAGE) if path else "",
            status="used" if path else "missing",
            remedy=remedy,
            rows=rows,
            sha256=sha256_of(path) if path and not secret else "",
        )


def _info(entry: Source, status: str, files: tuple[Path, ...] = ()) -> SourceInfo:
    """Return what to say of a source; several files have the sha256 of their sha256s."""
    hashes = [sha256_of(path) for path in files]
    many = hashlib.sha256("".join(hashes).encode("ascii")).hexdigest()
    return SourceInfo(
        entry.id,
        entry.title,
        entry.producer,
        entry.licence,
        entry.vintage,
        status,
        remedy=entry.remedy if status == "missing" else "",
        sha256=hashes[0] if len(hashes) == 1 else many if hashes else "",
    )
