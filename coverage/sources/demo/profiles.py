"""What more is known of the invented communes: EPCI, parts of the fragility index, ages."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from coverage.model.tables import AGE_BANDS, IFN_PARTS
from coverage.sources.demo.land import CITY, TOWNS, VALLEY, Land
from coverage.sources.demo.people import Settlement

#: The EPCI, with the bourgs it has grown from; no SIREN starts with zeros.
_EPCI = (
    ("000000001", "Communauté d’agglomération de Maillebourg", (CITY, TOWNS[1])),
    ("000000002", "Communauté de communes des Rives d’Aubrelle", (TOWNS[0], TOWNS[3])),
    ("000000003", "Communauté de communes de la Haute-Sorgette", (TOWNS[2], VALLEY[1])),
)
#: Shares of the people in each of ``AGE_BANDS``, in the city and where life is most remote; the
#: rest are children.
_IN_CITY = np.array([0.41, 0.19, 0.15, 0.08])
_FAR_AWAY = np.array([0.24, 0.21, 0.28, 0.16])
#: A part of the index keeps this far from the ends of its scale (0-10).
_MARGIN = 0.5


def describe_communes(land: Land, people: Settlement, seed: int) -> pd.DataFrame:
    """Return the contract table ``profiles``: neighbours share an EPCI, the remote are older.

    The index of a commune is the mean of its five parts; its bands are whole people.
    """
    # Draws of its own: the rest of the territory stays what it was for this seed.
    rng = np.random.default_rng((seed, len(AGE_BANDS)))
    seats = [bourg for *_, bourgs in _EPCI for bourg in bourgs]
    owner = [place for place, (*_, bourgs) in enumerate(_EPCI) for _ in bourgs]
    nearest = cdist(land.centres, land.centres[seats]).argmin(axis=1)
    codes, names = (
        np.array([epci[place] for epci in _EPCI], dtype=object)[np.array(owner)[nearest]]
        for place in (0, 1)
    )
    ifn = people.communes.set_index("code_insee")["ifn"].reindex(people.codes).to_numpy(float)
    parts, bands = _parts(ifn, rng), _bands(people, rng)
    table = pd.DataFrame(
        {
            "code_insee": people.codes.astype(object),
            "epci": codes,
            "epci_nom": names,
            **{name: parts[:, place] for place, name in enumerate(IFN_PARTS)},
            **{name: bands[:, place] for place, name in enumerate(AGE_BANDS)},
        }
    )
    return table.sort_values("code_insee", ignore_index=True)


def _parts(ifn: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return five scores with one decimal whose mean is the index."""
    apart = rng.normal(0.0, 1.4, (len(ifn), len(IFN_PARTS)))
    apart -= apart.mean(axis=1, keepdims=True)
    room = np.maximum(np.minimum(ifn, 10.0 - ifn) - _MARGIN, 0.0)
    most = np.maximum(np.abs(apart).max(axis=1), room)
    parts: NDArray[np.float64] = np.round(
        ifn[:, None] + apart * (room / np.maximum(most, 1e-9))[:, None], 1
    )
    parts[:, -1] = np.round(len(IFN_PARTS) * ifn - parts[:, :-1].sum(axis=1), 1)
    return parts


def _bands(people: Settlement, rng: np.random.Generator) -> NDArray[np.float64]:
    far = people.remoteness[:, None]
    share = (1.0 - far) * _IN_CITY + far * _FAR_AWAY
    share *= rng.uniform(0.94, 1.06, share.shape)
    whole: NDArray[np.float64] = np.floor(share * people.population[:, None])
    return whole
