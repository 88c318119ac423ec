"""Fetching: from a mirror folder, a mirror's address or the public addresses, into ``data/raw``.

What is fetched is kept as received, under ``<source>/<vintage>``, with a ``manifest.json`` beside
it that says where each file came from, when, and its sha256. A source's files are swapped in
together, only when all of them have come; until then the previous ones stay.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from coverage.base.crs import DEMO, territory_code
from coverage.base.errors import SourceError, UserError
from coverage.base.files import (
    TEMPORARY_PREFIX,
    exclusive_lock,
    no_room_is_told,
    sha256_of,
    sync_file,
    sync_folder,
    temporary_beside,
    write_json,
)
from coverage.base.progress import Progress, silent
from coverage.base.workspace import Workspace
from coverage.model.words import decimal
from coverage.sources.catalogue import needed_for, source
from coverage.sources.entry import Source, SourceFile
from coverage.sources.fetch_file import (
    FetchError,
    Http,
    NotModifiedError,
    Stamp,
    copy_file,
    extract_member,
    mirror_file,
    without_password,
)

MANIFEST = "manifest.json"


class Fault(NamedTuple):
    """A source that could not be fetched, and why (French)."""

    source_id: str
    reason: str


@dataclass(frozen=True)
class FetchReport:
    """What became of each source, by id.

    ``kept`` are the sources that could not be asked but whose previous files are whole and stay
    in use; ``missing`` those that nothing is there for. ``bytes`` counts what was written.
    ``warning`` is a French sentence where the mirror gave nothing at all, else empty.
    """

    fetched: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[Fault, ...] = ()
    missing: tuple[Fault, ...] = ()
    bytes: int = 0
    warning: str = ""

    def sentence(self) -> str:
        """Return the whole text for the screen, in French: the counts, then ``lines``."""
        if not (self.fetched or self.unchanged or self.kept or self.missing):
            return "Rien à télécharger : ce territoire est fictif, le programme le fabrique."
        counts = (
            f"Sources reçues : {len(self.fetched)} ({decimal(self.bytes / 1e6, 1)} Mo), "
            f"inchangées : {len(self.unchanged)}, gardées : {len(self.kept)}, "
            f"manquantes : {len(self.missing)}."
        )
        return "\n".join((counts, *self.lines()))

    def lines(self) -> tuple[str, ...]:
        """Return the warning, then one line a source that is missing or kept: why, what to do."""
        return (
            *((self.warning,) if self.warning else ()),
            *(_line("Manquante", fault, source(fault.source_id).remedy) for fault in self.missing),
            *(_line("Gardée", fault, "Le fichier déjà là reste utilisé.") for fault in self.kept),
        )


def _line(state: str, fault: Fault, advice: str) -> str:
    return f"{state} : {source(fault.source_id).title} ({fault.reason}). {advice}"


def fetch(
    workspace: Workspace,
    territory: str,
    *,
    mirror: str | None = None,
    only: Collection[str] = (),
    progress: Progress = silent,
    http: Http | None = None,
) -> FetchReport:
    """Bring the raw files of a territory into the workspace.

    ``mirror`` is a folder or an http(s) address laid out like ``data/raw``; without it the public
    addresses are asked, and then only for what is not there yet, since a dated folder does not
    change; ``only`` names the sources to fetch, and asks for them again. The fictitious territory
    needs nothing.

    Raises ``UserError`` for an unknown source or mirror, ``SourceError`` where a source that no
    study can do without, or every source that was asked for, is neither to be had nor already
    there.
    """
    named = [source(source_id) for source_id in dict.fromkeys(only)]
    code = territory_code(territory)
    if code == DEMO:
        return FetchReport()
    place = _Place(workspace, _checked_mirror(mirror), bool(named), http or Http())
    wanted = named or list(needed_for(code))
    fetched: list[str] = []
    unchanged: list[str] = []
    kept: list[Fault] = []
    missing: list[Fault] = []
    written = 0
    for done, entry in enumerate(wanted):
        progress(done / len(wanted), f"Téléchargement : {entry.title}")
        try:
            entry, received = _fetch_or_substitute(place, entry)
        except FetchError as error:
            usable = _whole_or_substitute(workspace, entry)
            if usable is not None:
                kept.append(Fault(usable.id, str(error)))
            elif entry.optional:
                missing.append(Fault(entry.id, str(error)))
            else:
                raise SourceError(
                    f"Source indisponible : {entry.title} ({error}). {place.advice}"
                ) from error
            continue
        (fetched if received else unchanged).append(entry.id)
        written += received
    progress(1.0, "Téléchargement terminé")
    warning = ""
    if mirror is not None and not fetched and not unchanged:
        named_mirror = without_password(mirror) if "://" in mirror else mirror
        warning = (
            f"Le miroir « {named_mirror} » n’a répondu pour aucune source ; les "
            "fichiers déjà là sont gardés."
        )
    report = FetchReport(
        tuple(fetched), tuple(unchanged), tuple(kept), tuple(missing), written, warning
    )
    if len(missing) == len(wanted):
        told = "\n".join(replace(report, warning="").lines())
        raise SourceError(f"Aucune source n’a pu être obtenue. {place.advice}\n{told}")
    return report


@dataclass(frozen=True)
class _Place:
    """Where files come from and go to."""

    workspace: Workspace
    mirror: Path | str | None
    again: bool
    http: Http

    @property
    def advice(self) -> str:
        """What to check where a source can't be had (French)."""
        if self.mirror is None:
            return "Vérifiez la connexion ou donnez --mirror DOSSIER."
        if isinstance(self.mirror, str):
            return "Vérifiez la connexion et l’adresse donnée à --mirror."
        return "Vérifiez que le dossier de --mirror range les fichiers par <source>/<millésime>/."

    def address_of(self, entry: Source, file: SourceFile) -> str | None:
        if isinstance(self.mirror, str):
            return f"{self.mirror}/{quote(f'{entry.folder}/{file.name}')}"
        return file.address

    def member_of(self, file: SourceFile) -> str:
        return file.member if self.mirror is None else ""


