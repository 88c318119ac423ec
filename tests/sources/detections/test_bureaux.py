"""The counters where the test is held or could be, and what holds the raw counts."""

from __future__ import annotations

from coverage.model.tables import empty
from coverage.sources.detections import bureaux_of, raw_detections, read_detections
from tests.sources.detections.tables import FILES

BUREAUX = ["00001A", "00002A", "00005A", "00006A", "00009A", "places:36005-hall"]


def test_every_bureau_de_poste_of_the_territory_and_each_counter_that_was_sounded(
    sites, matches, communes, notes
) -> None:
    assert list(bureaux_of(sites, empty("detections"))["id_bureau"]) == BUREAUX
    counts = read_detections(FILES / "counts.csv", notes, sites, matches, communes)
    bureaux = bureaux_of(sites, counts)
    # The relais 00004A held the test once; the bureau across the border isn't this territory's.
    assert list(bureaux["id_bureau"]) == sorted([*BUREAUX, "00004A"])
    assert list(bureaux.columns) == ["id_bureau", "nom", "code_insee", "geometry"]
    assert bureaux.crs == sites.crs
    assert set(counts["id_bureau"]) <= set(bureaux["id_bureau"])


def test_a_france_services_at_a_bureau_is_one_of_its_counters(sites) -> None:
    changed = sites.copy()
    changed.at[0, "kind"] = "france_services"
    changed.at[0, "roles"] = ["france_services", "bureau_poste"]
    assert list(bureaux_of(changed, empty("detections"))["id_bureau"]) == BUREAUX


def test_a_file_that_was_not_given_is_a_table_without_rows(sites, matches, communes, notes) -> None:
    nothing = raw_detections(None, None, sites)
    assert nothing.counts.empty
    assert nothing.activity.empty
    assert list(nothing.bureaux["id_bureau"]) == BUREAUX
    counts = read_detections(FILES / "counts.csv", notes, sites, matches, communes)
    assert raw_detections(counts, None, sites).counts is counts
