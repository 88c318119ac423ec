"""What is said of the age of the data: states, shares, the oldest layer."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from coverage.model.freshness import LADDER, UNDATED
from coverage.model.results import FOUNDED_FIGURES
from coverage.model.territory import SourceInfo
from coverage.reports.words.freshness import (
    FIGURE_LABELS,
    INVENTED,
    MISSING,
    figure_ages,
    freshness_sentences,
    ladder_sentence,
    quarters_limit,
    source_age,
    step_text,
)
from tests.toy import toy_result

#: The places of La Poste (4 June 2025) are 5 months old, all else of the toy town is old.
AUTUMN = date(2025, 11, 22)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def source(vintage: str, **changes: str) -> SourceInfo:
    return SourceInfo("x", "X", "P", "L", vintage, **changes)


def test_a_source_is_on_the_ladder_undated_missing_or_invented() -> None:
    assert source_age(source("2025-06-04"), AUTUMN).step is LADDER[0]
    assert source_age(source("2025-06-04"), AUTUMN).months == 5
    assert source_age(source("fichier fourni"), AUTUMN).step is UNDATED
    assert source_age(source("2025", status="missing"), AUTUMN).step is MISSING
    assert source_age(source("2025"), AUTUMN, fictitious=True).step is INVENTED


def test_every_state_has_a_word_and_a_sign() -> None:
    texts = [plain(step_text(step)) for step in (*LADDER, UNDATED, MISSING)]
    assert texts == [
        "✓ À jour",
        "○ À surveiller",
        "! À vérifier",
        "× À actualiser",
        "? Date inconnue",
        "— Non disponible",
    ]
    assert "à vérifier : moins de 18 mois" in plain(ladder_sentence())


def test_every_figure_has_a_name() -> None:
    assert tuple(FIGURE_LABELS) == FOUNDED_FIGURES


def test_a_figure_is_as_old_as_the_oldest_layer_it_needs() -> None:
    ages = {age.figure: age for age in figure_ages(toy_result(), AUTUMN)}
    assert plain(ages["need"].oldest) == "Contours des communes, 2023"
    assert ages["need"].old_share == 1
    # 5 % are covered by a place of a source that nobody lists: its date is unknown.
    assert ages["covered"].old_share == pytest.approx(0.2)
    assert ages["covered"].undated_share == pytest.approx(0.05)
    assert plain(ages["covered"].oldest) == "France services, 1er août 2024"
    assert ages["covered"].shares == pytest.approx((0.75, 0, 0.2, 0, 0.05))
    assert ages["index"].old_share == pytest.approx(0.5)


def test_an_old_layer_outweighs_one_without_a_date_and_that_a_fresh_one() -> None:
    table = pd.DataFrame(
        [
            ("covered", "fs|own|laposte", 0.5),
            ("covered", "own|laposte", 0.3),
            ("covered", "laposte", 0.2),
        ],
        columns=["figure", "sources", "share"],
    )
    toy = toy_result()
    sources = (*toy.sources, SourceInfo("own", "Mes lieux", "", "", "fichier fourni"))
    (age,) = figure_ages(toy_result(foundations=table, sources=sources), AUTUMN)
    assert age.shares == pytest.approx((0.2, 0, 0.5, 0, 0.3))
    assert not age.several


def test_what_is_fresh_one_day_is_old_a_year_later() -> None:
    ages = {age.figure: age for age in figure_ages(toy_result(), date(2026, 6, 3))}
    assert ages["covered"].old_share == pytest.approx(0.2)
    ages = {age.figure: age for age in figure_ages(toy_result(), date(2026, 6, 4))}
    assert ages["covered"].old_share == pytest.approx(0.95)
    assert plain(ages["covered"].oldest) == "Points de contact, 4 juin 2025"


def test_the_sentences_tell_old_and_undated_shares_apart() -> None:
    old, undated = map(plain, freshness_sentences(toy_result(), AUTUMN))
    assert old.startswith(
        "Au 22 novembre 2025, reposent sur des couches à vérifier ou à actualiser (12 mois ou plus)"
    )
    assert "20 % des habitants à portée d’un conseiller (France services, 1er août 2024)" in old
    assert undated == (
        "Reposent sur des couches dont la date est inconnue : 5 % des habitants à portée d’un "
        "conseiller."
    )


def test_what_is_invented_has_no_age() -> None:
    toy = toy_result()
    demo = toy_result(params=type(toy.params)("00", new=2))
    assert demo.fictitious
    assert figure_ages(demo, AUTUMN) == []
    assert freshness_sentences(demo, AUTUMN) == []
    assert quarters_limit(demo) == []


def test_the_quarters_of_2015_are_a_limit_those_of_2024_are_not() -> None:
    toy = toy_result()
    assert "sont ceux de 2015" in quarters_limit(toy)[0]
    zones = toy.zones.assign(kind="qpv_2024", vintage="2024")
    assert quarters_limit(toy_result(zones=zones)) == []
