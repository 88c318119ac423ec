import re
from dataclasses import replace

import pandas as pd

from coverage.reports.words.equity import equity_meaning, equity_sentences, gap_text
from coverage.reports.words.orientation import (
    orientation_meaning,
    orientation_steps,
    orientation_text,
)
from tests.toy import toy_result


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def test_a_gap_has_its_sign_and_none_is_an_equal_sign() -> None:
    assert [plain(gap_text(points)) for points in (-42.77, 11.43, 0.04, -0.05, None)] == [
        "−42,8 pts",
        "+11,4 pts",
        "=",
        "−0,1 pts",
        "n.d.",
    ]


def test_the_group_furthest_behind_is_named() -> None:
    texts = [plain(text) for text in equity_sentences(toy_result())]
    assert texts[0] == (
        "Le groupe le plus en retrait est « FRR+ » : 0,0 % de ses habitants sont à 20 min ou moins "
        "d’un conseiller, contre 88,6 % de tous."
    )
    assert "Gini de l’accès : 0,25" in texts[1]
    groups = toy_result().groups
    alike = toy_result(groups=groups[groups["group"] == "territoire"].assign(gini=None))
    told = [plain(text) for text in equity_sentences(alike)]
    assert not any("retrait" in text or "Gini" in text for text in told)


def test_the_rung_stands_beside_the_columns_of_need() -> None:
    assert "proportionnel à la population" in equity_meaning(toy_result(need_rung=3))
    assert "IFN" in equity_meaning(toy_result())


def test_broken_chains_are_counted_by_step_and_many_are_not_named() -> None:
    steps = orientation_steps(toy_result())
    assert [(s.label, s.counters, s.broken) for s in steps] == [
        ("formation au numérique", 3, 1),
        ("équipement ou accès à Internet", 3, None),
        ("aide aux démarches", 3, 0),
    ]
    assert steps[0].names == "L’Île-Verte RP"
    table = toy_result().orientation
    known = table[table["known"]]
    many = pd.concat([known, known, known], ignore_index=True).assign(step="emploi")
    many["nom"] = [f"Bureau {n}" for n in range(18)]
    many["partner_id"] = [None] * 8 + ["fs:20"] * 10
    more = orientation_steps(toy_result(orientation=many))[0]
    assert (more.label, more.counters, more.broken) == ("aide à l’emploi", 18, 8)
    assert more.names == f"{', '.join(f'Bureau {n}' for n in range(6))} et 2 autres"
    none = orientation_steps(toy_result(orientation=many.assign(partner_id=None)))[0]
    assert (none.broken, none.names) == (18, "tous")


def test_a_step_of_which_no_source_tells_is_not_broken() -> None:
    told = plain(orientation_text(toy_result()))
    assert told == (
        "Orientation : 1 lien rompu (aucun partenaire éligible à moins de 30 min) sur 6 ; "
        "équipement ou accès à Internet : n.d., aucune source n’en parle."
    )
    table = toy_result().orientation
    whole = plain(orientation_text(toy_result(orientation=table[table["partner_id"].notna()])))
    assert whole == "Orientation : aucun lien rompu sur 5."
    nothing = plain(orientation_text(toy_result(orientation=table.assign(known=False))))
    assert "rompu" not in nothing
    assert nothing.count("n.d.") == 3
    none = toy_result(orientation=table.iloc[:0])
    assert plain(orientation_text(none)) == "Orientation : aucun point de contact de La Poste."


def test_what_a_partner_must_accept_is_said() -> None:
    params = replace(toy_result().params, accepts=(("formation", "pass_numerique"),))
    text = plain(orientation_meaning(toy_result(params=params)))
    assert text.endswith("« formation au numérique », il doit accepter : Pass numérique.")
    assert "accepter" not in orientation_meaning(toy_result())
