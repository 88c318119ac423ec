"""A hand-made town of eight communes, for tests of what is drawn, written and shown.

Everybody can check its figures with a pencil: 7,000 people, 6,200 of them within 20 minutes of
an adviser, 6,850 once the two proposed permanences are open. One commune is never reached, one
has no IFN, and one partner carries a name that is markup. 150 people (Monte Scuru, Isulella) are
far from La Poste by road, 60 (Isulella) as the crow flies.
"""

from __future__ import annotations

import io
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, Polygon, box

from coverage.base.crs import WGS84
from coverage.model.notes import Notes
from coverage.model.params import StudyParams
from coverage.model.plan import Plan, PlannedSite, Status
from coverage.model.results import AREA_FIGURES, StudyResult
from coverage.model.services import KINDS, ServiceTable
from coverage.model.tables import AGE_BANDS
from coverage.model.territory import SourceInfo

#: The fragility index in its parts (Piana Vechja has none), pairs of places, the nearest eligible
#: partner of each La Poste counter (none = a broken link), and who is far from La Poste.
TOWN = Path(__file__).parent / "toytown"

HOSTILE_NAME = "<img src=x onerror=alert(1)> L'Île & Cie"

WEST, SOUTH, SIDE = 8.9, 41.9, 0.1

# Minutes to an adviser and to La Poste; persons within 10, 15, 20, 30 min, and within 20 min after;
# persons within 20 min of two advisers, or by car only; posts, persons helped a month for 1,000 in
# need (by car, on foot, by bike), hours a week, in the evening, on Saturday; the rank's interval.
_COMMUNES = """\
code_insee;nom;population;households;density_level;frr;zrr;ifn;need;minutes_adviser;\
minutes_contact;median_adviser;p90_adviser;covered_10;covered_15;covered_20;covered_30;\
covered_after;double_covered;car_only;advisers;access;access_walk;access_bike;hours_week;\
hours_evening;hours_saturday;rank_low;rank_high
2A001;Albarella;4000;1900;3;non_classee;non_classee;3.2;500;6;4;5;10;3600;3900;4000;4000;\
4000;3000;1000;2;80;30;60;40;1.5;3;7;8
2A002;Bocca-d’Oru;1200;560;5;beneficiaire;classee;4.1;180;14.5;6;14;17;0;700;1200;1200;\
1200;1200;800;1;40;10;20;35;1;3;5;7
2A003;L’Île-Verte;300;150;6;socle;classee;6.3;60;22;9;22;24;0;0;100;300;\
300;0;100;0;20;0;0;10;0;0;4;5
2A004;Castellu;800;380;5;socle;classee;5;130;20;5;19;26;0;100;500;800;\
800;0;500;0;30;0;5;20;0;1;5;7
2A005;Forca;150;80;7;socle;classee;7.4;30;31;12;31;36;0;0;0;60;\
150;0;0;0;10;0;0;0;0;0;3;4
2A006;Monte Scuru;90;50;7;plus;classee;8.1;20;47;25;47;52;0;0;0;0;\
0;0;0;0;0;0;0;0;0;0;1;3
2A007;Isulella;60;30;7;socle;;8.6;14;;;;;0;0;0;0;\
0;0;0;0;0;0;0;0;0;0;1;2
2A008;Piana Vechja;400;190;6;partiel;partielle;;60;11;3;11;14;0;400;400;400;\
400;0;200;1;50;20;30;28;0;0;6;8
"""

_SITES = f"""\
site_id;nom;kind;roles;code_insee;in_territory;lon;lat;network;persons_month;opening
laposte:A1;Albarella Principal;bureau_poste;bureau_poste,france_services;\
2A001;1;8.95;41.95;;;Mo-Fr 09:00-12:00
laposte:A2;Castellu AP;agence_postale;agence_postale;2A004;1;9.25;41.95;;;
laposte:A3;L’Île-Verte RP;relais_poste;relais_poste;2A003;1;9.15;41.96;;;
fs:20;France services de la Bocca;france_services;france_services;2A002;1;9.06;41.94;;;
etapes:7;Étape Numérique d’Albarella;etape_numerique;etape_numerique;2A001;1;8.97;41.92;;;
places:1;Îlot de Castellu;ilot_numerique;ilot_numerique;2A004;1;9.22;41.97;;;
places:2;{HOSTILE_NAME};partenaire;partenaire;2A008;1;9.25;42.05;;;
cnfs:5;Médiathèque;conseiller_numerique;conseiller_numerique;2A008;1;9.27;42.03;;;
annuaire:9;Mairie de Forca;mairie;mairie;2A005;1;8.95;42.05;;;
fs:21;France services d’Altrove;france_services;france_services;2B033;0;9.34;42.02;ANCT;100;
"""

