"""What each source's file holds: the columns its reader needs, and how many rows at least.

The least number of rows is well under what the producer publishes today, and well over what a
file that was cut or filtered on its way would hold.
"""

from __future__ import annotations

from coverage.sources.entry import Contents

_COMMUNES = 30_000

COMMUNES = Contents(rows=90)
COMMUNES_ETALAB = Contents(("code", "nom"), _COMMUNES)
DEPARTEMENTS = Contents(("insee_dep", "lib_dep"))
POPULATION = Contents(
    (
        "insee_com",
        "insee_dep",
        "commune_article",
        "code_postal",
        "commune_type",
        "insee_parente",
        "population_2021",
        "menages_2021",
    ),
    _COMMUNES,
)
DENSITY = Contents(("insee_com", "niveau_densite"), _COMMUNES)
LAPOSTE = Contents(
    (
        "identifiant_a",
        "libelle_du_site",
        "caracteristique_du_site",
        "adresse",
        "complement_d_adresse",
        "lieu_dit",
        "code_insee",
        "pays",
        "latitude",
        "longitude",
    ),
    10_000,
)
FRANCE_SERVICES = Contents(
    (
        "id_fs",
        "lib_fs",
        "insee_com",
        "latitude",
        "longitude",
        "type_fs",
        "format_fs",
        "adresse",
        "complement_adresse",
        *(f"h_{day}" for day in ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")),
    ),
    1_000,
)
ETAPES = Contents(("ID", "Nom", "Commune", "Code INSEE", "Adresse", "latitude", "longitude"), 40)
CONSEILLERS = Contents(
    (
        "id",
        "raison_sociale",
        "nb_cnfs",
        "adresse",
        "france_services",
        "insee_com",
        "commune_insee",
        "code_département",
        "latitude",
        "longitude",
    ),
    500,
)
MEDIATION_ARA = Contents(
    ("id", "nom", "services", "adresse", "code_postal", "horaires", "latitude", "longitude"), 200
)
MEDIATION_CVL = Contents(
    (
        "gid",
        "c_nom",
        "c_adresse",
        "c_postcode",
        "c_materiel_info",
        "c_formation",
        "c_horaire_ouverture",
        "c_lat_coor1",
        "c_long_coor1",
        "c_categories_espace",
    ),
    100,
)
MEDIATION_47 = Contents(
    (
        "nom",
        "adresse_code_insee",
        "latitude",
        "longitude",
        "horaires_ouverture_brut",
        "horaires_ouverture_osm",
        "adresse_numero",
        "adresse_rue",
        "services",
        "labels",
        "tarifs",
    ),
    40,
)
ANNUAIRE = Contents(
    ("id", "type", "nom", "code_insee", "adresse", "latitude", "longitude"), _COMMUNES
)
FRR = Contents(("Code_insee", "Classement FRR et FRR+ au 10 juillet 2025"), _COMMUNES)
ZRR = Contents(("CODGEO", "ZRR_SIMP"), _COMMUNES)
IFN = Contents(
    (
        "code",
        "total",
        "no_thd_coverage_rate",
        "no_4g_coverage_rate",
        "poverty_rate",
        "older_65_rate",
        "nscol15p_rate",
    ),
    _COMMUNES,
)
#: The part of the shapefile that holds the columns; the others have none.
QPV_2015 = Contents(("CODE_QP", "NOM_QP"), 1_000)
QPV_2015_POPULATION = Contents(("qp", "population_municipale_2013"), 1_000)
QPV_INDICATORS = Contents(("CODGEO", "POP_MUN"), 500)
QPV_2024_LIST = Contents(("insee_com", "code_qp", "lib_qp"), 400)
QPV_2024 = Contents(("code_qp", "lib_qp"), 1_000)
SQUARES = Contents(("idcar_200m", "ind", "lcog_geo", "i_est_200"))
ROADS = Contents(rows=10_000)
