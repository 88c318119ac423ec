"""Zonings and indices: FRR, ZRR, digital fragility, QPV and their people."""

from __future__ import annotations

from coverage.sources.entries import contents as known
from coverage.sources.entries.words import LICENCE_OUVERTE, NO_ADDRESS, SUPERPOSEUR, TO_CONFIRM
from coverage.sources.entry import GO_ON, Source, SourceFile

# Published as workbooks only.
_FRR = (
    "https://www.collectivites-locales.gouv.fr/files/files/3.%20Animer%20les%20territoires/"
    "5.%20La%20coh%C3%A9sion%20territoriale%20et%20l'am%C3%A9nagement%20du%20territoire/"
    "Liste%20communes%20FRR_juillet2025.xlsx"
)
_ZRR = (
    "https://static.data.gouv.fr/resources/zones-de-revitalisation-rurale-zrr/20210907-124104/"
    "diffusion-zonages-zrr-cog2021.xls"
)
_QPV_2015 = (
    "https://static.data.gouv.fr/resources/"
    "quartiers-prioritaires-de-la-politique-de-la-ville-qpv/20180110-144945/"
    "qp-politiquedelaville-shp.zip"
)
# The id of the resource is stable; the archive holds each format in a folder of its own.
_QPV_2024 = "https://www.data.gouv.fr/fr/datasets/r/942d4ee8-8142-4556-8ea1-335537ce1119"
_QPV_2024_FILE = "QP2024_France_Hexagonale_Outre_Mer_WGS84.geojson"
_SUPERPOSEUR_QPV = f"{SUPERPOSEUR}/3f2b0c0b87604a13831a9f214988878b6a4cb67e/data"

ZONES: tuple[Source, ...] = (
    Source(
        id="frr_2025",
        title="Communes classées France ruralités revitalisation (FRR)",
        producer="DGCL",
        licence=TO_CONFIRM,
        vintage="2025-07-10",
        folder="frr/2025-07-10",
        files=(
            SourceFile(
                "liste-communes-FRR.csv",
                _FRR,
                workbook="liste-communes-FRR.xlsx",
                contents=known.FRR,
            ),
        ),
        reader="frr:read_frr",
        remedy=f"{GO_ON}. Le classement FRR reste n.d. sans la liste de la DGCL.",
        attribution="DGCL",
    ),
    Source(
        id="zrr_2021",
        title="Communes classées en zone de revitalisation rurale (ZRR)",
        producer="ANCT, Observatoire des territoires",
        licence=LICENCE_OUVERTE,
        vintage="2021",
        folder="zrr/2021",
        files=(
            SourceFile(
                "ZRR_list_source.csv",
                _ZRR,
                workbook="diffusion-zonages-zrr-cog2021.xls",
                contents=known.ZRR,
            ),
        ),
        reader="zrr:read_zrr",
        remedy=f"{GO_ON}. Le classement ZRR reste n.d. sans la liste.",
        attribution="ANCT",
    ),
    Source(
        id="ifn_2023",
        title="Indice de fragilité numérique des communes",
        producer="Mednum",
        licence=TO_CONFIRM,
        vintage="2023",
        folder="ifn/2023",
        files=(SourceFile("ifn-city-all-variation.csv", contents=known.IFN),),
        reader="ifn:read_ifn",
        remedy=f"{NO_ADDRESS}. L’indice de fragilité numérique reste n.d. sans lui.",
        attribution="Mednum",
    ),
    Source(
        id="qpv_2015_polygons",
        title="Quartiers prioritaires de la politique de la ville (contours de 2015)",
        producer="ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2015",
        folder="qpv/2015",
        files=tuple(
            SourceFile(name, _QPV_2015, member=name, contents=known.QPV_2015)
            for name in (
                "QP_METROPOLEOUTREMER_WGS84_EPSG4326.shp",
                "QP_METROPOLEOUTREMER_WGS84_EPSG4326.shx",
                "QP_METROPOLEOUTREMER_WGS84_EPSG4326.dbf",
                "QP_METROPOLEOUTREMER_WGS84_EPSG4326.prj",
            )
        ),
        reader="qpv:read_qpv_polygons",
        remedy=f"{GO_ON} : sans contours, la part des habitants en QPV reste n.d.",
        attribution="ANCT",
    ),
    Source(
        id="qpv_2024_polygons",
        title="Quartiers prioritaires de la politique de la ville (contours de 2024)",
        producer="ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2024",
        folder="qpv/2024-contours",
        files=(
            SourceFile(
                _QPV_2024_FILE,
                _QPV_2024,
                member=f"GEOJSON/{_QPV_2024_FILE}",
                contents=known.QPV_2024,
            ),
        ),
        reader="qpv:read_qpv_polygons",
        remedy=(
            f"{GO_ON}, ou donnez-les avec --qpv : en attendant, les quartiers sont ceux de 2015."
        ),
        attribution="ANCT",
    ),
    Source(
        id="qpv_2024_population",
        title="Population des quartiers prioritaires (contours de 2024)",
        producer="INSEE",
        licence=LICENCE_OUVERTE,
        vintage="2024",
        folder="qpv/2024-population",
        files=(SourceFile("population_qp_2024.csv", contents=known.QPV_INDICATORS),),
        reader="qpv:read_qpv_indicators",
        remedy=(
            f"{NO_ADDRESS}, en CSV (CODGEO;POP_MUN). Sans elle, des habitants de QPV restent n.d."
        ),
        attribution="INSEE",
    ),
    Source(
        id="qpv_2015_population",
        title="Population 2013 des quartiers prioritaires (contours de 2015)",
        producer="INSEE, ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2015",
        folder="qpv/2015",
        files=(SourceFile("pop_qp_2013.csv", contents=known.QPV_2015_POPULATION),),
        reader="qpv:read_qpv_population",
        remedy=f"{NO_ADDRESS}. Sans lui, des habitants de QPV restent n.d.",
        attribution="INSEE",
    ),
    Source(
        id="qpv_indicators_2022",
        title="Indicateurs démographiques des quartiers prioritaires (contours de 2015)",
        producer="INSEE",
        licence=LICENCE_OUVERTE,
        vintage="2022",
        folder="qpv_indicateurs/2022",
        files=(SourceFile("DEMO_2022.csv", contents=known.QPV_INDICATORS),),
        reader="qpv:read_qpv_indicators",
        remedy=(
            f"{NO_ADDRESS} ; l’INSEE publie les données par thème sur "
            "insee.fr/fr/statistiques/5359605. Sans elles, des habitants de QPV restent n.d."
        ),
        attribution="INSEE",
    ),
    Source(
        id="qpv_2024_list",
        title="Quartiers prioritaires de 2024, liste par commune",
        producer="ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2024",
        folder="qpv/2024",
        files=(
            SourceFile(
                "centroide-4326_qpv.geojson",
                f"{_SUPERPOSEUR_QPV}/admin/centroide-4326_qpv.geojson",
                contents=known.QPV_2024_LIST,
            ),
        ),
        reader="qpv:read_qpv_list",
        attribution="ANCT",
    ),
)