_SOURCES = (
    SourceInfo("communes", "Contours des communes", "IGN", "ODbL 1.0", "2023", rows=8),
    SourceInfo("laposte", "Points de contact", "La Poste", "Licence Ouverte 2.0", "2025-06-04"),
    SourceInfo("fs", "France services", "ANCT", "Licence Ouverte 2.0", "2024-08-01", rows=2),
    SourceInfo("ifn", "Indice de fragilité numérique", "Mednum", "à confirmer", "2023", rows=7),
    SourceInfo("roads", "Réseau routier", "OpenStreetMap", "ODbL 1.0", "2024", rows=31333),
    SourceInfo(
        "detections",
        "Détections au guichet",
        "La Poste",
        "non publié",
        "",
        status="missing",
        remedy="Déposez votre fichier : maillage build 2A --detections FICHIER",
    ),
)


def rank01(values: pd.Series) -> pd.Series:
    """Return (average rank − 1) / (n − 1), worked out apart from the program."""
    return (values.rank(method="average") - 1) / (len(values) - 1)


def _read(text: str) -> pd.DataFrame:
    table = pd.read_csv(io.StringIO(text), sep=";", dtype=str, keep_default_na=False)
    return table.astype(object).mask(table == "", None)


def _numbers(table: pd.DataFrame, after: str) -> pd.DataFrame:
    """Make numbers of the columns behind the one called ``after``."""
    names = table.columns[table.columns.get_loc(after) + 1 :]
    return table.assign(**{name: table[name].astype(float) for name in names})


def _communes() -> gpd.GeoDataFrame:
    table = _numbers(_read(_COMMUNES), "zrr")
    for name in ("population", "households", "density_level"):
        table[name] = table[name].astype(int).astype("Int64")
    persons = table["population"].astype(float)
    table["need_rung"] = pd.Series([2] * 8, dtype="Int64")
    table["qpv_share"] = [0.15, *[0.0] * 7]
    table["method"] = ["roads;qpv", *["roads"] * 5, "centroid", "roads"]
    table["covered"] = table["covered_20"]
    table["uncovered"] = persons - table["covered"]
    table["unreached"] = persons.where(table["minutes_adviser"].isna(), 0.0)
    table["concerned"] = table["need"] * table["uncovered"] / persons
    table["need_part"] = rank01(table["need"] / persons)
    table["access_part"] = rank01(-table["access"])
    table["detection_rate"] = table["detection_part"] = float("nan")
    table["score"] = table["need_part"] * table["access_part"]
    for name in ("rank_low", "rank_high"):
        table[name] = table[name].astype("Int64")
    table["rank"] = table["score"].rank(method="min", ascending=False).astype("Int64")
    table["top10_share"], table["stability"] = 1.0, "robuste"
    squares = [
        box(x, y, x + SIDE, y + SIDE)
        for y in (SOUTH, SOUTH + SIDE)
        for x in (WEST + SIDE * i for i in range(4))
    ]
    return gpd.GeoDataFrame(table, geometry=squares, crs=WGS84)


def _sites() -> gpd.GeoDataFrame:
    table = _read(_SITES)
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    table["roles"] = table["roles"].str.split(",")
    one = table["kind"] == "conseiller_numerique"
    table["staff"] = [["conseiller_numerique:1"] if adviser else [] for adviser in one]
    table["tags"] = [["formation", "demarches"] if adviser else [] for adviser in one]
    table["address"] = [None, "2 place du Marché", *[None] * (len(table) - 2)]
    table["in_territory"] = table["in_territory"] == "1"
    table["persons_month"] = table["persons_month"].astype(float)
    table["source"] = table["site_id"].str.split(":").str[0]
    table["vintage"] = "2025-06-04"
    pairs = zip(table["source"], table["roles"], strict=True)
    table["told_by"] = [[source] * len(roles) for source, roles in pairs]
    order = ["site_id", "nom", "kind", "roles", "told_by", "network", "staff", "tags", "address"]
    order += ["code_insee", "in_territory", "persons_month", "opening", "source", "vintage"]
    return gpd.GeoDataFrame(table[order], geometry=points, crs=WGS84)


