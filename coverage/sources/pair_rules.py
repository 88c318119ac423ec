"""Which places may be one, and how much each sign of it weighs: the table of the matching.

The confidence is that of record linkage (Fellegi and Sunter, A theory for record linkage, JASA
64, 1969): signs that do not depend on each other add up as logarithms of odds, here in bits (one
bit more doubles the odds), to what is known of such a pair beforehand,

    confidence = 1 / (1 + 2 ** -(before + distance + name + address))

The weights were set by hand on the places of France. Of its 409 France services named La Poste,
about 64 % lie within 50 m of the La Poste counter of their commune whose name is nearest to
theirs, 93 % within 300 m, 98 % within 1 km; 98 % agree on the name, 93 % on the street.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from coverage.base.text import folded

#: From this confidence on two entries are one site; from the next one on, someone has to say.
JOINED, REVIEW = 0.9, 0.5
#: Further apart than this, nothing is joined unless someone who knows says so.
JOIN_WITHIN_M = 1_000.0
#: Entries this near are compared; those of one commune too where one says what house it is in.
COMPARED_WITHIN_M = 300.0

#: (up to so many metres, bits); further than the last, the last of all.
_DISTANCE = ((25.0, 4.0), (100.0, 3.0), (300.0, 1.5), (1_000.0, -1.0), (5_000.0, -3.0))
_FAR = -6.0
#: (from this share on, bits). An address that is missing, or names no street, says nothing.
_NAME = ((0.7, 2.0), (0.5, 1.0), (0.2, 0.0), (0.0, -1.5))
_ADDRESS = ((0.9, 4.0), (0.6, 2.0), (0.25, 0.0), (0.0, -2.0))


@dataclass(frozen=True)
class PairRule:
    """One kind of pair: a guest, and the house in which it may stand.

    ``said``: the guest says that it stands in such a house (see ``houses_said``). ``before`` are
    the bits known beforehand. Without ``joins`` a pair is never more than a pair to review.
    """

    guest: str
    house: str
    said: bool
    before: float
    joins: bool = True


#: Pairs of public entries.
PUBLIC_PAIRS = (
    # A France services of La Poste says so in its name: it stands in the post office.
    PairRule("france_services", "bureau_poste", True, 4.5),
    PairRule("france_services", "agence_postale", True, 3.5),
    # In the building of a post office, another's France services: one counter, or two?
    PairRule("france_services", "bureau_poste", False, -3.0, joins=False),
    # A commune often holds its France services and its agence or relais at one counter.
    PairRule("france_services", "agence_postale", False, -3.0),
    PairRule("france_services", "relais_poste", False, -3.0),
    # Étapes are rooms in post offices.
    PairRule("etape_numerique", "bureau_poste", True, 4.5),
    # Many maisons de services au public became France services from 2020 on, some elsewhere.
    PairRule("mediation", "france_services", True, 1.0),
    PairRule("mediation", "france_services", False, -3.0),
    # The file of 2021 says which structures are France services; its address is their seat.
    PairRule("conseiller_numerique", "france_services", True, -1.0),
    PairRule("conseiller_numerique", "france_services", False, -3.0),
    PairRule("conseiller_numerique", "mediation", False, -3.0),
    # The seat of a commune is its mairie.
    PairRule("conseiller_numerique", "mairie", True, 3.5),
    PairRule("mediation", "mairie", True, 2.5),
)
#: Pairs of a place of the user's own (the guest) and a public one: never joined in silence.
OWN_PAIRS = (
    PairRule("ilot_numerique", "bureau_poste", True, 1.0, joins=False),
    PairRule("ilot_numerique", "bureau_poste", False, -2.0, joins=False),
    PairRule("ilot_numerique", "agence_postale", True, 1.0, joins=False),
    PairRule("ilot_numerique", "france_services", True, 1.0, joins=False),
    PairRule("permanence", "bureau_poste", True, 1.0, joins=False),
    PairRule("permanence", "agence_postale", True, 1.0, joins=False),
    PairRule("permanence", "france_services", True, 1.0, joins=False),
    PairRule("permanence", "mairie", True, 1.0, joins=False),
    PairRule("partenaire", "mediation", False, -2.0, joins=False),
)
#: Within so many metres, under one name and address, two entries of one file are one line given
#: twice: they weigh as if they were of two files.
ONE_SPOT_M = 25.0
#: Bits known beforehand of two entries of one kind. A producer who lists a place twice means two,
#: most often; two producers who list one mean one, sometimes; the user perhaps gives it anew.
SAME_FILE, OTHER_FILE, OWN_FILE = -7.0, -2.0, -1.0

COUNTERS = ("bureau_poste", "agence_postale", "relais_poste")
#: A site has one of each at most: two counters, or two France services, are two places.
ALONE = (COUNTERS, ("france_services",), ("etape_numerique",), ("mairie",))
#: Whose entry stands for the site that several make, first to last.
STANDS_FIRST = (
    *COUNTERS,
    "france_services",
    "etape_numerique",
    "conseiller_numerique",
    "mediation",
    "france_travail",
    "mairie",
    "partenaire",
    "permanence",
    "ilot_numerique",
)

#: « La Poste » as the name of the house, not the end of a commune's (Arnac-la-Poste).
_NAMED_LA_POSTE = re.compile(r"france services (?:de |multisites )?la poste\b")
_NAMED_SERVICES = re.compile(r"\b(?:msap|france services?|services? au public)\b")
#: « 2 rue Basse, mairie », and not « place de la mairie ».
_AT_MAIRIE = re.compile(r"(?<!de la )(?<!de l )\b(?:mairie|hotel de ville)\b")
_OF_COMMUNE = re.compile(r"^(?:commune|ville|mairie) ")
_AT_POSTE = re.compile(r"\b(?:bureau|agence|la) (?:de )?post(?:e|ale)\b|\bla poste\b")
_OWN_GUESTS = ("ilot_numerique", "permanence")


def houses_said(kind: str, nom: str, address: str | None, words: Iterable[str]) -> frozenset[str]:
    """Return the kinds of house in which an entry says it stands; ``words`` are its tags."""
    name, told = folded(nom), " ".join(folded(word) for word in words)
    everywhere = f"{name} {folded(address or '')} {told}"
    said: set[str] = set()
    if kind == "etape_numerique":
        said |= {"bureau_poste"}
    if kind == "france_services" and _NAMED_LA_POSTE.match(name):
        said |= {"bureau_poste", "agence_postale"}
    if kind in ("mediation", "conseiller_numerique"):
        if _NAMED_SERVICES.search(f"{name} {told}"):
            said |= {"france_services"}
        if _OF_COMMUNE.match(name) or _AT_MAIRIE.search(folded(address or "")):
            said |= {"mairie"}
    if kind in _OWN_GUESTS:
        if _AT_POSTE.search(everywhere):
            said |= {"bureau_poste", "agence_postale"}
        if "france services" in everywhere:
            said |= {"france_services"}
        if "mairie" in everywhere:
            said |= {"mairie"}
    return frozenset(said)


def confidence(
    before: float, distance_m: float, name_share: float, address_share: float | None
) -> float:
    """Return how sure it is that two entries are one place, from 0 to 1 (formula above)."""
    bits = before + next((bits for metres, bits in _DISTANCE if distance_m <= metres), _FAR)
    bits += next(bits for share, bits in _NAME if name_share >= share)
    if address_share is not None:
        bits += next(bits for share, bits in _ADDRESS if address_share >= share)
    return 1.0 / (1.0 + float(2.0**-bits))
