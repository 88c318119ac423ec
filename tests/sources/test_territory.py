"""Real territories, read from a mirror of the published files."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from coverage.base.errors import SourceError, UserError
from coverage.base.files import sha256_of
from coverage.base.workspace import Workspace
from coverage.model.tables import check
from coverage.model.territory import TerritoryTables
from coverage.sources.catalogue import needed_for
from coverage.sources.territory import read_territory

Read = Callable[[str], TerritoryTables]


def role_counts(tables: TerritoryTables) -> dict[str, int]:
    here = tables.sites[tables.sites["in_territory"]]
    return {str(role): int(n) for role, n in here["roles"].explode().value_counts().items()}


def published_people(mirror: Path, territory: str) -> float:
    """The people of a département, counted from the file in another way than the reader's."""
    table = pd.read_csv(mirror / "population_communes/2024/communes.csv", dtype=str)
    own = table[(table["insee_dep"] == territory) & (table["commune_type"] != "COMD")]
    return float(own.groupby("insee_com")["population_2021"].first().astype(float).sum())


@pytest.mark.parametrize(
    ("territory", "communes", "people", "frr", "poste", "services", "qpv"),
    [
        (
            "2A",
            124,
            162_942,
            {"socle": 78, "beneficiaire": 22, "non_classee": 24},
            (54, 30, 4),
            (15, 5),
            3,
        ),
        (
            "36",
            241,
            217_228,
            {"socle": 60, "plus": 180, "non_classee": 1},
            (38, 65, 23),
            (26, 11),
            4,
        ),
    ],
)
def test_the_figures_of_the_two_departements(
    read: Read,
    territory: str,
    communes: int,
    people: int,
    frr: dict[str, int],
    poste: tuple[int, int, int],
    services: tuple[int, int],
    qpv: int,
) -> None:
    tables = read(territory)
    for name in ("communes", "zones", "sites"):
        check(name, getattr(tables, name))
    check("quality", tables.notes.table())
    assert len(tables.communes) == communes
    assert tables.communes["population"].sum() == people
    assert tables.communes[["density_level", "frr", "zrr", "ifn"]].notna().all(axis=None)
    assert tables.communes["frr"].value_counts().to_dict() == frr
    roles = role_counts(tables)
    assert tuple(roles[k] for k in ("bureau_poste", "agence_postale", "relais_poste")) == poste
    here = tables.sites[tables.sites["in_territory"]]
    shared = here["kind"].isin(["bureau_poste", "agence_postale"]) & here["roles"].map(
        lambda words: "france_services" in words
    )
    assert (roles["france_services"], int(shared.sum())) == services
    assert len(tables.zones) == len(tables.qpv_persons) == qpv
    assert (tables.qpv_persons["persons"] > 0).all()
    assert "ilot_numerique" not in roles


def test_etapes_shown_and_quarantined(read: Read) -> None:
    def quarantined(tables: TerritoryTables) -> list[str]:
        notes = tables.notes.table()
        of_etapes = notes["source"].eq("etapes_numeriques_2024")
        return notes.loc[of_etapes & notes["action"].eq("quarantined"), "item"].tolist()

    assert role_counts(read("2A")).get("etape_numerique", 0) == 0
    assert quarantined(read("2A")) == ["etape:73"]
    assert role_counts(read("36"))["etape_numerique"] == 1
    assert quarantined(read("36")) == []
    assert quarantined(read("69")) == ["etape:73"]


def test_supply_comes_from_across_the_border_but_mairies_do_not(read: Read) -> None:
    tables = read("36")
    outside = tables.sites[~tables.sites["in_territory"]]
    assert {"18", "37", "41", "86", "87", "23"} <= set(outside["code_insee"].str[:2])
    assert {"bureau_poste", "france_services", "mediation", "france_travail"} <= set(
        outside["kind"]
    )
    assert "mairie" not in set(outside["kind"])
    outline = tables.outline.to_crs(2154).geometry.iloc[0]
    assert outside.to_crs(2154).distance(outline).max() <= 60_001


@pytest.mark.parametrize(
    "territory",
    [
        "2A",
        "69",
        "81",
        *(
            pytest.param(code, marks=pytest.mark.slow)
            for code in ("01", "13", "2B", "47", "75", "85", "974")
        ),
    ],
)
def test_every_inhabitant_is_in_the_communes(read: Read, mirror: Path, territory: str) -> None:
    communes = read(territory).communes
    assert communes["population"].sum() == published_people(mirror, territory)
    assert communes["code_insee"].str.startswith(territory).all()


