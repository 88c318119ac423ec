"""The counters where the test is held: found by their identifier, else by name and commune."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from coverage.model.answers import Repairs
from coverage.model.services import CONTACT_KINDS
from coverage.sources.detections.cells import Cells
from coverage.sources.detections.lines import CountsFile
from coverage.sources.given.cells import Cell
from coverage.sources.given.codes import written_code
from coverage.sources.likeness import words_of
from coverage.sources.readers._codes import counted_among

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_PREFIX = "laposte:"
_LISTED = 6
#: How a name says which kind of point of contact it is of, folded and in full words.
_KIND_WORDS = {
    "bureau_poste": r"bureau de poste|bureau|bp",
    "agence_postale": r"agence postale(?: (?:inter)?communale)?|ap|apc|lpac",
    "relais_poste": r"relais poste|la poste relais|relais|rp|lpr",
}
_SMALL_WORDS = frozenset("a au aux d de des du en et l la le les poste".split())


def bureau_id(site_id: str) -> str:
    """Return the ``id_bureau`` of a site: La Poste's ``identifiant_a``, else the site's own id."""
    return site_id.removeprefix(_PREFIX)


def bureaux_of(sites: gpd.GeoDataFrame, counts: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the counters where the test is held or could be.

    ``sites`` and ``counts`` are the contract tables ``sites`` and ``detections``. One row for each
    bureau de poste of the territory, and for each other counter that ``counts`` names:
    ``id_bureau, nom, code_insee, geometry`` (EPSG:4326), in the order of the ids.
    """
    ids = sites["site_id"].map(bureau_id)
    bureaux = sites["in_territory"] & sites["roles"].map(lambda roles: "bureau_poste" in roles)
    named = ids.isin(counts["id_bureau"])
    table = sites.assign(id_bureau=ids)[bureaux | named]
    return table.sort_values("id_bureau", ignore_index=True)[
        ["id_bureau", "nom", "code_insee", "geometry"]
    ]


class Dressed(NamedTuple):
    """A counter's name: the words that tell which one it is, and the kinds that it says."""

    words: tuple[str, ...]
    kinds: frozenset[str]

    @classmethod
    def of(cls, nom: str) -> Dressed:
        """Return a name without the words of its kind and the small ones."""
        text, kinds = " ".join(words_of(nom)), set()
        for kind, words in _KIND_WORDS.items():
            text, found = re.subn(rf"\b(?:{words})\b", " ", text)
            kinds |= {kind} if found else set()
        own = tuple(word for word in text.split() if word not in _SMALL_WORDS)
        return cls(own, frozenset(kinds))


