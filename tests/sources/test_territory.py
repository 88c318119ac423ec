"""Real territories, read from a mirror of the published files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coverage.base.crs import metric_epsg
from coverage.base.errors import SourceError, UserError
from coverage.base.files import sha256_of
from coverage.base.workspace import Workspace
from coverage.model.tables import check
from coverage.model.territory import TerritoryTables
from coverage.need.areas import qpv_of
from coverage.need.demand import demand_points
from coverage.sources.catalogue import needed_for
from coverage.sources.territory import read_territory

Read = Callable[[str], TerritoryTables]


def role_counts(tables: TerritoryTables) -> dict[str, int]:
    here = tables.sites[tables.sites["in_territory"]]
    return {str(role): int(n) for role, n in here["roles"].explode().value_counts().items()}


@pytest.mark.parametrize(
    ("territory", "communes", "people", "frr", "poste", "services", "qpv"),
    [
        (
            "2A",
            124,
            162_942,
            {"socle": 78, "beneficiaire": 22, "non_classee": 24},
            (54, 30, 4),
            (15, 4),
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
    for name in ("communes", "zones", "sites", "matches"):
        check(name, getattr(tables, name))
    check("quality", tables.notes.table())
    assert len(tables.communes) == communes
    assert tables.communes["population"].sum() == people
    assert tables.communes[["density_level", "frr", "zrr", "ifn"]].notna().all(axis=None)
    assert tables.communes["frr"].value_counts().to_dict() == frr
    roles = role_counts(tables)
    assert tuple(roles[k] for k in ("bureau_poste", "agence_postale", "relais_poste")) == poste
    here = tables.sites[tables.sites["in_territory"]]
    shared = (here["kind"] == "bureau_poste") & here["roles"].map(
        lambda words: "france_services" in words
    )
    assert (roles["france_services"], int(shared.sum())) == services
    assert len(tables.zones) == len(tables.qpv_persons) == qpv
    assert (tables.qpv_persons["persons"] > 0).all()
    assert "ilot_numerique" not in roles


def test_the_eleven_bureaux_of_the_indre_that_are_france_services(read: Read) -> None:
    """La Poste, 27 November 2024: eleven bureaux of the Indre bear the label."""
    tables = read("36")
    sites = tables.sites.set_index("site_id")
    named = tables.matches[tables.matches["other_nom"].str.startswith("France services La Poste")]
    here = named[named["kept_id"].map(sites["in_territory"])]
    assert len(here) == 11
    assert set(here["decision"]) == {"joined"}
    assert set(here["kept_id"].map(sites["kind"])) == {"bureau_poste"}
    assert here["confidence"].min() > 0.99
    assert here["distance_m"].max() < 300
    assert sites.loc["laposte:06820A", "roles"] == [
        "bureau_poste",
        "france_services",
        "etape_numerique",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("territory", ["2A", "36", "81"])
def test_every_entry_of_every_file_is_one_site_or_in_one(read: Read, territory: str) -> None:
    tables = read(territory)
    joined = tables.matches[tables.matches["decision"] == "joined"]
    ids = set(tables.sites["site_id"])
    assert joined["other_id"].is_unique
    assert ids.isdisjoint(joined["other_id"])
    assert set(joined["kept_id"]) <= ids
    assert (joined["distance_m"] <= 1_000).all()
    open_pairs = tables.matches[tables.matches["decision"] != "joined"]
    known = ids | set(joined["other_id"])
    assert set(open_pairs["kept_id"]) | set(open_pairs["other_id"]) <= known
    notes = tables.notes.table()["issue"].value_counts()
    assert notes["même lieu, à vérifier"] == (open_pairs["decision"] == "review").sum()


@pytest.mark.slow
def test_addresses_staff_and_networks_are_read(read: Read) -> None:
    for territory in ("2A", "36", "47"):
        sites = read(territory).sites
        assert sites["network"].notna().all()
        assert sites["address"].notna().mean() > 0.95
    sites = read("36").sites.set_index("site_id")
    assert sites.loc["laposte:06699A", "address"] == "4 RUE ARISTIDE BRIAND"
    structure = sites.loc[sites["nom"] == "BGE INDRE"].iloc[0]
    assert structure["staff"] == ["conseiller_numerique:3"]
    assert structure["address"] == "6 RUE JEAN JACQUES ROUSSEAU"
    told = sites.loc[sites["kind"] == "mediation", "tags"].map(lambda tags: "formation" in tags)
    assert 0.2 < told.mean() < 0.8


def test_a_place_that_a_file_lists_twice_is_one_site(read: Read) -> None:
    """The file of the Lot-et-Garonne has a few lines twice, one spot, name and address."""
    matches = read("47").matches.set_index(["kept_id", "other_id"])["decision"]
    pairs = [("80", "9"), ("25", "31"), ("102", "107"), ("124", "4")]
    for one, other in pairs:  # AIM47, SYLLABE, CILIOPÉE HABITAT, Vivre Mieux Ensemble
        assert matches[f"mediation:47-{one}", f"mediation:47-{other}"] == "joined"
    # Two services of the Département at one address keep two names.
    assert matches["mediation:47-56", "mediation:47-57"] == "review"


def test_the_user_says_which_places_are_one(
    raw_workspace: Workspace, tmp_path: Path, read: Read
) -> None:
    """FS of Ventiseri, 4 km from the bureau of its name, and Venaco's, which is joined unasked."""
    (tmp_path / "data").symlink_to(raw_workspace.root / "data")
    (tmp_path / "appariements.csv").write_text(
        "site_id;autre_id;meme_lieu\nlaposte:03502A;fs:808;oui\nfs:2867;laposte:03470A;non\n"
        "laposte:03318A;etape:999;oui\n",
        "utf-8",
    )
    before, tables = read("2B"), read_territory(Workspace(tmp_path), "2B")

    def decision(one: TerritoryTables, other_id: str) -> str:
        matches = one.matches.set_index("other_id")
        return str(matches.loc[other_id, "decision"])

    assert (decision(before, "fs:808"), decision(tables, "fs:808")) == ("review", "joined")
    assert (decision(before, "fs:2867"), decision(tables, "fs:2867")) == ("joined", "apart")
    assert role_counts(tables) == role_counts(before)
    notes = tables.notes.table()
    assert (notes["issue"] == "appariement sans effet").sum() == 1


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
    "territory", ["2A", "2B", "36", "47", "69", pytest.param("81", marks=pytest.mark.slow)]
)
def test_every_inhabitant_is_in_the_communes(
    read: Read, published_people: Callable[[str], float], territory: str
) -> None:
    communes = read(territory).communes
    assert communes["population"].sum() == published_people(territory)
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