def _checked_mirror(mirror: str | None) -> Path | str | None:
    if mirror is None:
        return None
    if "://" in mirror:
        _check_address(mirror)
        if not mirror.lower().startswith(("http://", "https://")):
            raise UserError(
                f"--mirror « {without_password(mirror)} » : donnez un dossier, ou une adresse "
                "qui commence par http:// ou https://."
            )
        return mirror.rstrip("/")
    path = Path(mirror)
    with suppress(RuntimeError):  # ~name of nobody: looked for as it is written
        path = path.expanduser()
    if not path.is_dir():
        raise UserError(
            f"Le miroir « {mirror} » n’existe pas ou n’est pas un dossier. Donnez à --mirror un "
            "dossier qui contient les fichiers sous <source>/<millésime>/."
        )
    return path


def _check_address(mirror: str) -> None:
    """Refuse what is no address at all; it is not repeated, since it may hold a password."""
    try:
        parts = urlsplit(mirror)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UserError(
            "L’adresse donnée à --mirror n’en est pas une : donnez un dossier, ou une adresse "
            "comme https://exemple.fr/miroir."
        )


def _fetch_or_substitute(place: _Place, entry: Source) -> tuple[Source, int]:
    """Fetch a source, or the one that stands in for it; say which, and the bytes written.

    Raises ``FetchError`` with the first one's reason when neither is to be had.
    """
    try:
        return entry, _fetch_source(place, entry)
    except FetchError:
        if not entry.substitute or _is_whole(place.workspace, entry):
            raise
        stand_in = source(entry.substitute)
        with suppress(FetchError):
            return stand_in, _fetch_source(place, stand_in)
        raise


def _fetch_source(place: _Place, entry: Source) -> int:
    """Fetch the files of one source that are new; return the bytes written (0: unchanged).

    Raises ``FetchError``; the files that were there are then untouched.
    """
    folder = place.workspace.raw / entry.folder
    if place.mirror is None and not place.again and _is_whole(place.workspace, entry):
        return 0
    if isinstance(place.mirror, Path):
        mirror = place.mirror
        origins = {f.name: mirror_file(mirror, entry.folder, f.name) for f in entry.files}
        if all(_same(folder / name, origin) for name, origin in origins.items()):
            return 0
    else:
        origins = {}
        if any(place.address_of(entry, file) is None for file in entry.files):
            damaged = any((folder / file.name).exists() for file in entry.files)
            raise FetchError(
                "pas d’adresse publique connue"
                + (", et les fichiers présents sont incomplets ou abîmés" if damaged else "")
            )
    with (
        exclusive_lock(folder / ".lock", f"La source « {entry.title} »"),
        no_room_is_told(folder),
        ExitStack() as stack,
    ):
        for left in folder.glob(f"{TEMPORARY_PREFIX}*"):
            with suppress(FileNotFoundError):
                left.unlink()
        staged = _stage(place, entry, origins, stack)
        return _keep(folder, entry, staged)