@dataclass(frozen=True)
class Counters:
    """La Poste's points of contact, asked by what a line says of one.

    ``ids``: identifier in upper case -> ``id_bureau``; ``named``: commune -> words of a name ->
    those that bear it; ``codes``, ``noms`` and ``roles``: of each ``id_bureau``; ``communes``:
    the name of each; ``elsewhere``: identifiers out of the territory.
    """

    ids: dict[str, str]
    named: dict[str, dict[tuple[str, ...], set[str]]]
    codes: dict[str, str]
    noms: dict[str, str]
    roles: dict[str, frozenset[str]]
    communes: dict[str, str]
    elsewhere: frozenset[str]

    @classmethod
    def of(cls, sites: gpd.GeoDataFrame, matches: pd.DataFrame, communes: pd.DataFrame) -> Counters:
        """Return the counters among the sites, known too by the entries joined with them."""
        contact = sites["roles"].map(lambda roles: not set(CONTACT_KINDS).isdisjoint(roles))
        joined: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for kept, other, nom in _joined(matches):
            joined[kept].append((other, nom))
        ids: dict[str, str] = {}
        codes, noms, kinds, elsewhere = {}, {}, {}, set()
        named: dict[str, dict[tuple[str, ...], set[str]]] = {}
        columns = sites.loc[contact, ["site_id", "nom", "code_insee", "roles", "in_territory"]]
        for site_id, nom, code, roles, here in columns.itertuples(index=False, name=None):
            entries = [(site_id, nom), *joined[site_id]]
            keys = {bureau_id(entry).upper() for entry, _ in entries}
            if not here:
                elsewhere |= keys
                continue
            own = bureau_id(site_id)
            ids.update(dict.fromkeys(keys, own))
            codes[own], noms[own], kinds[own] = code, nom, frozenset(roles)
            for _, told in entries:
                of_commune = named.setdefault(code, {})
                of_commune.setdefault(tuple(words_of(told)), set()).add(own)
        names = dict(zip(communes["code_insee"], communes["nom"], strict=True))
        return cls(ids, named, codes, noms, kinds, names, frozenset(elsewhere))

    def find(self, cells: Cells, file: CountsFile) -> str | None:
        """Return the ``id_bureau`` of a line, None where a fault tells why not.

        What was not found by its identifier as written is noted.
        """
        text = cells.text("id_bureau")
        key = text.upper().removeprefix(_PREFIX.upper())
        code = cells.told("code_insee", self._written_code)
        if key in self.ids:
            found = self.ids[key]
            if found != bureau_id(text):
                file.repaired(
                    "identifiant de bureau remplacé",
                    f"« {text} » a été lu « {found} » ({self.noms[found]}).",
                )
            self._doubt(code, found, file)
            return found
        if key in self.elsewhere:
            cells.fault(
                "id_bureau",
                f"le bureau « {text} » est hors du territoire\u202f; ôtez sa ligne",
                "UNKNOWN_PLACE",
            )
            return None
        if cells.names_no_place("nom") or cells.names_no_place("id_bureau"):
            return None
        if cells.text("nom") and cells.text("code_insee"):
            return self._by_name(cells, code, file) if code else None
        told = f"aucun bureau « {text} » dans le territoire" if text else "un identifiant manque"
        cells.fault(
            "id_bureau",
            f"{told}\u202f; donnez l’identifiant_a de La Poste, ou remplissez nom et code_insee",
            "UNKNOWN_PLACE" if text else "BAD_ID",
        )
        return None

    def _written_code(self, cell: Cell, repairs: Repairs) -> str:
        """Return the code of a cell, of any year; those of the territory are known as they are."""
        return cell.text if cell.text in self.communes else written_code(cell, repairs)

    def _doubt(self, code: str | None, found: str, file: CountsFile) -> None:
        """Note a code of commune that contradicts the identifier, which is believed."""
        if code and counted_among(code, {self.codes[found]}) != self.codes[found]:
            file.reported(
                "bureau d’une autre commune",
                f"Le bureau « {found} » ({self.noms[found]}) est dans la commune "
                f"{self.codes[found]}, et non {code}\u00a0: son identifiant est cru.",
            )

    def _by_name(self, cells: Cells, code: str, file: CountsFile) -> str | None:
        nom, code_now = cells.text("nom"), counted_among(code, self.named)
        known = self.named.get(code_now, {})
        found = known.get(tuple(words_of(nom))) or self._alike(nom, code_now, known)
        if len(found) != 1:
            told = "".join(self._not_found(nom, code, known, found))
            cells.fault("nom", told, "UNKNOWN_PLACE")
            return None
        (own,) = found
        text = cells.text("id_bureau")
        unknown = f"L’identifiant « {text} » est inconnu\u00a0: " if text else ""
        file.reported(
            "bureau trouvé par son nom",
            f"{unknown}« {nom} » ({code}) a été lu comme le bureau « {own} » ({self.noms[own]}).",
        )
        return own

    def _alike(self, nom: str, code: str, known: dict[tuple[str, ...], set[str]]) -> set[str]:
        """Return the counters of a commune that a name means, the words of its kind apart.

        A name that says no kind means a bureau de poste where there is one: the file is of those.
        A name that only says the commune, or nothing, means its only counter of that kind, or its
        only one.
        """
        told, there = Dressed.of(nom), set().union(*known.values())
        kinds = told.kinds or {"bureau_poste"}
        of_kind = {own for own in there if kinds & self.roles[own]}
        bare = {
            own
            for words, bearers in known.items()
            if Dressed.of(" ".join(words)).words == told.words
            for own in bearers
        }
        found = bare & of_kind if of_kind else bare
        if len(found) != 1 and told.words in ((), Dressed.of(self.communes.get(code, "")).words):
            found = next((only for only in (of_kind, there) if len(only) == 1), found)
        return found

    def _not_found(
        self, nom: str, code: str, known: dict[tuple[str, ...], set[str]], found: set[str]
    ) -> Iterator[str]:
        if found:
            yield f"plusieurs bureaux de {code} se nomment « {nom} »"
        else:
            yield f"aucun bureau de {code} ne se nomme « {nom} »"
        there = sorted(found or set().union(*known.values()))
        if there:
            listed = [f"{own} ({self.noms[own]})" for own in there[:_LISTED]]
            yield f"\u202f; donnez l’identifiant_a du bon\u00a0: {', '.join(listed)}"
            yield ", …" if len(there) > _LISTED else ""
        else:
            yield "\u202f; cette commune du territoire n’en a pas, vérifiez son code"


def _joined(matches: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Yield (site, joined entry, its name) of the contract table ``matches``."""
    table = matches.loc[matches["decision"] == "joined", ["kept_id", "other_id", "other_nom"]]
    yield from table.itertuples(index=False, name=None)
