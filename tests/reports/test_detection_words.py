"""What is said of the counters: by block, with intervals, and what it costs to say no more."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from coverage.model.detections import ProtectedDetections
from coverage.model.results import StudyResult
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


def test_the_territory_is_told_with_its_interval_and_the_cost_of_protection() -> None:
    text = said(sounded_result())
    assert "Détections par jour de présence : 1,49 (1,31 à 1,68) dans le territoire" in text
    assert "janvier 2025 – décembre 2025 ; 3 blocs de communes ; 62,0 % des détections" in text
    assert "8 des 8 communes (100 %) partagent leur bloc avec une autre" in text
    # Bocca with Monte Scuru, L'Île-Verte with Castellu; Albarella alone among the sounded
    assert "4 des 5 communes sondées (80 %) ne se distinguent plus" in text
    assert "Pour 2 communes, le guichet le plus proche n’a jamais été sondé" in text
    assert "ce n’est pas zéro) ; 1 d’entre elles a un bureau." in text


def test_nothing_loaded_is_said_with_what_would_fill_it() -> None:
    text = said(toy_result())
    assert text.startswith("Détections : non disponible. Déposez votre fichier")
    assert text.endswith("L’indice de priorité est calculé sans détections.")
    told = [plain(one) for one in limits.limits(toy_result())]
    assert "Détections : non disponible. L’indice de priorité est calculé sans détections." in told
    assert "rangs" in priority.index_meaning(toy_result())
    assert "détections" not in priority.index_meaning(toy_result()).lower()


def test_too_few_to_be_told_is_a_secret_and_not_a_lack() -> None:
    communes = toy_result().communes
    result = toy_result(detections=too_small(), communes=communes)
    assert "secret statistique (s)" in said(result)
    assert "non disponible" not in said(result)
    assert any("Aucun taux ne peut en être dit" in text for text in limits.limits(result))


def test_the_third_factor_is_named_where_it_is_one() -> None:
    legend = priority.index_legend(sounded_result())
    assert legend.startswith("besoin × manque d’accès × détections du secteur (")
    assert "trois rangs de 0 à 1" in priority.index_meaning(sounded_result())
    assert "rang du taux de son bloc" in priority.parts_meaning(sounded_result())
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
        ("2025-01-01", "2025-06-30", "janvier 2025 – juin 2025"),
        ("2025-01-07", "2025-06-30", "7 janvier 2025 – 30 juin 2025"),
        ("2025-01-01", "2025-01-30", "1er janvier 2025 – 30 janvier 2025"),
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
