"""What the roads could not do, told in the quality table: nobody disappears in silence."""

from __future__ import annotations

from coverage.model.notes import Notes
from coverage.model.params import COST_LIMIT_MINUTES
from coverage.model.words import whole
from coverage.network.result import TravelTimes

_SOURCE = "temps de trajet"
_REASONS = {
    "off_road": ("habitants loin de toute route", "aucune route carrossable à proximité"),
    "no_site": ("habitants hors d'atteinte", f"aucun lieu à moins de {COST_LIMIT_MINUTES} min"),
}


def note_roads(notes: Notes, told: tuple[str, ...], vintage: str) -> None:
    """Add what the reader of the road file says of it (French sentences)."""
    for detail in told:
        notes.reported(_SOURCE, vintage, "réseau", "remarque sur le réseau", detail)


def note_times(notes: Notes, times: TravelTimes, vintage: str) -> None:
    """Add who and what the travel times leave out, counted in persons, commune by commune."""
    unreached = times.unreached_demand
    for (reason, code), group in unreached.groupby(["reason", "code_insee"], sort=True):
        issue, why = _REASONS[str(reason)]
        detail = f"{whole(group['persons'].sum())} habitants : {why}. Ils comptent non couverts."
        notes.reported(_SOURCE, vintage, str(code), issue, detail)
    sites = times.unsnapped_sites
    for site_id, nom, walk_m in zip(sites["site_id"], sites["nom"], sites["walk_m"], strict=True):
        detail = f"{nom} est à {whole(walk_m)} m de la route la plus proche."
        notes.reported(_SOURCE, vintage, site_id, "lieu loin de toute route", detail)
    flagged = times.flagged_demand
    for code, walk_m in zip(flagged["code_insee"], flagged["walk_m"], strict=True):
        detail = f"Habitants placés au centre de la commune, à {whole(walk_m)} m d'une route."
        notes.reported(_SOURCE, vintage, code, "habitants au centroïde", detail)
    dropped = times.dropped_components
    if len(dropped):
        detail = (
            f"{whole(len(dropped))} morceaux du réseau laissés de côté, "
            f"{whole(dropped['nodes'].sum())} carrefours, "
            "sans liaison aller et retour avec le reste."
        )
        notes.reported(_SOURCE, vintage, "réseau", "routes isolées", detail)
