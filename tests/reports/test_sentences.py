import re
from dataclasses import replace

import pytest

from coverage.model.params import StudyParams
from coverage.model.plan import Status
from coverage.reports.words import sentences
from tests.toy import toy_result


def test_the_summary_counts_persons_before_and_after() -> None:
    text = sentences.summary(toy_result())
    assert "88,6\u00a0% des habitants sont à 20\u00a0min ou moins" in text
    assert "avec 2 permanences de plus, ils seraient 97,9\u00a0% (650 personnes de plus)" in text


def test_without_a_plan_the_summary_says_what_is_left() -> None:
    result = toy_result()
    text = sentences.summary(replace(result, plan=replace(result.plan, sites=())))
    assert text.endswith("800 restent à couvrir.")


def test_only_a_proven_plan_is_called_unbeatable() -> None:
    plan = toy_result().plan
    assert "Aucun autre choix de 2 lieux parmi 2" in sentences.certificate(plan)
    for status in (Status.FEASIBLE, Status.INTERRUPTED):
        text = sentences.certificate(replace(plan, status=status, gap=0.00801))
        assert "Aucun autre" not in text
        assert "au plus 0,9\u00a0% de mieux" in text  # never told smaller than it is


def test_an_infeasible_plan_names_its_rule() -> None:
    plan = replace(toy_result().plan, status=Status.INFEASIBLE, rule="p", sites=())
    assert "il n’y a que 2 lieux candidats" in sentences.certificate(plan)


def test_people_out_of_reach_are_told() -> None:
    assert sentences.unreachable(toy_result()).startswith("60 personnes n’atteignent aucun")
    assert sentences.unreachable(toy_result(unreachable_persons=1.0)).startswith("1 personne n’")
    assert "Chaque habitant" in sentences.unreachable(toy_result(unreachable_persons=0.0))


def test_an_estimate_never_claims_roads() -> None:
    result = toy_result(estimate=True)
    assert "OpenStreetMap (ODbL)" not in sentences.source_line(result)
    assert "vol d’oiseau" in sentences.limits(result)[0]
    assert sentences.OSM_CREDIT in sentences.source_line(toy_result())


def test_the_fictitious_territory_says_so_first() -> None:
    result = toy_result(params=StudyParams("00", new=2))
    assert sentences.limits(result)[0].startswith("Territoire fictif")


def test_missing_sources_are_told_in_the_limits() -> None:
    assert any("Détections au guichet" in text for text in sentences.limits(toy_result()))


@pytest.mark.parametrize(
    ("group", "value", "expected"),
    [
        ("territoire", "ensemble", "Ajaccio"),
        ("frr", "plus", "FRR+"),
        ("frr", "n.d.", "Zonage FRR non disponible"),
        ("densite", "7", "Rural à habitat très dispersé"),
        ("qpv", "hors_qpv", "Hors QPV"),
    ],
)
def test_groups_have_french_names(group: str, value: str, expected: str) -> None:
    assert sentences.group_label(group, value, "Ajaccio") == expected


def test_typography() -> None:
    result = toy_result(estimate=True)
    texts = [sentences.summary(result), sentences.certificate(result.plan)]
    texts += [*sentences.limits(result), sentences.source_line(result)]
    for text in texts:
        assert not re.search(r" [:;?!%»]|« |'", text), text


def test_the_short_line_groups_years_and_the_list_says_what_is_missing() -> None:
    result = toy_result()
    assert "La Poste 2025" in sentences.source_line(result)
    lines = sentences.source_list(result)
    assert lines[1] == "Points de contact · La Poste · 2025-06-04 · Licence Ouverte 2.0"
    assert lines[-1].startswith("Détections au guichet\u00a0: non disponible. Déposez")
