"""How alike names and addresses are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.sources.likeness import address_share, name_share


@pytest.mark.parametrize(
    ("one", "other", "commune", "share"),
    [
        ("MSAP VATAN", "France services de Vatan", "Vatan", 1.0),
        ("Neuvy-St-Sépulchre BP", "NEUVY SAINT SEPULCHRE", "Neuvy-Saint-Sépulchre", 1.0),
        ("Mairie", "COMMUNE DE LEVROUX", "Levroux", 1.0),
        # The town alone is all of the shorter name (1), a ninth of all the words (0.25 of 2.25).
        ("Bastia - Place d'Armes", "BASTIA", "Bastia", (1 + 0.25 / 2.25) / 2),
        # Another quarter of one town: 0.25 of 1.25, and 0.25 of 2.25.
        ("Bastia Lupino", "BASTIA LIBECCIU", "Bastia", (0.25 / 1.25 + 0.25 / 2.25) / 2),
        ("Espace Villefranche", "VILEFRANCHE", "", 1.0),
        ("Centre social Ici", "France services Là", "Ailleurs", 0.0),
        ("La Poste de Villé", "VILLE BP", "Villé", 1.0),
    ],
)
def test_names(one: str, other: str, commune: str, share: float) -> None:
    assert name_share(one, other, commune) == pytest.approx(share)
    assert name_share(other, one, commune) == pytest.approx(share)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("28 Place de la République", "28 PL DE LA REPUBLIQUE", 1.0),
        ("Rue Eugène Delacroix", "RUE EUGENE DELACROIX", 0.8),
        ("3 rue du Gal de Gaulle", "12 rue du Général de Gaulle", 0.3),
        ("3 rue des Lilas", "rue des Lilas Mairie", 0.8),
        ("3 rue des Lilas", "3 rue des Roses", 0.0),
        ("10 PL DE L HOTEL DE VILLE", "10, place de l'Hôtel-de-Ville", 1.0),
        ("Le bourg", "LE BOURG", None),
        ("3 rue des Lilas", None, None),
        ("", "3 rue des Lilas", None),
    ],
)
def test_addresses(one: str, other: str | None, share: float | None) -> None:
    assert address_share(one, other) == (None if share is None else pytest.approx(share))
    assert address_share(other, one) == address_share(one, other)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=12))
def test_shares_are_shares_whatever_the_text(one: str, other: str, commune: str) -> None:
    assert 0 <= name_share(one, other, commune) <= 1
    share = address_share(one, other)
    assert share is None or 0 <= share <= 1
    assert name_share(one, one, commune) in (0.0, 1.0)
