"""« Pourquoi ce secteur ? »: golden texts one can open, and rules that every sentence keeps."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model.results import StudyResult
from coverage.model.tables import AGE_BANDS
from coverage.reports.words.why import Reasons, why
from tests.reports.ranked import ranked_result
from tests.reports.unknown import unknown_population
from tests.toy import toy_result
from tests.toy_detections import sounded_result

GOLDEN = Path(__file__).parent / "why"


def aged(**changes: Any) -> StudyResult:
    """The toy town on the first rung: the higher a commune, the older."""
    profiles = toy_result().profiles
    for at, band in enumerate(AGE_BANDS):
        profiles[band] = [float(10 + (at == 3) * place) for place in range(8)]
    return toy_result(need_rung=1, profiles=profiles, **changes)


def neutral() -> StudyResult:
    """The third rung: the same need everywhere, and access alone ranks."""
    communes = ranked_result().communes.assign(need_part=1.0)
    communes["need"] = communes["population"] * 0.13
    return ranked_result(
        need_rung=3, communes=communes, facts={"neutral": {"communes": ["need"], "qpv": ["need"]}}
    )


def overseas() -> StudyResult:
    """Two homes in five out of any adviser's reach, where the others have one at their door."""
    communes = ranked_result().communes
    for code, mean, uncovered, unreached, access in (
        ("2A001", 3.0, 1900.0, 1800.0, 90.0),  # near on average, and nearly half cut off
        ("2A002", 3.0, 40.0, 40.0, 90.0),  # a few cut off, the others well served
    ):
        at = communes["code_insee"] == code
        figures = ["minutes_adviser", "uncovered", "unreached", "access"]
        communes.loc[at, figures] = [mean, uncovered, unreached, access]
    groups = ranked_result().groups
    groups.loc[groups["group"] == "territoire", "unreached"] = 2700.0
    return ranked_result(communes=communes, groups=groups)


def sounded() -> StudyResult:
    """Detections as a third factor: the first eight communes are in blocks, two never sounded."""
    toy = sounded_result()
    communes = ranked_result().communes
    communes["detection_rate"] = communes["code_insee"].map(
        toy.communes.set_index("code_insee")["detection_rate"]
    )
    parts = toy.communes.set_index("nom")["detection_part"]
    communes["detection_part"] = communes["nom"].str.replace(r" \d$", "", regex=True).map(parts)
    return ranked_result(communes=communes, qpv=toy.qpv, detections=toy.detections)


CASES: dict[str, Callable[[], StudyResult]] = {
    "eight-communes": toy_result,
    "ranked": ranked_result,
    "straight-line": lambda: ranked_result(estimate=True),
    "by-age": aged,
    "proportional": neutral,
    "out-of-reach": overseas,
    "detections": sounded,
    "unknown-population": unknown_population,
}


def spoken(result: StudyResult) -> str:
    """All the sentences of a study, one a line, spaces made plain."""
    reasons = Reasons.of(result)
    codes = [*result.communes["code_insee"][:8], *result.qpv["zone_id"]]
    names = dict(zip(result.communes["code_insee"], result.communes["nom"], strict=True))
    lines = []
    for code in codes:
        lines += [f"{code} {names.get(code, '')}".strip(), *reasons.why(code), ""]
    return re.sub("[\u00a0\u202f]", " ", "\n".join(lines))


@pytest.mark.parametrize("name", CASES)
def test_the_sentences_are_those_of_the_file(name: str) -> None:
    assert spoken(CASES[name]()) == (GOLDEN / f"{name}.txt").read_text("utf-8")


def check(text: str) -> None:
    """What no sentence may hold."""
    plain = re.sub("[\u00a0\u202f]", " ", text)
    for wrong in (r"\b0 min", r"\bnan\b", "None", "  ", r"\b0 personne", r"\binf", "<NA>", r" \."):
        assert not re.search(wrong, plain), (wrong, plain)
    assert not re.search(r"(?<![\u00a0\u202f])[:;?!%»]|«(?!\u00a0)| [:;?!%»]|'", text), text
    assert text.endswith(".")
    assert text[0].isupper()


@pytest.mark.parametrize("name", CASES)
def test_no_sentence_breaks_the_rules(name: str) -> None:
    result = CASES[name]()
    reasons = Reasons.of(result)
    for code in [*result.communes["code_insee"], *result.qpv["zone_id"]]:
        for text in reasons.why(code):
            check(text)


NUMBER = st.sampled_from([math.nan, 0.0, 1e-9, 0.3, 0.5, 1.0, 1.4, 19.6, 20.0, 59.9, 1000.0])
SHARE = st.sampled_from([0.0, 0.001, 0.2, 0.5, 0.8, 0.999, 1.0])


CODES = [*(f"2A00{n}" for n in range(1, 9)), "QP02A001"]
TOWN, SOUNDED = ranked_result(), sounded()


@settings(max_examples=150)
@given(
    figures=st.fixed_dictionaries(
        dict.fromkeys(("need", "minutes_adviser", "uncovered", "unreached", "access"), NUMBER)
    ),
    population=st.sampled_from([None, 0, 1, 2, 800]),
    parts=st.tuples(SHARE, SHARE, SHARE, SHARE),
    sounded=st.booleans(),
    ifn=NUMBER,
    rung=st.sampled_from([1, 2, 3]),
    stability=st.sampled_from([None, "robuste", "sensible"]),
    estimate=st.booleans(),
)
def test_whatever_the_numbers_are_the_sentences_keep_the_rules(
    figures: dict[str, float],
    population: int | None,
    parts: tuple[float, float, float, float],
    sounded: bool,
    ifn: float,
    rung: int,
    stability: str | None,
    estimate: bool,
) -> None:
    town = SOUNDED if sounded else TOWN
    communes = town.communes.copy()
    for name, value in figures.items():
        communes.loc[3, name] = value
    communes.loc[3, "population"] = pd.NA if population is None else population
    communes.loc[3, ["need_part", "access_part", "top10_share"]] = parts[:3]
    if sounded:
        communes.loc[3, "detection_part"] = parts[3]
    communes.loc[3, "ifn"] = min(ifn, 10.0)
    communes.loc[3, "stability"] = stability
    result = replace(town, need_rung=rung, estimate=estimate, communes=communes)
    for text in Reasons.of(result).why("2A004"):
        check(text)


