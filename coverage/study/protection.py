"""What may be told of the detections: made at the build, one release after the other, and read.

The layers of the releases outlive a build without detections: were they forgotten, what a later
release tells and what an earlier one told could be subtracted, and show who is between.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.base.crs import metric_epsg
from coverage.base.errors import UserError
from coverage.base.store import Build, LayerStore, LayerVersion
from coverage.model.detections import THRESHOLD, ZONINGS
from coverage.model.tables import empty
from coverage.model.territory import TerritoryTables
from coverage.need.disclosure import Published
from coverage.need.zoning import groups_of
from coverage.reports.words.sentences import group_label
from coverage.study.layer_files import (
    PROTECTED_LAYERS,
    protected_layers_of,
    read_layer,
    read_layers,
    write_layer,
)

if TYPE_CHECKING:
    from coverage.model.detections import ProtectedDetections

#: Where a workspace asks for more than ``THRESHOLD`` persons.
THRESHOLD_FILE = "secret.toml"
#: The owner's: the counts as they came, and those of each release.
COUNTS, ACTIVITY, RELEASED = "detections", "activity", "detections_released"
#: Whose passport tells the release.
_TOLD_IN = "detection_blocks"
#: What everybody is in, as ``need.zoning`` names it.
_EVERYBODY = "territoire"


def threshold_of(root: Path) -> int:
    """Return the smallest count that a workspace tells: ``seuil`` of its ``secret.toml``.

    Without the file it is ``THRESHOLD``. Raises ``UserError`` for anything but a whole number from
    there up.
    """
    path = root / THRESHOLD_FILE
    if not path.is_file():
        return THRESHOLD
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except ValueError:  # not TOML, or not UTF-8
        document = {}
    told = document.get("seuil")
    if list(document) != ["seuil"] or type(told) is not int or told < THRESHOLD:
        raise UserError(
            f"{path}\u00a0: écrivez une seule ligne, «\u00a0seuil = {THRESHOLD}\u00a0» ou plus "
            f"grand\u00a0: aucun effectif de moins de {THRESHOLD} personnes ne se publie."
        )
    return told


def read_published(store: LayerStore) -> Published | None:
    """Return all that was published of a territory, or None where nothing ever was.

    Whoever deleted the table of the releases and its passport gave up their history: None too.
    Raises ``UserError`` where either is left and the history can't be read any more.
    """
    kept = [*store.folder.glob(f"{RELEASED}*.json"), *store.folder.glob(f"{RELEASED}*.parquet")]
    if not kept:
        return None
    versions = store.versions()
    try:
        layers = (*PROTECTED_LAYERS, RELEASED)
        tables = {layer: read_layer(store, versions[layer]) for layer in layers}
    except (LookupError, OSError, ValueError) as error:
        raise UserError(
            f"Ce qui a été publié des détections de {store.folder.name} est illisible, et une "
            "publication qui l’ignore trahirait de petits effectifs. Remettez une sauvegarde de "
            f"{store.folder}, ou renoncez à l’historique en effaçant ses fichiers "
            f"{RELEASED}*."
        ) from error
    return _published(tables, tables[RELEASED], versions[_TOLD_IN])


def protected_from(
    tables: Mapping[str, Any], versions: Mapping[str, LayerVersion]
) -> ProtectedDetections | None:
    """Return what may be told, from the layers in use; None where no detections are.

    What only their owner may see isn't needed, nor opened.
    """
    if _TOLD_IN not in tables:
        return None
    return _published(tables, empty(RELEASED), versions[_TOLD_IN]).protected()


def told_now(store: LayerStore) -> ProtectedDetections | None:
    """Return what may be told since the last build; None where no detections are."""
    tables, versions = read_layers(store, protected_layers_of(store.versions()))
    return protected_from(tables, versions)


def _published(
    tables: Mapping[str, Any], released: pd.DataFrame, version: LayerVersion
) -> Published:
    told, prior = version.passport, version.passport["prior"]
    frames = {layer.removeprefix("detection_"): tables[layer] for layer in PROTECTED_LAYERS}
    # Parquet gives lists back as arrays, which no table can be compared by.
    frames["zones"] = frames["zones"].assign(codes=frames["zones"]["codes"].map(list))
    return Published(
        **frames,
        released=released,
        threshold=int(told["threshold"]),
        release=int(told["release"]),
        prior=None if prior is None else (float(prior[0]), float(prior[1])),
        counted=bool(told.get("counted", True)),
    )


@dataclass(frozen=True, eq=False, repr=False)
class Release:
    """What one build read, and what is published of its counts (None: it has none)."""

    tables: TerritoryTables
    published: Published | None

    def write(self, build: Build, passport: Callable[..., dict[str, Any]]) -> None:
        """Store both; ``passport`` gives the passport of a layer.

        Counts that aren't given any more are forgotten, what was published never is.
        """
        raw = self.tables.detections
        for layer, given in (
            (COUNTS, None if raw is None else raw.counts),
            (ACTIVITY, None if raw is None else raw.activity),
        ):
            if given is None or given.empty:
                build.retire(layer)
            else:
                write_layer(build, layer, given, passport(layer), private=True)
        if self.published is None:
            return
        told = {
            "threshold": self.published.threshold,
            "release": self.published.release,
            "prior": self.published.prior,
            "counted": self.published.counted,
        }
        write_layer(build, RELEASED, self.published.released, passport(RELEASED), private=True)
        for layer in PROTECTED_LAYERS:
            frame = getattr(self.published, layer.removeprefix("detection_"))
            write_layer(build, layer, frame, passport(layer, **told))


def next_release(store: LayerStore, tables: TerritoryTables, *, root: Path) -> Release:
    """Return what is published of a territory's counts after all that was.

    Raises ``UserError`` for a wrong ``secret.toml``, or one that changes what is already published.
    """
    if tables.detections is None:
        return Release(tables, None)
    before, threshold = read_published(store), threshold_of(root)
    if before is not None and before.threshold != threshold:
        raise UserError(
            f"Les blocs de communes de {tables.nom} sont figés depuis leur première "
            f"publication, au seuil de {before.threshold}\u00a0: remettez «\u00a0seuil = "
            f"{before.threshold}\u00a0» dans {root / THRESHOLD_FILE}."
        )
    from coverage.need.disclosure import protect

    published = protect(
        tables.detections,
        tables.communes,
        zonings_of(tables),
        before,
        metric_epsg=metric_epsg(tables.territory),
        threshold=threshold,
    )
    return Release(tables, published)


def zonings_of(tables: TerritoryTables) -> pd.DataFrame:
    """Return the official zones that a territory's communes are in: one row a zone and commune.

    ``zoning, zone_id, nom, code_insee``: the groups of ``need.zoning``, with their French names.
    """
    communes, profiles = tables.communes, tables.profiles
    people = communes[["code_insee", "frr"]].assign(qpv_share=0.0)
    known = profiles[profiles["epci_nom"].notna()]
    epci = dict(zip(known["epci"], known["epci_nom"], strict=True))
    rows = []
    for group, value, share in groups_of(people, communes, profiles):
        zoning, zone_id = (group, value)
        if group == _EVERYBODY:
            zoning, zone_id = "departement", tables.territory
        if zoning in ZONINGS:
            name = group_label(group, value, tables.nom, epci)
            codes = communes["code_insee"][share > 0]
            rows += [(zoning, zone_id, name, code) for code in codes]
    return pd.DataFrame(rows, columns=["zoning", "zone_id", "nom", "code_insee"])
