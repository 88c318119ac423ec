"""What a place offers and the form it takes, in a few words that mean the same everywhere.

Producers say it in their own words; ``tags_from`` knows those of the national schema of the lieux
de médiation numérique (La Mednum, 1.0.2: field ``services``) and of the files read so far.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from coverage.base.text import folded

#: What a place offers (the steps of an orientation), and what it takes in payment.
OFFERS = ("formation", "equipement", "demarches", "emploi")
PAYMENTS = ("cheque_aptic", "pass_numerique")
#: How a place stands: one that bears none of them is fixed.
FORMS = ("mobile", "multisites", "antenne")
TAGS = (*OFFERS, *PAYMENTS, *FORMS)

TAG_LABELS: dict[str, str] = {
    "formation": "formation au numérique",
    "equipement": "équipement ou accès à Internet",
    "demarches": "aide aux démarches",
    "emploi": "aide à l’emploi",
    "cheque_aptic": "chèque APTIC",
    "pass_numerique": "Pass numérique",
    "mobile": "itinérant",
    "multisites": "multisites",
    "antenne": "antenne",
}

_SAID = {
    "formation": (
        "formations?|ateliers?|apprend(?:re|s)|initiations?|prendre en main|"
        "(?:acquisition|evaluation) de competences|utiliser le numerique|culture numerique|"
        "maitrise des outils|utilisation securisee|devenir autonome|"
        "comprehension du monde numerique|parentalite et education|certification pix"
    ),
    "equipement": (
        "equipements?|materiels?|ordinateurs?|reconditionnes?|connexion internet|acces internet|"
        "wi fi|wifi|imprimantes?|epn|espaces? publics? numeriques?|club info|"
        "point d acces numerique"
    ),
    "demarches": (
        "demarches?|aide administrative|msap|services? au public|france services|aidants connect|"
        "acces aux droits"
    ),
    "emploi": "(?<!demandeurs d )(?<!demandeur d )emploi|insertion professionnelle",
    "cheque_aptic": "aptic",
    "pass_numerique": "pass numeriques?",
    "mobile": "itineran(?:t|te|ts|tes|ce)|(?<!telephone )(?<!application )mobiles?|bus",
    "multisites": "multi ?sites?",
    "antenne": "antennes?",
}
_PATTERNS = {tag: re.compile(rf"\b(?:{_SAID[tag]})\b") for tag in TAGS}


def tags_from(text: str) -> list[str]:
    """Return the tags that a producer's free text tells, in the order of ``TAGS``."""
    plain = folded(text)
    return [tag for tag in TAGS if plain == folded(tag) or _PATTERNS[tag].search(plain)]


def tags_of(words: Iterable[str]) -> list[str]:
    """Return a producer's words as the tags of a place: known tags first, his other words after."""
    said = [word.strip() for word in words if word.strip()]
    known = {tag for word in said for tag in tags_from(word)}
    plain = {folded(tag) for tag in TAGS} | {folded(label) for label in TAG_LABELS.values()}
    others = [word for word in dict.fromkeys(said) if folded(word) not in plain]
    return [*(tag for tag in TAGS if tag in known), *others]