def test_the_larger_part_is_named_first() -> None:
    toy = toy_result()
    for code, need, access in zip(
        toy.communes["code_insee"],
        toy.communes["need_part"],
        toy.communes["access_part"],
        strict=True,
    ):
        assert why(toy, code)[0].startswith("Le besoin") == (need > access), code
    assert all(not why(neutral(), code)[0].startswith("Le besoin") for code in ("2A001", "2A007"))


def test_the_component_named_has_the_largest_gap() -> None:
    toy = toy_result()
    told = dict(zip(toy.communes["code_insee"], toy.communes["ifn"], strict=True))
    # Weighted means of the seven known communes: 2.5 broadband, 2.4 4G, 5.8 poverty, 4.5, 4.3
    assert "surtout pour l’absence de 4G (10,0 contre 2,4)" in " ".join(why(toy, "2A006"))
    assert "surtout pour l’absence de très haut débit fixe (1,0 contre 2,5)" in " ".join(
        why(toy, "2A001")
    )
    profiles = toy.profiles.assign(ifn_diploma=[2.0, 2.0, 2.0, 2.0, 9.9, 2.0, 2.0, None])
    profiles[["ifn_thd", "ifn_4g", "ifn_poverty", "ifn_aged"]] = 5.0
    changed = why(toy_result(profiles=profiles), "2A005")
    assert told["2A005"] == 7.4
    assert "surtout pour la part des personnes sans diplôme (9,9 contre 2,2)" in " ".join(changed)


def test_detections_are_told_by_block_and_an_unsounded_commune_is_neutral() -> None:
    with_them, without = Reasons.of(SOUNDED), Reasons.of(TOWN)
    told = {code: re.sub("[\u00a0\u202f]", " ", " ".join(with_them.why(code))) for code in CODES}
    assert (
        "Au guichet de son bloc (Albarella) : 1,97 (1,69 à 2,27) détections par jour de présence, "
        "contre 1,49 dans le territoire." in told["2A005"]
    )
    for code in ("2A007", "2A008"):
        assert "l’indice prend la médiane des autres communes, ce qui ne l’avantage" in told[code]
    assert "ne disent rien du quartier seul" in told["QP02A001"]
    assert not any("guichet" in " ".join(without.why(code)) for code in CODES)


def test_a_qpv_and_an_unknown_code() -> None:
    texts = why(toy_result(), "QP02A001")
    assert "ce taux est celui de la commune" in " ".join(texts)
    assert texts[2].startswith("C’est le seul quartier classé")
    with pytest.raises(KeyError):
        why(toy_result(), "36044")


def test_ties_are_named_when_few_and_counted_when_many() -> None:
    assert "ex æquo avec Isulella 2 et Isulella 3" in why(ranked_result(), "2A007")[2]
    communes = ranked_result().communes
    communes["rank"] = pd.array([1] * 24, dtype="Int64")
    text = why(ranked_result(communes=communes), "2A007")[2]
    assert "ex æquo avec 23 autres communes" in text.replace("\u202f", " ")


def test_help_is_not_praised_where_many_are_out_of_reach() -> None:
    result = overseas()
    many, few = why(result, "2A001"), why(result, "2A002")
    assert "manque pas" not in " ".join(many)
    assert "l’aide n’y manque pas" in " ".join(few)
    communes = result.communes.assign(need_part=0.5, access_part=0.1)
    said = {code: why(replace(result, communes=communes), code)[2] for code in ("2A001", "2A002")}
    assert "l’accès à l’aide y est bon" not in said["2A001"]
    assert "l’accès à l’aide y est bon" in said["2A002"]


def test_a_rank_outside_its_interval_says_why() -> None:
    communes = ranked_result().communes
    communes.loc[2, ["rank_low", "rank_high"]] = [11, 20]  # of rank 10
    text = why(ranked_result(communes=communes), "2A003")[2].replace("\u202f", " ")
    assert "les tirages ne font que ralentir les trajets, et son rang y va du 11e au 20e" in text
    communes.loc[2, ["rank_low", "rank_high"]] = [11, 11]
    text = why(ranked_result(communes=communes), "2A003")[2]
    assert "et son rang y est le 11e (neuf tirages sur dix)" in text


@pytest.mark.parametrize(("code", "high"), [("2A001", True), ("2A004", False)])
def test_detections_are_high_only_above_the_usual_rate(code: str, high: bool) -> None:
    # the territory's rate is 1,49: Albarella's block has 1,97, L'Île-Verte's 0,83
    known = sounded()
    at = known.communes["code_insee"] == code
    communes = known.communes.copy()
    communes.loc[at, ["need_part", "access_part", "detection_part", "top10_share"]] = 0.95
    communes.loc[at, "stability"] = "robuste"
    text = " ".join(why(replace(known, communes=communes), code))
    assert "le choix est robuste" in text
    assert ("y sont tous élevés" in text) is high