def people_of(tables: TerritoryTables, qpv_persons: pd.DataFrame | None = None) -> Any:
    """Where the people live, without roads."""
    return demand_points(
        tables.communes,
        tables.zones,
        qpv_persons=tables.qpv_persons if qpv_persons is None else qpv_persons,
        metric_epsg=metric_epsg(tables.territory),
        squares=tables.squares,
    ).points


def test_the_qpv_of_albi_hold_the_people_that_insee_counts(read: Read) -> None:
    tables = read("81")
    demand = people_of(tables)
    assert set(demand.loc[demand["code_insee"] == "81004", "method"]) == {"grid"}
    held = qpv_of(tables.zones, demand)
    by_qpv = pd.Series(held.sums(demand["persons"].to_numpy()), list(held.ids))
    known = tables.qpv_persons.set_index("zone_id")["persons"]
    assert len(known) == 11
    assert by_qpv.loc[known.index].to_numpy() == pytest.approx(known.to_numpy(), abs=0.01)
    # Cantepau, Veyrières Rayssac, Lapanouse; by the area of the squares alone 4,211.
    albi = demand[demand["code_insee"] == "81004"]
    assert float(albi["persons"].sum()) == pytest.approx(49_714)
    in_qpv = float((albi["persons"] * albi["qpv_share"]).sum())
    assert in_qpv == pytest.approx(2_083 + 1_804 + 1_303, abs=0.01)


def test_without_their_people_qpv_hold_the_share_of_each_square_that_lies_in_them(
    read: Read,
) -> None:
    tables = read("81")
    demand = people_of(tables, tables.qpv_persons.assign(persons=float("nan")))
    albi = demand[demand["code_insee"] == "81004"]
    assert set(albi["method"]) == {"grid"}
    assert tables.squares is not None
    commune = tables.communes.loc[tables.communes["code_insee"] == "81004", ["geometry"]]
    parts = tables.squares[tables.squares["code_insee"] == "81004"].to_crs(3035)
    parts = parts.overlay(commune.to_crs(3035), keep_geom_type=True).reset_index(drop=True)
    people = parts["persons"] * parts["share"]
    qpv = tables.zones.to_crs(3035).union_all()
    share = parts.intersection(qpv).area / parts.area
    assert ((share > 0.01) & (share < 0.99)).sum() > 20
    expected = float((people * share).sum() / people.sum())
    found = float((albi["persons"] * albi["qpv_share"]).sum() / albi["persons"].sum())
    assert found == pytest.approx(expected, abs=1e-4)
    # By whole squares, their centres alone: another figure, so the share of the area counts.
    centred = float((people * parts.centroid.within(qpv)).sum() / people.sum())
    assert abs(found - centred) > 1e-3