def test_cities_of_arrondissements_and_merged_communes(read: Read) -> None:
    rhone = read("69").communes.set_index("code_insee")
    assert rhone.loc["69123", "nom"] == "Lyon"
    assert rhone.loc["69123", "population"] == 522_250
    assert 2 < rhone.loc["69123", "ifn"] < 5
    assert "69152" not in rhone.index
    assert rhone.loc["69149", "population"] == 37_628
    square_km = rhone.to_crs(2154).area / 1e6
    assert square_km["69149"] == pytest.approx(8.9, abs=0.2)


def test_mayotte_has_no_people_figure_and_says_so(read: Read) -> None:
    tables = read("976")
    assert len(tables.communes) == 17
    assert tables.communes["population"].isna().all()
    assert "population non disponible" in set(tables.notes.table()["issue"])
    assert role_counts(tables)["bureau_poste"] > 0
    assert tables.communes.geometry.is_valid.all()


def test_albi_squares_are_split_over_communes(read: Read) -> None:
    squares = read("81").squares
    assert squares is not None
    albi = squares[squares["code_insee"] == "81004"]
    assert 40_000 < (albi["persons"] * albi["share"]).sum() < 55_000
    assert (squares.groupby("square_id")["share"].sum() <= 1 + 1e-9).all()
    assert squares["imputed"].any()
    assert not squares["imputed"].all()
    assert read("2A").squares is None


def test_what_is_missing_is_said(read: Read) -> None:
    infos = {info.source_id: info for info in read("36").sources}
    assert {entry.id for entry in needed_for("36")} <= set(infos)
    assert infos["ilots"].status == infos["detections"].status == "missing"
    assert "--places" in infos["ilots"].remedy
    assert "--roads" in infos["roads"].remedy
    assert infos["laposte_2025"].rows == 38 + 65 + 23
    facts = read("36").facts
    assert facts["ilots_announced"] == 14
    assert facts["qpv_2024"]["36088"] == ["Nation Bernardines"]


def test_passports_carry_the_bytes_hash(read: Read, mirror: Path) -> None:
    infos = {info.source_id: info for info in read("2A").sources}
    path = mirror / "frr/2025-07-10/liste-communes-FRR.csv"
    assert infos["frr_2025"].sha256 == sha256_of(path)
    assert read("2A").roads is not None
    assert read("2A").nom == "Corse-du-Sud"


def test_the_users_own_files_come_first(raw_workspace: Workspace, tmp_path: Path) -> None:
    places = tmp_path / "lieux.csv"
    places.write_text(
        "nom;type;code_insee;lon;lat;reseau;horaires;personnes_mois;tags\n"
        "Îlot de la poste;îlot numérique;2A004;;;La Poste;;;\n",
        "utf-8",
    )
    detections = tmp_path / "d.csv"
    detections.write_text(
        "id_bureau;debut;fin;jours_presence;tests;detections;orientations\n"
        "00001A;2024-01-01;2024-03-31;10;20;12;3\n",
        "utf-8",
    )
    started = time.perf_counter()
    tables = read_territory(raw_workspace, "2A", places=places, roads=places, detections=detections)
    assert time.perf_counter() - started < 60
    assert role_counts(tables)["ilot_numerique"] == 1
    assert tables.roads == places
    assert tables.detections is not None
    infos = {info.source_id: info for info in tables.sources}
    assert infos["ilots"].status == infos["detections"].status == infos["roads"].status == "used"
    assert "roads_corse" not in infos


def test_a_missing_required_source_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"Contours des communes.*--mirror"):
        read_territory(Workspace(tmp_path), "2A")
    with pytest.raises(UserError, match="fictif"):
        read_territory(Workspace(tmp_path), "00")


def test_an_absent_file_of_the_users_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="introuvable"):
        read_territory(Workspace(tmp_path), "2A", grid=tmp_path / "absent.gpkg")


def test_an_optional_source_that_was_not_fetched_leaves_nulls(mirror: Path, tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    for entry in needed_for("2A"):
        if not entry.optional:
            folder = raw / entry.folder
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.symlink_to(mirror / entry.folder)
    tables = read_territory(Workspace(tmp_path), "2A")
    assert tables.communes[["frr", "zrr", "ifn"]].isna().all(axis=None)
    assert tables.zones.empty
    assert set(role_counts(tables)) == {"bureau_poste", "agence_postale", "relais_poste"}
    check("zones", tables.zones)
    infos = {info.source_id: info for info in tables.sources}
    assert infos["frr_2025"].status == "missing"
    assert infos["frr_2025"].remedy
