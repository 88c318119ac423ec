"""Fetching: from a mirror folder, a mirror's address or the public addresses, into ``data/raw``.

What is fetched is kept as received, under ``<source>/<vintage>``, with a ``manifest.json`` beside
it that says where each file came from, when, and its sha256. A source's files are swapped in
together, only when all of them have come and are what its reader knows; until then the previous
ones stay.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from coverage.base.crs import DEMO, territory_code
from coverage.base.errors import SourceError, UserError
from coverage.base.progress import Progress, silent
from coverage.base.workspace import Workspace
from coverage.model.words import decimal
from coverage.sources.catalogue import HOSTS, needed_for, source
from coverage.sources.entry import Source
from coverage.sources.fetching.addresses import without_password
from coverage.sources.fetching.errors import FetchError
from coverage.sources.fetching.http import Http, Tell, Wire
from coverage.sources.fetching.manifest import is_whole
from coverage.sources.fetching.report import Fault, FetchReport
from coverage.sources.fetching.staging import Place, fetch_source

_TOLD_EVERY_S = 1.0


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
    origin = _checked_mirror(mirror)
    wanted = named or list(needed_for(code))
    fetched: list[str] = []
    unchanged: list[str] = []
    kept: list[Fault] = []
    missing: list[Fault] = []
    written = 0
    with Wire(http or Http(), HOSTS) as wire:
        place = Place(workspace, origin, bool(named), wire)
        for done, entry in enumerate(wanted):
            wire.tell = _teller(progress, entry.title, done / len(wanted), (done + 1) / len(wanted))
            try:
                entry, received = _fetch_or_substitute(place, entry)
            except FetchError as error:
                usable = _whole_or_substitute(workspace, entry)
                if usable is not None:
                    kept.append(Fault(usable.id, str(error), error.where))
                elif entry.optional:
                    missing.append(Fault(entry.id, str(error), error.where))
                else:
                    fault = Fault(entry.id, str(error), error.where)
                    told = f"Source indisponible\u00a0: {fault.told()}. {_advice(origin)}"
                    raise SourceError(told) from error
                continue
            (fetched if received else unchanged).append(entry.id)
            written += received
    progress(1.0, "Téléchargement terminé")
    warning = ""
    if mirror is not None and not fetched and not unchanged:
        named_mirror = without_password(mirror) if "://" in mirror else mirror
        warning = (
            f"Le miroir «\u00a0{named_mirror}\u00a0» n’a donné aucune source utilisable\u202f; les "
            "fichiers déjà là sont gardés."
        )
    report = FetchReport(
        tuple(fetched),
        tuple(unchanged),
        tuple(kept),
        tuple(missing),
        written,
        wire.received_bytes,
        warning,
    )
    if len(missing) == len(wanted):
        told = "\n".join(replace(report, warning="").lines())
        raise SourceError(f"Aucune source n’a pu être obtenue. {_advice(origin)}\n{told}")
    return report


def _teller(progress: Progress, title: str, start: float, end: float) -> Tell:
    """Return what tells the bytes of a source's files, between two shares of the whole fetch."""
    said = f"Téléchargement\u00a0: {title}"
    most, told_s = start, time.monotonic()
    progress(start, said)

    def tell(received: int, total: int | None) -> None:
        nonlocal most, told_s
        if time.monotonic() - told_s < _TOLD_EVERY_S:
            return
        told_s = time.monotonic()
        if total:
            most = max(most, start + (end - start) * min(received / total, 1.0))
        of_total = f" / {decimal(total / 1e6, 0 if total >= 1e7 else 1)}" if total else ""
        progress(most, f"{said}, {decimal(received / 1e6, 1)}{of_total}\u00a0Mo")

    return tell


def _advice(mirror: Path | str | None) -> str:
    """Return what to check where a source can't be had (French)."""
    if mirror is None:
        return "Vérifiez la connexion et recommencez plus tard, ou donnez --mirror DOSSIER."
    if isinstance(mirror, str):
        return "Vérifiez la connexion et l’adresse donnée à --mirror, ou recommencez plus tard."
    return "Vérifiez que le dossier de --mirror range les fichiers par <source>/<millésime>/."


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


def _fetch_or_substitute(place: Place, entry: Source) -> tuple[Source, int]:
    """Fetch a source, or the one that stands in for it; say which, and the bytes written.

    Raises ``FetchError`` with the first one's reason when neither is to be had.
    """
    try:
        return entry, fetch_source(place, entry)
    except FetchError:
        if not entry.substitute or is_whole(place.workspace, entry):
            raise
        stand_in = source(entry.substitute)
        with suppress(FetchError):
            return stand_in, fetch_source(place, stand_in)
        raise


def _whole_or_substitute(workspace: Workspace, entry: Source) -> Source | None:
    """Return the source whose previous files stay in use: this one, else its substitute."""
    if is_whole(workspace, entry):
        return entry
    return _whole_or_substitute(workspace, source(entry.substitute)) if entry.substitute else None
