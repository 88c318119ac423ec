"""What is said of the counters: by block, with intervals, and what it costs to say no more."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from coverage.model.detections import NO_BUREAU, ProtectedDetections
from coverage.model.results import StudyResult
from coverage.reports.detection_section import detection_section
from coverage.reports.words import detections as words
from coverage.reports.words import factors, limits, priority
from coverage.reports.words.factors import ACCESS, DETECTIONS, NEED
from tests.toy import toy_result
from tests.toy_detections import sounded_result, toy_detections


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def said(result: StudyResult) -> str:
    return plain(" ".join(words.summary_sentences(result)))


def too_small() -> ProtectedDetections:
    told = toy_detections()
    return replace(told, blocks=told.blocks.iloc[:0], communes=told.communes.assign(block_id=None))


def followed_only() -> ProtectedDetections:
    told = toy_detections()
    tables = ("blocks", "communes", "zones", "trend")
    return replace(told, **{name: getattr(told, name).iloc[:0] for name in tables})


def test_the_territory_is_told_with_its_interval_and_the_cost_of_protection() -> None:
    text = said(sounded_result())
    assert "Détections par jour de présence : 1,49 (1,31 à 1,68) dans le territoire" in text
    # block 2A003 ends in June
    assert (
        "janvier – décembre 2025 au plus tard, dont 1 bloc sur 3 arrêté à une publication "
        "antérieure ; 3 blocs de communes ; 62,0 % des détections"
    ) in text
    assert "8 des 8 communes (100 %) partagent leur bloc avec une autre" in text
    # Bocca with Monte Scuru, L'Île-Verte with Castellu; Albarella alone among the sounded
    assert "4 des 5 communes sondées (80 %) ne se distinguent plus" in text
    assert "Pour 2 communes, le guichet le plus proche n’a jamais été sondé" in text
    assert "ce n’est pas zéro) ; 1 d’entre elles a un bureau." in text


def test_where_no_commune_that_is_not_told_has_a_counter_none_is_counted() -> None:
    told = toy_detections()
    never = ~told.communes["served"]
    communes = told.communes.assign(
        sounding=told.communes["sounding"].mask(never, NO_BUREAU).to_numpy()
    )
    text = said(sounded_result(detections=replace(told, communes=communes)))
    assert "Pour 2 communes, le guichet le plus proche n’a jamais été sondé" in text
    assert "ce n’est pas zéro) ; aucune n’a de bureau." in text


def test_a_zone_that_was_never_sounded_says_so() -> None:
    zone = toy_detections().zones.iloc[0].to_dict()
    assert words.area_rate_text(zone) == "1,49 (1,31 à 1,68)"
    unknown = {"rate": None, "rate_low": None, "rate_high": None}
    assert words.area_rate_text({**zone, **unknown, "detections_mark": "s"}) == "s"
    nobody = {**zone, **unknown, "detections_mark": "n.d.", "sounded": 0}
    assert words.area_rate_text(nobody) == "jamais sondé"


def test_nothing_loaded_is_said_with_what_would_fill_it() -> None:
    text = said(toy_result())
    assert text.startswith("Détections : non disponible. Déposez votre fichier")
    assert text.endswith("L’indice de priorité est calculé sans détections.")
    told = [plain(one) for one in limits.limits(toy_result())]
    assert "Détections : non disponible. L’indice de priorité est calculé sans détections." in told
    assert "rangs" in priority.index_meaning(toy_result())
    assert "détections" not in priority.index_meaning(toy_result()).lower()


def test_what_followed_alone_leaves_detections_unavailable() -> None:
    result = toy_result(detections=followed_only())
    assert said(result) == said(toy_result())
    section = detection_section(result)
    assert [row[1] for row in section["funnel"]][2] == "Accompagnements"
    assert section["funnel"][0][3] == "janvier – décembre 2025"
    assert not any(section[key] for key in ("blocks", "trend", "trend_breaks", "zones"))
    assert limits.limits(result) == limits.limits(toy_result())


def test_a_total_whose_blocks_all_end_together_claims_its_whole_period() -> None:
    told = toy_detections()
    assert plain(words.behind_text(told)) == "dont 1 bloc sur 3 arrêté à une publication antérieure"
    assert words.zones_note(told)
    even = replace(told, blocks=told.blocks.assign(until=pd.Timestamp("2025-12-31")))
    assert plain(words.span(even)) == "janvier – décembre 2025"
    assert words.behind_text(even) == words.zones_note(even) == ""
    steps = told.funnel.set_index("step", drop=False).to_dict("index")
    assert "au plus tard" in words.funnel_period(told, steps["detections"])
    assert "au plus tard" not in words.funnel_period(told, steps["ateliers"])


def test_the_trend_breaks_where_other_blocks_tell_it() -> None:
    told = toy_detections()
    ((at, text),) = words.trend_breaks(told).items()
    assert at == 2
    assert plain(text) == (
        "À partir de juillet 2025 : 2 blocs sur 3, ceux dont les nombres ont assez bougé pour être "
        "publiés ; leur taux est plus haut que celui de l’ensemble et ne se compare pas aux mois "
        "d’avant."
    )
    rows = detection_section(sounded_result())["trend"]
    assert [row[0] for row in rows][2] == "autres blocs"
    assert len(rows) == 5
    # as many blocks need not be the same ones, unless they are all of them
    assert list(words.trend_breaks(replace(told, trend=told.trend.assign(blocks=2)))) == [2]
    assert not words.trend_breaks(replace(told, trend=told.trend.assign(blocks=3)))


def test_too_few_to_be_told_is_a_secret_and_not_a_lack() -> None:
    communes = toy_result().communes
    result = toy_result(detections=too_small(), communes=communes)
    assert "secret statistique (s)" in said(result)
    assert "non disponible" not in said(result)
    assert any("Aucun taux ne peut en être dit" in text for text in limits.limits(result))


def test_the_third_factor_is_named_where_it_is_one() -> None:
    legend = priority.index_legend(sounded_result())
    assert legend.startswith("(besoin × manque d’accès × détections du secteur) puissance 2/3 (")
    assert "trois rangs de 0 à 1" in priority.index_meaning(sounded_result())
    parts = priority.parts_meaning(sounded_result())
    assert "rang du taux du bloc, qui réunit souvent plusieurs communes" in parts
    told = limits.limits(sounded_result())
    assert any("prend la médiane des autres communes : ni" in plain(text) for text in told)
    assert not any("non disponible" in text for text in told)


@pytest.mark.parametrize(
    ("neutral", "text"),
    [
        ((), ""),
        (
            ("detections",),
            "Les détections sont neutres (les mêmes partout) : l’indice est besoin × manque "
            "d’accès.",
        ),
        (
            ("need",),
            "Le besoin est neutre (le même partout) : l’indice est manque d’accès × détections du "
            "secteur.",
        ),
        (
            ("need", "access"),
            "Le besoin et l’accès sont neutres (les mêmes partout) : l’indice est les détections "
            "du secteur seules.",
        ),
        (
            ("need", "access", "detections"),
            "Le besoin, l’accès et les détections sont neutres (les mêmes partout) : l’indice "
            "est le même pour tous.",
        ),
    ],
)
def test_factors_that_rank_nobody(neutral: tuple[str, ...], text: str) -> None:
    assert factors.neutral_sentence((NEED, ACCESS, DETECTIONS), neutral) == text


@pytest.mark.parametrize(
    ("since", "until", "text"),
    [
        ("2025-03-01", "2025-03-31", "mars 2025"),
        ("2025-01-01", "2025-06-30", "janvier – juin 2025"),
        ("2025-01-07", "2025-06-30", "7 janvier – 30 juin 2025"),
        ("2025-01-01", "2025-01-30", "1er janvier – 30 janvier 2025"),
        ("2024-11-01", "2025-01-31", "novembre 2024 – janvier 2025"),
        (None, "2025-01-30", "n.d."),
    ],
)
def test_a_period_is_told_by_months_where_they_are_whole(since, until, text) -> None:
    dates = (None if one is None else pd.Timestamp(one) for one in (since, until))
    assert plain(words.period_text(*dates)) == text


def test_a_number_or_its_mark() -> None:
    assert words.count_text(1200, "") == "1\u202f200"
    assert words.count_text(pd.NA, "s") == "s"
    assert words.count_text(pd.NA, "") == "n.d."
    assert words.rate_text(1.96875, 1.6894, 2.2658, "") == "1,97 (1,69 à 2,27)"
    assert words.rate_text(None, None, None, "s") == "s"


def test_the_secret_is_told_with_the_threshold_in_use() -> None:
    assert "effectif de 0 à 10, ou masqué pour en protéger un autre" in words.secret_legend(
        toy_detections()
    )
    assert "de 0 à 17," in words.secret_legend(replace(toy_detections(), threshold=18))


def test_everything_is_typeset() -> None:
    texts = [*words.summary_sentences(sounded_result()), words.rate_meaning()]
    texts += [words.secret_legend(toy_detections()), words.source_text(sounded_result())]
    texts += [*words.summary_sentences(toy_result()), *limits.limits(sounded_result())]
    texts += [priority.index_meaning(sounded_result()), priority.parts_meaning(sounded_result())]
    for text in texts:
        assert not re.search(r"(?<![\u00a0\u202f])[:;?!%»]|«(?!\u00a0)|'| [:;?!%»]", text), text
