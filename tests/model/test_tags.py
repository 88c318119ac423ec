"""The words for what a place offers, recognised in the producers' own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.services import KINDS, ServiceTable
from coverage.model.tags import FORMS, OFFERS, PAYMENTS, TAG_LABELS, TAGS, tags_from, tags_of


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Accéder à du matériel", ["equipement"]),
        ("Accéder à une connexion internet", ["equipement"]),
        ("Prendre en main un smartphone ou une tablette", ["formation"]),
        ("Réaliser des démarches administratives avec un accompagnement", ["demarches"]),
        ("Devenir autonome dans les démarches administratives", ["formation", "demarches"]),
        ("Insertion professionnelle via le numérique", ["emploi"]),
        ("Chèque(s) Pass Numérique", ["pass_numerique"]),
        ("chèques APTIC acceptés", ["cheque_aptic"]),
        ("Espace Public Numérique (EPN)", ["equipement"]),
        ("MSAP", ["demarches"]),
        ("Itinérante", ["mobile"]),
        ("tarif réduit pour les demandeurs d’emploi", []),
        ("téléphone mobile", []),
        ("Coworking", []),
    ],
)
def test_the_producers_words(text: str, tags: list[str]) -> None:
    assert tags_from(text) == tags


def test_known_tags_come_first_and_other_words_are_kept() -> None:
    assert tags_of(["wifi", "Coworking", "formation", "Chèque APTIC", " ", "wifi"]) == [
        "formation", "equipement", "cheque_aptic", "wifi", "Coworking",
    ]  # fmt: skip


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_and_its_label_are_the_tag(tag: str) -> None:
    assert tag in tags_from(tag)
    assert tags_of([tag]) == [tag]
    assert tag in tags_from(TAG_LABELS[tag])


@given(st.lists(st.text(max_size=20), max_size=6))
def test_tags_of_tags_are_the_same(words: list[str]) -> None:
    once = tags_of(words)
    assert tags_of(once) == once
    assert len(set(once)) == len(once)


def test_the_services_of_the_national_schema_are_known(mirror: Path) -> None:
    schema = json.loads((mirror / "schemas/lamednum_schema_v1.0.2.json").read_text("utf-8"))
    pattern = next(f for f in schema["fields"] if f["name"] == "services")["constraints"]["pattern"]
    services = pattern[pattern.index("|)(") + 3 : pattern.rindex("))+$")].split("|")
    assert len(services) == 9
    unknown = [service for service in services if not tags_from(service)]
    assert unknown == ["Loisirs et créations numériques"]


def test_every_kind_offers_known_tags_and_equipment_is_no_help() -> None:
    services = ServiceTable.load()
    for kind in KINDS:
        assert set(services[kind].tags) <= set(OFFERS)
    assert services["ilot_numerique"].tags == ("equipement",)
    assert set(TAGS) == {*OFFERS, *PAYMENTS, *FORMS}
