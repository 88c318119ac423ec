"""How alike two places are by name and by address, whatever the dress of the words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from coverage.base.text import folded

#: Words written short, in full.
_IN_FULL = dict(
    pair.split("=")
    for pair in (
        "st=saint ste=sainte av=avenue ave=avenue bd=boulevard bld=boulevard bvd=boulevard "
        "boul=boulevard pl=place rte=route ch=chemin che=chemin chem=chemin crs=cours imp=impasse "
        "all=allee sq=square fg=faubourg fbg=faubourg lot=lotissement res=residence qua=quartier "
        "quart=quartier esp=esplanade lieudit=lieu gal=general mal=marechal pdt=president "
        "dr=docteur cdt=commandant col=colonel cap=capitaine r=rue"
    ).split()
)
#: Words that say what a place is, or whose, and not which one.
_GENERIC_NAME = frozenset(
    "a ap apc ass asso association au aux bp bus cc ccas centre centres com commune communes "
    "communal communale communautaire communaute d agglomeration de departement des dr du en "
    "en epn espace et etape france ilot informatique intercommunal itinerant l la "
    "labellisee le les lieu lpa lpac lprt maison maisons mairie mediatheque bibliotheque mobile "
    "mpt msap "
    "multisites numerique numeriques pij pimms point poste pole public publics relais rp service "
    "services social socio syndicat ville antenne itinerante permanence bureau agence postale "
    "saint sainte sur sous pays mixte cyberbase cyber base club info animation".split()
)
#: Words that say what kind of way an address names, or that many addresses have.
_GENERIC_ADDRESS = frozenset(
    "a allee au aux avenue bis boulevard bourg bp batiment cedex chemin commune cours cs d de des "
    "du en et esplanade faubourg immeuble impasse l la le les lieu dit lotissement place quai "
    "quartier quater residence rond route rue square ter village zone za zi zac rez chaussee "
    "etage n numero".split()
)
#: Words of four letters or more this alike are one word, misspelt.
_SAME_WORD = 0.84
#: The part of a word that is the commune's name: said of every place there.
_COMMUNE_WORD = 0.25
_NUMBER = re.compile(r"\b(\d{1,4})(?:\s?(bis|ter|quater|[abc])\b)?")
_ROAD_NUMBERS = re.compile(r"\b(?:bp|cs|rn|rd|d|n|rt|rt|tsa) ?\d+\b|\b\d{5}\b")
#: An address that names a house by its number and one that names only the street.
_ONE_NUMBER, _OTHER_NUMBER = 0.8, 0.3


def words_of(text: str) -> list[str]:
    """Return the words of a text without case and accents, the usual short forms in full."""
    return [_IN_FULL.get(word, word) for word in folded(text).split()]


def name_share(one: str, other: str, commune: str = "") -> float:
    """Return how far two names agree on which place it is, from 0 to 1.

    The mean of two shares of words, of the shorter name (one may be a part of the other) and of
    both (a word too many tells another place). Words that say only what a place is do not count;
    those of ``commune``, where both stand, count a quarter. A name without any word of its own
    (« Mairie ») stands for its commune's.
    """
    common = [word for word in words_of(commune) if word not in _GENERIC_NAME]
    common = common or words_of(commune)
    first, second = (
        [word for word in words_of(name) if word not in _GENERIC_NAME] or common
        for name in (one, other)
    )

    def weight(words: Iterable[str]) -> float:
        return sum(_COMMUNE_WORD if word in common else 1.0 for word in set(words))

    shared = weight(word for word in first if _has(second, word))
    least = min(weight(first), weight(second))
    if not least or not shared:
        return 0.0
    contained = min(1.0, shared / least)
    both = weight(first) + weight(second) - shared
    return (contained + min(1.0, shared / both)) / 2


def address_share(one: str | None, other: str | None) -> float | None:
    """Return how far two addresses agree on the house, from 0 to 1.

    The share of the words of the streets' names, less where the numbers differ or one has none.
    None where an address is missing or names no street (« Le bourg »).
    """
    if not one or not other:
        return None
    (number, street), (other_number, other_street) = _address(one), _address(other)
    if not street or not other_street:
        return None
    shared = sum(_has(other_street, word) for word in street)
    share = shared / min(len(street), len(other_street))
    if number == other_number:
        return share if number else share * _ONE_NUMBER
    return share * (_OTHER_NUMBER if number and other_number else _ONE_NUMBER)


def _address(text: str) -> tuple[str, list[str]]:
    plain = _ROAD_NUMBERS.sub(" ", " ".join(words_of(text)))
    number = _NUMBER.search(plain)
    words = [word for word in plain.split() if word not in _GENERIC_ADDRESS]
    words = [word for word in words if not word.isdigit() and len(word) > 1]
    return (number.group(1) if number else ""), list(dict.fromkeys(words))


def _has(words: list[str], word: str) -> bool:
    """Tell whether one of the words is this one, or this one misspelt."""
    return word in words or any(
        len(word) >= 4
        and len(each) >= 4
        and SequenceMatcher(None, word, each).ratio() >= _SAME_WORD
        for each in words
    )