def test_the_people_of_the_corsican_qpv_are_those_that_insee_counts(read: Read) -> None:
    tables = read("2A")
    demand = people_of(tables)
    in_qpv = demand.assign(persons=demand["persons"] * demand["qpv_share"])
    by_commune = in_qpv.groupby("code_insee")["persons"].sum()
    assert by_commune[by_commune > 0].index.tolist() == ["2A004", "2A247"]
    assert by_commune.sum() == pytest.approx(tables.qpv_persons["persons"].sum(), abs=1)
    assert set(tables.zones["vintage"]) == {"2015"}


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
    # People of QPV whose outlines aren't there are of no use, and aren't missed.
    assert {entry.id for entry in needed_for("36")} - set(infos) == {"qpv_2024_population"}
    for source_id in ("ilots", "detections", "activity", "qpv_2024_polygons"):
        assert infos[source_id].status == "missing"
    assert read("36").detections is None
    assert "--activity" in infos["activity"].remedy
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


def test_the_users_own_files_come_first(
    raw_workspace: Workspace, read: Read, tmp_path: Path
) -> None:
    sites = read("2A").sites
    bureaux = sites[sites["in_territory"] & (sites["kind"] == "bureau_poste")]
    first, second = bureaux.iloc[0], bureaux.iloc[1]
    given = {
        "places": "nom;type;code_insee;lon;lat;reseau;horaires;personnes_mois;tags\n"
        "Îlot de la poste;îlot numérique;2A004;;;La Poste;;;\n",
        "detections": "id_bureau;nom;code_insee;debut;fin;jours_presence;tests;detections;"
        "orientations\n"
        f"{first['site_id'].removeprefix('laposte:')};;;2024-01-01;2024-03-31;10;20;12;3\n"
        f";{second['nom'].title()};{second['code_insee']};2024-01-01;2024-03-31;10;20;12;3\n",
        "activity": "debut;fin;detections;accompagnements;ateliers;stagiaires\n"
        "2024-01-01;2024-03-31;24;70;5;11\n",
    }
    paths = {name: tmp_path / f"{name}.csv" for name in given}
    for name, text in given.items():
        paths[name].write_text(text, "utf-8")
    tables = read_territory(raw_workspace, "2A", **paths, roads=paths["places"])
    assert role_counts(tables)["ilot_numerique"] == 1
    assert tables.roads == paths["places"]
    infos = {info.source_id: info for info in tables.sources}
    assert infos["ilots"].status == infos["roads"].status == "used"
    assert "roads_corse" not in infos
    raw = tables.detections
    assert raw is not None
    assert ("laposte:" + raw.counts["id_bureau"]).tolist() == [first["site_id"], second["site_id"]]
    assert set("laposte:" + raw.bureaux["id_bureau"]) == set(bureaux["site_id"])
    assert raw.activity["accompagnements"].tolist() == [70]
    assert raw.activity["detections"].isna().all()  # the bureaux tell theirs
    for name, rows in (("detections", 2), ("activity", 1)):
        # No hash of counts of persons: whoever guesses them could check his guess.
        assert (infos[name].status, infos[name].rows, infos[name].sha256) == ("used", rows, "")
    assert {row[3] for row in tables.notes.rows if row[0] in ("detections", "activity")} == {
        "bureau trouvé par son nom",
        "détections ignorées",
    }


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


@pytest.mark.parametrize(("territory", "only"), [("2A", "2B"), ("36", None)])
def test_the_people_around(
    read: Read, published_people: Callable[[str], float], territory: str, only: str | None
) -> None:
    tables = read(territory)
    around = tables.around
    departements = set(around["code_insee"].str[:2])
    assert departements == set(tables.neighbours["code"])
    if only:
        assert departements == {only}
    # Each of its neighbours with all its people; an overseas code would have three characters.
    for code, rows in around.groupby(around["code_insee"].str[:2]):
        assert rows["persons"].sum() == published_people(str(code))
    assert around["code_insee"].is_unique
    assert (around["persons"] > 0).all()
    assert around["density_level"].notna().all()
    assert around.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    assert not set(around["code_insee"]) & set(tables.communes["code_insee"])