class _Staged(NamedTuple):
    path: Path
    address: str
    stamp: Stamp


def _stage(
    place: _Place, entry: Source, origins: dict[str, Path], stack: ExitStack
) -> dict[str, _Staged]:
    """Get every changed file of a source beside its place; all of them, or ``FetchError``."""
    folder = place.workspace.raw / entry.folder
    limit_bytes = place.http.size_limit_bytes
    archives: dict[str, tuple[Path, Stamp]] = {}
    staged = {}
    for file in entry.files:
        target = folder / file.name
        path = stack.enter_context(temporary_beside(target))
        if file.name in origins:
            copy_file(origins[file.name], path, limit_bytes)
            staged[file.name] = _Staged(path, "miroir", Stamp())
            continue
        address = place.address_of(entry, file) or ""
        told = without_password(address)
        if member := place.member_of(file):
            if address not in archives:
                archive = stack.enter_context(temporary_beside(target))
                archives[address] = archive, place.http.download(address, archive)
            archive, stamp = archives[address]
            extract_member(archive, member, path, limit_bytes)
            staged[file.name] = _Staged(path, told, stamp)
            continue
        with suppress(NotModifiedError):
            stamp = place.http.download(address, path, _known_stamp(target, told))
            staged[file.name] = _Staged(path, told, stamp)
    return staged


def _keep(folder: Path, entry: Source, staged: dict[str, _Staged]) -> int:
    """Swap the staged files in and write the manifest; return the bytes that are new."""
    manifest = _read_manifest(folder)
    new_bytes = 0
    for name, (path, address, stamp) in staged.items():
        sync_file(path)
        sha256, size_bytes = sha256_of(path), path.stat().st_size
        target = folder / name
        if not target.is_file() or sha256_of(target) != sha256:
            path.replace(target)
            new_bytes += size_bytes
        manifest[name] = {
            "source": entry.id,
            "address": address,
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "licence": entry.licence,
            "vintage": entry.vintage,
            "sha256": sha256,
            "bytes": size_bytes,
            "etag": stamp.etag,
            "last_modified": stamp.last_modified,
        }
    if staged:
        sync_folder(folder)
        write_json(folder / MANIFEST, manifest)
    return new_bytes


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder, by file name; one that can't be read counts as none."""
    try:
        document = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _is_intact(path: Path) -> bool:
    """Tell whether a file is there with the sha256 of its manifest.

    A file without an entry was put there by hand: it is the user's, and taken as it is.
    """
    if not path.is_file():
        return False
    entry = _read_manifest(path.parent).get(path.name)
    return entry is None or entry.get("sha256") == sha256_of(path)


def _is_whole(workspace: Workspace, entry: Source) -> bool:
    return all(_is_intact(workspace.raw / entry.folder / file.name) for file in entry.files)


def _whole_or_substitute(workspace: Workspace, entry: Source) -> Source | None:
    """Return the source whose previous files stay in use: this one, else its substitute."""
    if _is_whole(workspace, entry):
        return entry
    return _whole_or_substitute(workspace, source(entry.substitute)) if entry.substitute else None


def _same(path: Path, origin: Path) -> bool:
    return (
        path.is_file()
        and path.stat().st_size == origin.stat().st_size
        and sha256_of(path) == sha256_of(origin)
        and path.name in _read_manifest(path.parent)
    )


def _known_stamp(path: Path, address: str) -> Stamp | None:
    """Return what this address said of the file we hold, if that file is the one it sent."""
    entry = _read_manifest(path.parent).get(path.name)
    if entry is None or entry.get("address") != address or not _is_intact(path):
        return None
    return Stamp(str(entry.get("etag", "")), str(entry.get("last_modified", "")))