def _coverage(communes: gpd.GeoDataFrame) -> pd.DataFrame:
    total, need = 7000.0, float(communes["need"].sum())
    whole = ("territoire", "ensemble")
    rows: list[tuple[Any, ...]] = []
    after = {10: 3650.0, 15: 5200.0, 20: 6850.0, 30: 6910.0}
    for minutes in (10, 15, 20, 30):
        covered = float(communes[f"covered_{minutes}"].sum())
        share = communes[f"covered_{minutes}"] / communes["population"].astype(float)
        weighted = float((communes["need"] * share).sum()) / need
        rows.append((*whole, "drive", "adviser", minutes, total, covered))
        rows[-1] += (covered / total, weighted, after[minutes], after[minutes] / total)
    contact = ((10, 6400.0), (15, 6700.0), (20, 6850.0), (30, 6940.0))
    for minutes, covered in contact:
        for target in ("contact", "bureau_poste"):
            rows.append((*whole, "drive", target, minutes, total, covered))
            rows[-1] += (covered / total, covered / total, None, None)
    for mode, covered in (("walk", 2000.0), ("bike", 3600.0)):
        for target in ("adviser", "contact"):
            rows.append((*whole, mode, target, 20, total, covered))
            rows[-1] += (covered / total, covered / total, None, None)
    rows.append(("frr", "socle", "drive", "adviser", 20, 1310.0, 600.0, 600 / 1310, 0.4, 1250.0))
    rows[-1] += (1250 / 1310,)
    rows.append(("frr", "plus", "drive", "adviser", 20, 90.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    rows.append(("densite", "3", "drive", "adviser", 20, 4000.0, 4000.0, 1.0, 1.0, 4000.0, 1.0))
    rows.append(("qpv", "qpv_2015", "drive", "adviser", 20, 600.0, 600.0, 1.0, 1.0, 600.0, 1.0))
    columns = ["group", "value", "mode", "target", "minutes", "persons", "covered"]
    columns += ["covered_share", "need_covered_share", "covered_after", "covered_after_share"]
    table = pd.DataFrame(rows, columns=columns)
    table[columns[5:]] = table[columns[5:]].astype(float)
    return table


def _qpv() -> pd.DataFrame:
    figures: dict[str, Any] = {
        "zone_id": "QP02A001",
        "nom": "Les Cannes & <b>Salines</b>",
        "vintage": "2015",
        "persons": 600.0,
        **dict.fromkeys(AREA_FIGURES, 0.0),
        "need": 90.0,
        **dict.fromkeys(("minutes_adviser", "median_adviser", "p90_adviser"), 7.0),
        "minutes_contact": 5.0,
        **dict.fromkeys([f"covered_{m}" for m in (10, 15, 20, 30)], 600.0),
        **dict.fromkeys(("covered", "covered_after", "double_covered"), 600.0),
        **{"access": 80.0, "access_walk": 30.0, "access_bike": 60.0, "hours_week": 40.0},
        **dict.fromkeys(("need_part", "access_part", "score"), 1.0),
        "detection_part": float("nan"),
        **dict.fromkeys(("rank", "rank_low", "rank_high"), 1),
        **{"top10_share": 1.0, "stability": "robuste"},
    }
    table = pd.DataFrame([figures])
    ranks = ["rank", "rank_low", "rank_high"]
    return table.astype(dict.fromkeys(ranks, "Int64"))


#: Figures of an area that are sums over its people or places; the others are means.
_SUMS = [name for name in AREA_FIGURES if name.startswith(("covered", "double", "car", "unc"))]
_SUMS += ["unreached", "need", "concerned", "advisers"]


def _groups(communes: gpd.GeoDataFrame, qpv: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of groups of whole communes, and of the QPV: sums, and means by people."""
    members = {
        ("territoire", "ensemble"): communes["nom"].notna(),
        ("epci", "200000001"): communes["code_insee"].isin(["2A001", "2A002", "2A004"]),
        ("epci", "200000002"): ~communes["code_insee"].isin(["2A001", "2A002", "2A004"]),
        ("frr", "plus"): communes["frr"] == "plus",
        ("frr", "socle"): communes["frr"] == "socle",
        ("densite", "3"): communes["density_level"] == 3,
    }
    rows = []
    for (group, value), member in members.items():
        table = communes[member]
        persons = table["population"].astype(float)
        row: dict[str, Any] = {"group": group, "value": value, "persons": persons.sum()}
        for name in AREA_FIGURES:
            known = table[name].notna()
            mean = (table[name] * persons)[known].sum() / max(persons[known].sum(), 1.0)
            row[name] = table[name].sum() if name in _SUMS else mean if known.any() else None
        rows.append(row)
    quarter = qpv.iloc[0][["persons", *AREA_FIGURES]].to_dict()
    rows.append({"group": "qpv", "value": "qpv_2015", **quarter})
    groups = pd.DataFrame(rows)
    groups["covered_share"] = groups["covered"] / groups["persons"]
    groups["gap_points"] = 100 * (groups["covered_share"] - groups["covered_share"].iloc[0])
    posts = groups["advisers"].where(groups["advisers"] > 0)
    groups["persons_per_adviser"] = groups["persons"] / posts
    groups["gini"], groups["palma"] = 0.25, 0.8
    groups["fgt_0"] = 1 - groups["covered_share"]
    groups["fgt_1"], groups["fgt_2"] = groups["fgt_0"] / 2, groups["fgt_0"] / 4
    groups.loc[groups["access"] == 0, ["gini", "palma"]] = None
    measures = ["covered_share", "gap_points", "persons_per_adviser"]
    order = ["group", "value", "persons", *measures, *AREA_FIGURES]
    return groups[[*order, "gini", "palma", "fgt_0", "fgt_1", "fgt_2"]]


def _legal() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "state": ["today"],
            "persons": [7000.0],
            "far_road": [150.0],
            "far_road_share": [150 / 7000],
            "far_crow": [60.0],
            "far_crow_share": [60 / 7000],
            "margin_share": [0.10 - 150 / 7000],
            "margin_persons": [550.0],
            "holds_road": [True],
            "holds_crow": [True],
        }
    )


def _legal_communes() -> pd.DataFrame:
    return _numbers(_read((TOWN / "legal_communes.csv").read_text("utf-8")), "nom")


def _profiles() -> pd.DataFrame:
    return _numbers(_read((TOWN / "profiles.csv").read_text("utf-8")), "epci_nom").assign(
        **dict.fromkeys(AGE_BANDS, float("nan"))
    )


def _matches() -> pd.DataFrame:
    table = _read((TOWN / "matches.csv").read_text("utf-8"))
    shares = ["distance_m", "name_share", "address_share", "confidence"]
    return table.astype(dict.fromkeys(shares, float))


def _orientation() -> pd.DataFrame:
    table = _read((TOWN / "orientation.csv").read_text("utf-8")).astype({"minutes": float})
    return table.assign(known=table["known"] == "1")


def _places(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    services = ServiceTable.load()
    roles = sites.loc[sites["in_territory"], "roles"].explode()
    counts = [None if kind == "france_travail" else int((roles == kind).sum()) for kind in KINDS]
    return pd.DataFrame(
        {
            "kind": list(KINDS),
            "label": [services[kind].label for kind in KINDS],
            "level": [services[kind].level for kind in KINDS],
            "count": pd.array(counts, dtype="Int64"),
        }
    )


def _plan(params: StudyParams, inputs: dict[str, str]) -> Plan:
    sites = (
        PlannedSite("laposte:A2", "Castellu AP", "agence_postale", 9.25, 41.95, 450.0),
        PlannedSite("laposte:A3", "L’Île-Verte RP", "relais_poste", 9.15, 41.96, 200.0),
    )
    return Plan(
        status=Status.OPTIMAL,
        model="mclp",
        objective=6850.0,
        bound=6850.0,
        gap=0.0,
        sites=sites,
        seed=0,
        params=params.as_dict(),
        inputs=inputs,
        baseline=6200.0,
        total=7000.0,
        candidates=2,
        unreachable={"points": 1, "persons": 60.0},
    )


def _quality() -> pd.DataFrame:
    notes = Notes()
    notes.repaired("laposte", "2025-06-04", "A1", "coordonnées inversées", "Latitude et longitude.")
    notes.repaired("fs", "2024-08-01", "20", "saut de ligne", "Saut de ligne dans les horaires.")
    notes.quarantined("etapes", "2024-05-30", "73", "lieu ailleurs", HOSTILE_NAME)
    notes.reported("communes", "2023", "2A007", "IFN voisin", "=1+1 n’est pas une formule.")
    return notes.table()


def _foundations() -> pd.DataFrame:
    """Return what the figures rest on; a place of ``cnfs`` is of a source that nobody lists."""
    rows = (
        ("persons", "communes", 1.0),
        ("need", "communes|ifn", 1.0),
        ("times", "roads", 1.0),
        ("covered", "laposte", 0.75),
        ("covered", "fs", 0.2),
        ("covered", "cnfs", 0.05),
        ("index", "communes|ifn", 0.5),
        ("index", "laposte", 0.5),
    )
    return pd.DataFrame(rows, columns=["figure", "sources", "share"])


#: All adviser places but the bureau have unknown hours; some help is where nobody in need goes.
_FACTS: dict[str, Any] = {
    "unknown_hours": 4,
    "unreached_supply": 12.0,
    "neutral": {"communes": [], "qpv": ["need", "access"]},
}


def toy_result(**changes: Any) -> StudyResult:
    """Return the toy town's study; ``changes`` replace fields of the result, or single facts.

    Its tables are the caller's own: made once, copied each time.
    """
    changes["facts"] = {**_FACTS, **changes.get("facts", {})}
    made = _toy(changes.get("params") or StudyParams("2A", new=2))
    values = {field.name: getattr(made, field.name) for field in fields(made)}
    tables = {name: v.copy() for name, v in values.items() if isinstance(v, pd.DataFrame)}
    return replace(made, **{**tables, **changes})


@lru_cache(maxsize=4)
def _toy(params: StudyParams) -> StudyResult:
    inputs = {"communes": "ab" * 32, "sites": "cd" * 32}
    communes, sites, qpv = _communes(), _sites(), _qpv()
    centre = Point(WEST + 2 * SIDE, SOUTH + SIDE)
    quarter = Polygon([(8.93, 41.93), (8.96, 41.93), (8.96, 41.96), (8.93, 41.95)])
    return StudyResult(
        run_id=params.run_id(inputs),
        nom="Toy-du-Sud",
        params=params,
        inputs=inputs,
        sources=_SOURCES,
        estimate=False,
        need_rung=2,
        communes=communes,
        qpv=qpv,
        coverage=_coverage(communes),
        groups=_groups(communes, qpv),
        foundations=_foundations(),
        legal=_legal(),
        legal_communes=_legal_communes(),
        orientation=_orientation(),
        matches=_matches(),
        profiles=_profiles(),
        places=_places(sites),
        sites=sites,
        zones=gpd.GeoDataFrame(
            {
                "zone_id": ["QP02A001"],
                "kind": ["qpv_2015"],
                "nom": ["Les Cannes & <b>Salines</b>"],
                "vintage": ["2015"],
            },
            geometry=[quarter],
            crs=WGS84,
        ),
        outline=gpd.GeoDataFrame(
            geometry=[box(WEST, SOUTH, WEST + 4 * SIDE, SOUTH + 2 * SIDE)], crs=WGS84
        ),
        neighbours=gpd.GeoDataFrame(
            geometry=[box(WEST + 4 * SIDE, SOUTH, WEST + 5 * SIDE, SOUTH + 2 * SIDE)], crs=WGS84
        ),
        catchments=gpd.GeoDataFrame(
            {"minutes": [10, 20, 30]},
            geometry=[centre.buffer(radius) for radius in (0.03, 0.06, 0.09)],
            crs=WGS84,
        ),
        detections=None,
        density=gpd.GeoDataFrame({"low": [], "high": []}, geometry=[], crs=WGS84),
        quality=_quality(),
        plan=_plan(params, inputs),
        unreachable_persons=60.0,
        facts=_FACTS,
    )
