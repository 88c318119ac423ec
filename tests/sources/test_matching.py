"""Entries that are one place, and those that only may be: hand-made cases and what always holds."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.services import KINDS
from coverage.sources.matching import Matching, match
from coverage.sources.pair_rules import (
    ALONE,
    JOIN_WITHIN_M,
    JOINED,
    STANDS_FIRST,
    confidence,
    houses_said,
)
from coverage.sources.site_groups import Entry

CASES = Path(__file__).parent / "pairs"


def rows_of(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


def entries_of(case: str) -> list[Entry]:
    return [
        Entry(
            row["site_id"],
            row["nom"],
            row["kind"],
            row["source"],
            row["own"] == "1",
            row["address"] or None,
            row["code_insee"],
            row["commune"],
            houses_said(row["kind"], row["nom"], row["address"], ()),
            float(row["x"]),
            float(row["y"]),
        )
        for row in rows_of("entries.csv")
        if row["case"] == case
    ]


def sites(entries: list[Entry], found: Matching) -> dict[str, str]:
    """The id that stands for each entry, by its id."""
    pairs = zip(entries, found.kept, strict=True)
    return {entry.site_id: entries[kept].site_id for entry, kept in pairs}


def outcome(found: Matching) -> dict[tuple[str, str], str]:
    table = found.table[["kept_id", "other_id", "decision"]]
    return {(kept, other): decision for kept, other, decision in table.to_numpy()}


@pytest.mark.parametrize("case", sorted({row["case"] for row in rows_of("entries.csv")}))
def test_the_cases_worked_out_by_hand(case: str) -> None:
    table = match(entries_of(case), {}).table
    told = {
        (kept, other): (decision, round(sure, 3))
        for kept, other, decision, sure in table[
            ["kept_id", "other_id", "decision", "confidence"]
        ].to_numpy()
    }
    assert told == {
        (row["kept_id"], row["other_id"]): (row["decision"], float(row["confidence"]))
        for row in rows_of("pairs.csv")
        if row["case"] == case
    }


def test_four_files_that_list_one_house_make_one_site() -> None:
    entries = entries_of("house")
    assert set(sites(entries, match(entries, {})).values()) == {"laposte:1"}


def test_signs_are_those_between_the_two_entries_named() -> None:
    row = match(entries_of("twins"), {}).table.iloc[0]
    assert (row["distance_m"], row["name_share"], row["address_share"]) == (3000, 1, 0.8)
    assert row["kept_nom"] == "VENTISERI BP"
    assert row["code_insee"] == "2B342"
    assert pd.isna(match(entries_of("no_address"), {}).table["address_share"].iloc[0])


def test_what_someone_says_decides_whatever_the_confidence() -> None:
    twins, pair = entries_of("twins"), frozenset({"laposte:3", "fs:4"})
    assert outcome(match(twins, {pair: True})) == {("laposte:3", "fs:4"): "joined"}
    assert match(twins, {pair: True}).table["confidence"].tolist() == [1.0]
    house, apart = entries_of("house"), frozenset({"laposte:1", "fs:1"})
    found = match(house, {apart: False})
    assert outcome(found)["laposte:1", "fs:1"] == "apart"
    assert sites(house, found)["fs:1"] == "fs:1"
    assert sites(house, found)["etape:1"] == "laposte:1"
    own = entries_of("own")
    joined = match(own, {frozenset({"places:9", "fs:9"}): True})
    assert sites(own, joined)["places:9"] == "fs:9"


def test_two_that_were_said_apart_are_not_joined_through_a_third() -> None:
    house = entries_of("house")
    said = {
        frozenset({"laposte:1", "cnfs:1"}): False,
        frozenset({"laposte:1", "fs:1"}): True,
        frozenset({"fs:1", "cnfs:1"}): True,
    }
    found = match(house, said)
    standing = sites(house, found)
    assert standing["cnfs:1"] != standing["laposte:1"]
    assert len(found.unheeded) == 1
    assert found.unheeded[0] in said


def test_unknown_ids_are_left_out() -> None:
    house = entries_of("house")
    said = {frozenset({"laposte:1", "nowhere:1"}): True, frozenset({"x:1", "fs:1"}): False}
    pd.testing.assert_frame_equal(match(house, said).table, match(house, {}).table)


def test_nobody_at_all() -> None:
    assert match([], {}).kept == ()
    assert match([], {}).table.empty


def test_every_kind_has_its_turn_to_stand_for_a_site() -> None:
    assert sorted(STANDS_FIRST) == sorted(KINDS)


@pytest.mark.parametrize(
    ("kind", "nom", "address", "words", "said"),
    [
        ("france_services", "France services La Poste de X", "", (), "bureau_poste agence_postale"),
        ("france_services", "France services d'Arnac-la-Poste", "", (), ""),
        ("etape_numerique", "Salle", "", (), "bureau_poste"),
        ("mediation", "MSAP VATAN", "", (), "france_services"),
        ("mediation", "EPN", "", ("MSAP",), "france_services"),
        ("mediation", "Mairie de Boé", "", (), "mairie"),
        ("conseiller_numerique", "CC DU VAL", "RUE SORBA MAIRIE", (), "mairie"),
        ("conseiller_numerique", "CC DU VAL", "3 PL DE LA MAIRIE", (), ""),
        (
            "conseiller_numerique",
            "COMMUNE DE BOE",
            "",
            ("France services",),
            "france_services mairie",
        ),
        ("ilot_numerique", "Îlot du bureau de poste", "", (), "bureau_poste agence_postale"),
        ("permanence", "Permanence", "Mairie", (), "mairie"),
        ("bureau_poste", "France services La Poste", "Mairie", ("MSAP",), ""),
    ],
)
def test_the_house_an_entry_says_it_is_in(
    kind: str, nom: str, address: str, words: tuple[str, ...], said: str
) -> None:
    assert houses_said(kind, nom, address, words) == set(said.split())


def test_confidence_at_the_edges_of_its_steps() -> None:
    assert confidence(0.0, 25.0, 0.7, 0.9) == pytest.approx(1 / (1 + 2**-10))
    assert confidence(0.0, 25.01, 0.69, 0.89) == pytest.approx(1 / (1 + 2**-6))
    assert confidence(0.0, 1_000.0, 0.0, None) == pytest.approx(1 / (1 + 2**2.5))
    assert confidence(0.0, 1e7, 0.0, 0.0) == pytest.approx(1 / (1 + 2**9.5))


@st.composite
def towns(draw: st.DrawFn) -> list[Entry]:
    """Up to a dozen entries in a small town, some of them in one house."""
    entries = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(STANDS_FIRST))
        nom = draw(
            st.sampled_from(
                ["X BP", "France services La Poste de X", "MSAP X", "Commune de X", "Y", "Mairie"]
            )
        )
        address = draw(st.sampled_from([None, "1 rue des Lilas", "rue des Lilas", "2 rue du Coq"]))
        entries.append(
            Entry(
                f"{kind}:{number}",
                nom,
                kind,
                draw(st.sampled_from(["a", "b"])),
                draw(st.booleans()),
                address,
                draw(st.sampled_from(["36001", "36002"])),
                "X",
                houses_said(kind, nom, address, ()),
                float(draw(st.sampled_from([0, 5, 40, 250, 900, 2500]))),
                float(draw(st.sampled_from([0, 5, 40]))),
            )
        )
    return entries


@given(towns(), st.randoms(use_true_random=False))
def test_what_always_holds(entries: list[Entry], chance: random.Random) -> None:
    found = match(entries, {})
    standing = sites(entries, found)
    # Each entry is in one site, and what stands for a site stands for itself.
    assert all(found.kept[kept] == kept for kept in found.kept)
    # A joined entry is told once, with the entry that stands for it.
    joined = {pair[1]: pair[0] for pair, decision in outcome(found).items() if decision == "joined"}
    assert joined == {one: kept for one, kept in standing.items() if one != kept}
    assert (found.table.loc[found.table["decision"] == "joined", "confidence"] >= JOINED).all()
    for one, other in combinations(entries, 2):
        if standing[one.site_id] == standing[other.site_id]:
            assert not one.own, "the user's own place was joined in silence"
            assert not other.own
            assert not any(one.kind in kinds and other.kind in kinds for kinds in ALONE)
            assert one.distance_m(other) <= JOIN_WITHIN_M
    # The order of the rows changes nothing.
    mixed = chance.sample(entries, len(entries))
    again = match(mixed, {})
    assert sites(mixed, again) == standing
    pd.testing.assert_frame_equal(again.table, found.table)


@given(towns(), st.data())
def test_what_is_said_is_done_or_told(entries: list[Entry], data: st.DataObject) -> None:
    pairs = [frozenset((a.site_id, b.site_id)) for a, b in combinations(entries, 2)]
    chosen = data.draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True)) if pairs else []
    said = {pair: data.draw(st.booleans()) for pair in chosen}
    found = match(entries, said)
    standing = sites(entries, found)
    for pair, one_place in said.items():
        one, other = pair
        together = standing[one] == standing[other]
        assert together == one_place or pair in found.unheeded
        assert not (together and not one_place)


def test_moving_the_paper_changes_nothing() -> None:
    for case in {row["case"] for row in rows_of("entries.csv")}:
        entries = entries_of(case)
        moved = [replace(entry, x=entry.x + 4096, y=entry.y - 8192) for entry in entries]
        pd.testing.assert_frame_equal(match(moved, {}).table, match(entries, {}).table)
