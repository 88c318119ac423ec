"""The places file: what is read, what is repaired and said, what is refused and how."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from coverage.base.errors import RefusedFileError, SourceError, UserError
from coverage.model.notes import Notes
from coverage.model.services import KINDS, ServiceTable
from coverage.model.tables import CONTRACTS, check
from coverage.sources.given.checking import check_table
from coverage.sources.places import read_places
from coverage.sources.templates import template

pytestmark = pytest.mark.usefixtures("in_process")

HEADER = "nom;type;code_insee;lon;lat;reseau;horaires;personnes_mois;tags"
MORE = "adresse;personnel;meme_lieu_que"


def communes(*codes: str) -> gpd.GeoDataFrame:
    """Squares of 0.4 degree side by side from (1.5, 46.6); only the columns that are asked."""
    shapes = [box(1.5 + 0.4 * n, 46.6, 1.9 + 0.4 * n, 47.0) for n in range(len(codes))]
    return gpd.GeoDataFrame({"code_insee": list(codes)}, geometry=shapes, crs="EPSG:4326")


INDRE = communes("36044", "36088")


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def read(tmp_path: Path, notes: Notes):
    """Write lines (or bytes) to a file and read it as places of the Indre."""

    def write_and_read(*lines: str, content: bytes | None = None, territory=INDRE):
        path = tmp_path / "lieux.csv"
        path.write_bytes(content if content is not None else "\n".join(lines).encode())
        return read_places(path, notes, territory).sites

    return write_and_read


def test_the_template_is_read_back(tmp_path: Path, notes: Notes) -> None:
    path = tmp_path / "lieux.csv"
    path.write_text(template("places").csv(), encoding="utf-8", newline="")
    own = read_places(path, notes, INDRE)
    sites = own.sites

    check("sites", sites)
    assert template("places").csv().splitlines()[0] == f"{HEADER};{MORE}"
    assert list(sites.columns) == list(CONTRACTS["sites"].columns)
    assert list(sites["kind"]) == ["ilot_numerique", "permanence"]
    assert list(sites["roles"]) == [["ilot_numerique"], ["permanence"]]
    assert list(sites["code_insee"]) == ["36044", "36088"]
    assert list(sites["in_territory"]) == [True, True]
    assert list(sites["persons_month"]) == [15.0, 25.0]
    assert list(sites["tags"]) == [[], ["equipement", "sur rendez-vous", "prêt de matériel"]]
    assert list(sites["address"]) == ["16 rue de la Poste", "place des Miroirs"]
    assert list(sites["staff"]) == [[], ["conseiller_numerique:0.2"]]
    assert own.same_as == {}
    assert sites.geometry.iloc[0] == Point(1.6958, 46.8103)
    assert INDRE.geometry.iloc[1].contains(sites.geometry.iloc[1])
    assert [(row[2], row[3], row[4]) for row in notes.rows] == [
        (sites["site_id"].iloc[1], "sans coordonnées", "reported")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_its_word_or_its_label_in_any_dress(read, kind: str) -> None:
    label = ServiceTable.load()[kind].label
    sites = read(
        HEADER, *(f"L{n};{text};36044;;;;;;" for n, text in enumerate([kind, label, label.upper()]))
    )

    assert list(sites["kind"]) == [kind] * 3


def test_accents_may_be_missing(read) -> None:
    assert list(read("nom,type,code_insee", "A,ilot numerique,36044")["kind"]) == ["ilot_numerique"]


def test_an_unknown_kind_is_refused_with_the_list(read) -> None:
    with pytest.raises(
        UserError, match=r"colonne « type »\u00a0: « gymnase ».*îlot.*partenaire.*salle"
    ) as told:
        read(HEADER, "A;gymnase;36044;;;;;;")
    assert "ligne 2" in str(told.value)


@pytest.mark.parametrize("room", ["salle", "Salle communale", "SALLE DES FETES", "salle des fêtes"])
def test_a_room_is_a_partners_place(read, room: str) -> None:
    assert list(read(HEADER, f"A;{room};36044;;;;;;")["kind"]) == ["partenaire"]


def test_an_arrondissement_or_a_merged_commune_is_read_as_its_commune(read, notes: Notes) -> None:
    sites = read(HEADER, "A;mairie;75101;;;;;;", territory=communes("75056"))
    merged = read(HEADER, "A;mairie;69152;;;;;;", territory=communes("69149"))

    assert list(sites["code_insee"]) == ["75056"]
    assert list(merged["code_insee"]) == ["69149"]
    assert [row[3:5] for row in notes.rows if row[4] == "repaired"] == [
        ("code de commune remplacé", "repaired")
    ] * 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(read, delimiter: str) -> None:
    lines = ["nom;type;lon;lat", "A;mairie;1.6;46.8"]
    sites = read(*(line.replace(";", delimiter) for line in lines))

    assert sites["code_insee"].iloc[0] == "36044"


def test_french_numbers_are_read_and_said(read, notes: Notes) -> None:
    sites = read(HEADER, "A;mairie;;1,6;46,8;;;1\u202f200,5;")

    assert sites.geometry.iloc[0] == Point(1.6, 46.8)
    assert sites["persons_month"].iloc[0] == 1200.5
    assert [row[4] for row in notes.rows] == ["repaired"] * 3


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", 0), ("utf-8-sig", 0), ("cp1252", 1)])
def test_encodings(read, notes: Notes, encoding: str, said: int) -> None:
    text = "nom;type;lon;lat\r\nÉcole d'Été;îlot numérique;1.6;46.8\r\n"
    sites = read(content=text.encode(encoding))

    assert sites["nom"].iloc[0] == "École d'Été"
    assert [row[3] for row in notes.rows] == ["encodage"] * said


def test_a_place_across_the_border_is_supply_only(read) -> None:
    sites = read(HEADER, "A;mairie;18033;2.4;47.08;;;;", "B;mairie;36044;1.6;46.8;;;;")

    assert list(sites["in_territory"]) == [False, True]


def test_a_point_outside_its_commune_is_reported(read, notes: Notes) -> None:
    sites = read(HEADER, "A;mairie;36044;2.0;46.8;;;;")

    assert sites["code_insee"].iloc[0] == "36044"
    assert notes.rows[0][3:5] == ("hors de sa commune", "reported")


def test_a_code_of_elsewhere_with_a_point_in_the_territory_is_said(read, notes: Notes) -> None:
    sites = read(HEADER, "A;mairie;18033;1.6;46.8;;;;", "B;mairie;18033;2.4;47.08;;;;")

    assert list(sites["code_insee"]) == ["18033", "18033"]
    assert list(sites["in_territory"]) == [False, False]
    assert [row[2:5] for row in notes.rows] == [
        (sites["site_id"].iloc[0], "hors de sa commune", "reported")
    ]
    assert (
        "le code 18033, hors du territoire, et un point dans la commune 36044" in (notes.rows[0][5])
    )


@pytest.mark.parametrize("hours", ["Mo-Fr 09:00-12:00", "24/7", "Mo 19:00-23:30", ""])
def test_hours_that_are_understood_are_kept_as_written(read, notes: Notes, hours: str) -> None:
    sites = read(HEADER, f"A;mairie;36044;1.6;46.8;;{hours};;")

    assert sites["opening"].iloc[0] == (hours or None)
    assert not notes.rows


@pytest.mark.parametrize("hours", ["lundi matin", "09:00-12:00", "9h-12h", "sur rendez-vous"])
def test_hours_that_cannot_be_read_are_not_kept(read, notes: Notes, hours: str) -> None:
    sites = read(HEADER, f"A;mairie;36044;1.6;46.8;;{hours};;")

    assert sites["opening"].iloc[0] is None
    assert [row[2:5] for row in notes.rows] == [("horaires", "horaires illisibles", "repaired")]
    assert f"« {hours} » n’est pas gardé" in notes.rows[0][5]
    assert "(ligne 2)" in notes.rows[0][5]


def test_no_place_helps_more_than_fifty_thousand_people_a_month(read) -> None:
    assert read(HEADER, "A;mairie;36044;;;;;50000;")["persons_month"].tolist() == [50_000]
    with pytest.raises(UserError, match="personnes_mois »\u00a0: « 50000,1 » passe 50\u202f000"):
        read(HEADER, "A;mairie;36044;;;;;50000,1;")


def test_staff_address_and_the_site_a_place_is_said_to_be(tmp_path: Path, notes: Notes) -> None:
    path = tmp_path / "lieux.csv"
    path.write_text(
        f"nom;type;code_insee;{MORE}\n"
        "A;permanence;36044;3 rue B;Médiateur: 0,5|mediateur:1|facteur-guichetier:0,25;laposte:1A\n"
        "B;partenaire;36044;;;\n",
        "utf-8",
    )
    own = read_places(path, notes, INDRE)

    assert list(own.sites["staff"]) == [["mediateur:1.5", "facteur_guichetier:0.25"], []]
    assert list(own.sites["address"]) == ["3 rue B", None]
    assert own.same_as == {"places:36044-a": "laposte:1A"}


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (";bénévole:2;", "colonne « personnel »\u00a0: « bénévole:2 »"),
        (";mediateur:beaucoup;", "colonne « personnel »\u00a0: « mediateur:beaucoup »"),
        (";;la poste", "colonne « meme_lieu_que »\u00a0: « la poste »"),
        (";;places:36044-a", "colonne « meme_lieu_que »\u00a0: « places:36044-a »"),
    ],
)
def test_wrong_staff_or_site_is_refused(tmp_path: Path, notes: Notes, cells: str, fault: str):
    path = tmp_path / "lieux.csv"
    path.write_text(f"nom;type;code_insee;{MORE}\nA;permanence;36044;{cells}\n", "utf-8")
    with pytest.raises(UserError, match=f"ligne 2, {fault}"):
        read_places(path, notes, INDRE)


def test_identifiers_do_not_depend_on_the_order_of_the_lines(read) -> None:
    lines = ["Îlot A;mairie;36044;;;;;;", "Îlot B;mairie;36044;;;;;;", "Îlot A;mairie;36088;;;;;;"]
    forth = read(HEADER, *lines)
    back = read(HEADER, *reversed(lines))

    assert list(forth["site_id"]) == list(reversed(back["site_id"]))
    assert list(forth["site_id"]) == [
        "places:36044-ilot-a",
        "places:36044-ilot-b",
        "places:36088-ilot-a",
    ]


def test_namesakes_are_kept_and_doubles_are_refused(read) -> None:
    sites = read(HEADER, "A;mairie;36044;1.6;46.8;;;;", "A;mairie;36044;1.7;46.8;;;;")
    assert list(sites["site_id"]) == ["places:36044-a", "places:36044-a-2"]

    with pytest.raises(UserError, match=r"ligne 3, colonne « nom »\u00a0: .*double"):
        read(HEADER, "A;mairie;36044;1.6;46.8;;;;", "A;mairie;36044;1.6;46.8;;;;")


def test_blank_lines_cells_over_lines_and_unknown_columns(read, notes: Notes) -> None:
    sites = read(
        "nom;type;code_insee;responsable",
        '"Maison\ndes services";mairie;36044;X',
        ";;;",
        "B;mairie;36088;Y",
    )

    assert list(sites["nom"]) == ["Maison\ndes services", "B"]
    assert notes.rows[-1][2:6:3] == ("lieux.csv", "La colonne « responsable » n’est pas lue.")
    with pytest.raises(UserError, match="ligne 5, colonne « type »"):
        read(HEADER, '"Maison\ndes services";mairie;36044;;;;;;', ";;;;;;;;", "B;x;36088;;;;;;")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (";mairie;36044;;;;;;", "colonne « nom »"),
        ("A;;36044;;;;;;", "colonne « type »"),
        ("A;mairie;;;;;;;", "colonne « code_insee »\u00a0: donnez code_insee, ou lon et lat"),
        ("A;mairie;1004;;;;;;", "colonne « code_insee »\u00a0: .*écrivez 01004"),
        ("A;mairie;1004.0;;;;;;", "colonne « code_insee »\u00a0: .*écrivez 01004"),
        ("A;mairie;36 44;;;;;;", "colonne « code_insee »\u00a0: .*cinq caractères"),
        ("A;mairie;36999;;;;;;", "colonne « code_insee »\u00a0: .*jamais été une commune"),
        ("A;mairie;00001;;;;;;", "colonne « code_insee »\u00a0: .*commune fictive"),
        ("A;mairie;18033;;;;;;", "colonne « lon »\u00a0: .*hors du territoire"),
        ("A;mairie;;5.4;43.3;;;;", "colonne « code_insee »\u00a0: point hors du territoire"),
        ("A;mairie;36044;13.4;52.5;;;;", "colonne « lon »\u00a0: .*hors de France"),
        ("A;mairie;36044;46.8;1.6;;;;", "colonne « lon »\u00a0: .*latitude sont inversées"),
        ("A;mairie;36044;0;0;;;;", "colonne « lon »\u00a0: .*le point est à 0, 0"),
        ("A;mairie;36044;599000;6638000;;;;", "colonne « lon »\u00a0: .*x_l93 et y_l93"),
        ("A;mairie;36044;1.6;;;;;", "colonne « lat »\u00a0: la cellule est vide"),
        ("A;mairie;36044;nan;inf;;;;", "colonne « lon »\u00a0: .*pas un nombre"),
        ("A;mairie;36044;1_6;46.8;;;;", "colonne « lon »\u00a0: .*pas un nombre"),
        ("A;mairie;36044;;;;;-1;", "colonne « personnes_mois »\u00a0: .*négatif"),
        ("A;mairie;36044;;;;;999999999;", "colonne « personnes_mois »\u00a0: .*passe"),
        ("A;mairie;36044;;;;;douze;", "colonne « personnes_mois »\u00a0: .*pas un nombre"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(read, line: str, fault: str) -> None:
    with pytest.raises(UserError, match=f"rien n’est gardé\u00a0: ligne 2, {fault}"):
        read(HEADER, line)


def test_ten_faults_are_told_and_the_rest_counted(read) -> None:
    with pytest.raises(UserError) as caught:
        read(HEADER, "A;mairie;36044;;;;;;", *(f"B{n};x;36044;;;;;;" for n in range(12)))

    assert str(caught.value).count("colonne « type »") == 10
    assert "ligne 3," in str(caught.value)
    assert "et 2 autres lignes" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("A;mairie;1004;;;;;;", "INSEE_ZERO_LOST"),
        ("A;mairie;1,00E+03;;;;;;", "ID_SCIENTIFIC"),
        ("A;mairie;36999;;;;;;", "INSEE_UNKNOWN"),
        ("A;mairie;;5.4;43.3;;;;", "UNKNOWN_PLACE"),
        ("A;mairie;;;;;;;", "UNKNOWN_PLACE"),
        ("A;mairie;36044;nan;46;;;;", "BAD_NUMBER"),
        ("A;mairie;36044;;;;;-1;", "BAD_COUNT"),
        ("A;gymnase;36044;;;;;;", "BAD_VALUE"),
        ("A;mairie;36044;0;0;;;;", "NULL_ISLAND"),
        ("A;mairie;36044;46.8;1.6;;;;", "LATLON_SWAPPED"),
        ("A;mairie;36044;599000;6638000;;;;", "WRONG_CRS"),
        ("A;mairie;36044;13.4;52.5;;;;", "OUT_OF_FRANCE"),
        # Where faults meet, the first in the order of reading is the answer.
        ("A;gymnase;1004;46.8;1.6;;;;", "INSEE_ZERO_LOST"),
        ("A;gymnase;36044;46.8;1.6;;;;", "BAD_VALUE"),
    ],
)
def test_each_fault_has_its_code(read, line: str, code: str) -> None:
    with pytest.raises(RefusedFileError) as refused:
        read(HEADER, line)
    assert refused.value.code == code


def test_places_in_metres_of_lambert_93_are_converted_and_said(read, notes: Notes) -> None:
    sites = read("nom;type;x_l93;y_l93", "A;mairie;592000;6633000", "B;mairie;593000;6634000")

    assert list(sites["code_insee"]) == ["36044", "36044"]
    assert sites.geometry.iloc[0].distance(Point(1.58, 46.79)) < 0.05
    assert ("Lambert-93", 2) in [(row[3], row[6]) for row in notes.rows]


def test_a_commune_merged_long_ago_is_read_as_that_of_today(read, notes: Notes) -> None:
    sites = read(HEADER, "A;mairie;14472;;;;;;", territory=communes("14654"))
    assert list(sites["code_insee"]) == ["14654"]
    assert "« 14472 » lu 14654, commune déléguée, aujourd’hui dans" in notes.rows[-1][5]


def test_a_commune_of_the_tables_stays_itself_though_it_has_been_merged_since(read) -> None:
    sites = read(HEADER, "A;mairie;01330;;;;;;", territory=communes("01187", "01330"))
    assert list(sites["code_insee"]) == ["01330"]


@pytest.mark.parametrize(
    ("content", "code", "fault"),
    [
        (b"", "EMPTY", "est vide"),
        (b"nom;type;code_insee\n", "NO_ROWS", "Ajoutez au moins une ligne"),
        (b"nom;code_insee\nA;36044\n", "MISSING_COLUMN", "il manque la colonne type"),
        (b"nom;type;lon\nA;mairie;1.6\n", "MISSING_COLUMN", r"code_insee \(ou lon et lat\)"),
        (
            b"nom;type;type;code_insee\nA;mairie;mairie;36044\n",
            "DUP_COLUMN",
            "deux colonnes pour « type »",
        ),
        (b"nom;type;code_insee\nA;mairie;36044;x\n", "RAGGED_ROW", "ligne 2"),
        (b'nom;type;code_insee\n"A;mairie;36044\n', "BAD_QUOTING", "guillemet"),
        (b"PK\x03\x04rest", "NOT_CSV", "archive"),
        (b"nom;\x00", "BINARY_IN_TEXT", "ligne 1"),
        (b"<!DOCTYPE html><html>", "NOT_CSV", "page web"),
        (b"nom;type;code_insee\n\x81\x8d;mairie;36044\n", "BAD_ENCODING", "ligne 2"),
    ],
)
def test_a_file_that_is_not_a_places_table_is_refused(read, content, code, fault: str) -> None:
    with pytest.raises(RefusedFileError, match=fault) as refused:
        read(content=content)
    assert refused.value.code == code


def test_a_column_may_go_by_another_title(read, notes: Notes) -> None:
    sites = read("Nom du lieu;Type de lieu;Code commune;nom_commune", "A;mairie;36044;X")
    assert sites.loc[0, ["nom", "kind", "code_insee"]].tolist() == ["A", "mairie", "36044"]
    assert [row[2] for row in notes.rows if row[3] == "titre de colonne"] == [
        "nom",
        "type",
        "code_insee",
    ]


@pytest.mark.parametrize(
    ("lines", "answer", "said"),
    [
        ((HEADER, "A;mairie;36044;1.6;46.8;;;;"), "OK", "1 lieu lu."),
        ((HEADER, "A;mairie;36044;;;;;;"), "OK", "1 lieu sans coordonnées sera placé au centre"),
        ((HEADER, "A;mairie;14472;1.6;46.8;;;;"), "FIX", "lu 14654"),
        ((HEADER, "A;mairie;75101;;;;;;"), "FIX", "« 75101 » lu 75056, sa commune"),
        ((HEADER, "A;mairie;36044;1,6;46,8;;;;"), "FIX", "« 1,6 » lu 1.6"),
        ((HEADER, "A;mairie;36044;;;;lundi;;"), "FIX", "« lundi » n’est pas gardé"),
        ((HEADER, "A;mairie;00001;;;;;;"), "INSEE_UNKNOWN", "commune fictive"),
        ((HEADER, "Nombre de lieux : 1;;;;;;;;"), "UNKNOWN_PLACE", "est seul sur sa ligne"),
        ((HEADER, "Total;;;;;;;26;"), "UNKNOWN_PLACE", "« Total » compte d’autres lignes"),
        ((HEADER, "Total;relais poste;36044;;;;;;"), "OK", "1 lieu lu."),
        ((HEADER, *["A;mairie;36044;;;;;;"] * 2), "DUP_ID", "en double, avec la ligne 2"),
        (("nom;type;code_insee;plus", "A;mairie;36044;1"), "OK", "« plus » n’est pas lue"),
    ],
)
def test_the_check_answers_as_the_import_does(tmp_path: Path, lines, answer, said) -> None:
    path = tmp_path / "lieux.csv"
    path.write_text("\n".join(lines), "utf-8")
    told = check_table(path, "places")
    assert told.answer == answer
    assert said in " ".join((told.message, *(repair.told() for repair in told.repairs)))


def test_a_file_that_is_not_there(tmp_path: Path, notes: Notes) -> None:
    with pytest.raises(SourceError, match="n’existe pas"):
        read_places(tmp_path / "none.csv", notes, INDRE)


def test_the_fictitious_territory_takes_only_its_own_communes(read) -> None:
    demo = communes("00001", "00002")

    assert list(read(HEADER, "A;mairie;00001;;;;;;", territory=demo)["in_territory"]) == [True]
    with pytest.raises(UserError, match="n’est pas du territoire fictif"):
        read(HEADER, "A;mairie;36044;1.6;46.8;;;;", territory=demo)


def test_without_communes_a_place_needs_code_and_coordinates(read) -> None:
    sites = read(HEADER, "A;mairie;36044;1.6;46.8;;;;", territory=None)

    assert list(sites["in_territory"]) == [False]
    with pytest.raises(UserError, match="donnez lon et lat"):
        read(HEADER, "A;mairie;36044;;;;;;", territory=None)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_french(tmp_path_factory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")

    with pytest.raises(UserError, match=r"any\.csv"):
        read_places(path, Notes(), INDRE)
