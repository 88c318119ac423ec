"""Who a counter can be sent to, on a town worked by hand and against a search by loops."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model.services import ServiceTable
from coverage.need.orientation import STEPS, orientation

TOWN = Path(__file__).parent / "towns" / "pass_numerique"
PASS = {"formation": "pass_numerique"}


def _words(text: str) -> list[str]:
    return text.split("|") if text else []


def _services() -> ServiceTable:
    """The shipped table with the tags of the town, and none for the other kinds."""
    said = pd.read_csv(TOWN / "services.csv")
    tags = {row.kind: tuple(_words(row.tags)) for row in said.itertuples()}
    shipped = ServiceTable.load()
    rows = {kind: replace(row, tags=tags.get(kind, ())) for kind, row in shipped.services.items()}
    return replace(shipped, services=rows)


SERVICES = _services()


def _town() -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    sites = pd.read_csv(TOWN / "sites.csv", dtype=str, keep_default_na=False)
    sites["roles"] = sites["roles"].map(_words)
    sites["tags"] = sites["tags"].map(_words)
    sites["in_territory"] = sites["in_territory"] == "1"
    links = pd.read_csv(TOWN / "links.csv").astype({"cost_ds": np.int32})
    expected = pd.read_csv(TOWN / "expected.csv", dtype={"partner_id": object})
    return gpd.GeoDataFrame(sites), links, expected


@pytest.mark.parametrize(("accepts", "suffix"), [({}, ""), (PASS, "_pass")])
def test_the_town_worked_by_hand(accepts: dict[str, str], suffix: str) -> None:
    sites, links, expected = _town()
    found = orientation(sites, links, SERVICES, accepts=accepts)
    assert list(found) == [
        "site_id", "nom", "code_insee", "step", "partner_id", "partner_nom", "minutes", "known"
    ]  # fmt: skip
    assert found["site_id"].tolist() == expected["site_id"].tolist()
    assert found["step"].tolist() == expected["step"].tolist()
    partners = expected[f"partner_id{suffix}"].fillna("")
    assert found["partner_id"].fillna("").tolist() == partners.tolist()
    np.testing.assert_array_equal(found["minutes"], expected[f"minutes{suffix}"])
    names = sites.set_index("site_id")["nom"]
    assert found["partner_nom"].fillna("").tolist() == [names.get(p, "") for p in partners]
    assert found["nom"].tolist() == names[found["site_id"]].tolist()
    assert found["known"].all()


def _without(sites: gpd.GeoDataFrame, *words: str) -> gpd.GeoDataFrame:
    """Return the places without these roles and tags."""
    columns = {
        column: [[word for word in said if word not in words] for said in sites[column]]
        for column in ("roles", "tags")
    }
    return sites.assign(**columns)


def _known(sites: gpd.GeoDataFrame, **asked) -> dict[str, bool]:
    _, links, _ = _town()
    found = orientation(sites, links, SERVICES, **asked)
    assert found.loc[found["partner_id"].notna(), "known"].all()
    assert (found.groupby("step")["known"].nunique() == 1).all()
    return found.groupby("step")["known"].first().to_dict()


def test_what_no_loaded_file_tells_of_is_not_available() -> None:
    sites, _, _ = _town()
    unknown = {"unknown_kinds": ["ilot_numerique"]}
    every = dict.fromkeys(STEPS, True)
    # One place that offers equipment tells of it, an îlot or not.
    for some in (sites, _without(sites, "equipement"), _without(sites, "ilot_numerique")):
        assert _known(some, **unknown) == every
    nobody = _without(sites, "equipement", "ilot_numerique")
    assert _known(nobody, **unknown) == {**every, "equipement": False}
    # A file of îlots without any: there are none, and the link is broken.
    assert _known(nobody) == every


def test_where_no_place_tells_its_payments_the_pass_is_not_available() -> None:
    sites, _, _ = _town()
    silent = _without(sites, "pass_numerique")
    every = dict.fromkeys(STEPS, True)
    assert _known(silent) == every
    assert _known(silent, accepts=PASS) == {**every, "formation": False}
    # One place that tells of another payment: payments are told, and nobody takes the Pass.
    silent.at[silent.index[silent["site_id"] == "cyber"][0], "tags"] = ["formation", "cheque_aptic"]
    assert _known(silent, accepts=PASS) == every


def test_la_poste_s_counters_are_hers_whatever_the_table_of_services() -> None:
    sites, links, _ = _town()
    rows = {kind: replace(row, level="other") for kind, row in SERVICES.services.items()}
    other = orientation(sites, links, replace(SERVICES, services=rows))
    pd.testing.assert_frame_equal(other, orientation(sites, links, SERVICES))


def test_the_order_of_the_rows_changes_no_partner() -> None:
    sites, links, _ = _town()
    known = orientation(sites, links, SERVICES).set_index(["site_id", "step"])
    for seed in range(5):
        mixed = orientation(
            sites.sample(frac=1, random_state=seed),
            links.sample(frac=1, random_state=seed),
            SERVICES,
        )
        mixed = mixed.set_index(["site_id", "step"]).loc[known.index]
        pd.testing.assert_frame_equal(mixed, known)


def test_without_links_a_counter_can_only_be_its_own_partner() -> None:
    sites, links, _ = _town()
    found = orientation(sites, links.iloc[:0], SERVICES)
    served = found[found["partner_id"].notna()]
    assert served[["site_id", "step"]].to_numpy().tolist() == [
        ["minguettes", "equipement"],
        ["minguettes", "demarches"],
    ]
    assert len(found) == 4 * len(STEPS)


def test_without_counters_there_is_nothing_to_tell() -> None:
    sites, links, _ = _town()
    found = orientation(sites.assign(in_territory=False), links, SERVICES)
    assert found.empty
    assert "known" in found


def test_links_to_unknown_places_are_refused() -> None:
    sites, links, _ = _town()
    with pytest.raises(ValueError, match="links speak of sites"):
        orientation(sites[sites["site_id"] != "cyber"], links, SERVICES)


def test_steps_that_a_place_does_not_name_are_not_taken_from_its_payments() -> None:
    """A place whose only tag is a payment offers what its roles give, and takes that payment."""
    sites, links, _ = _town()
    at = sites.index[sites["site_id"] == "cnfs"][0]
    sites.at[at, "tags"] = ["pass_numerique"]
    found = orientation(sites, links, SERVICES, accepts=PASS).set_index(["site_id", "step"])
    assert found.loc[("minguettes", "formation"), "partner_id"] == "cnfs"


@st.composite
def _cases(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    kinds = draw(
        st.lists(
            st.sampled_from(["bureau_poste", "mediation", "france_services", "partenaire"]),
            min_size=2,
            max_size=7,
        )
    )
    some = st.lists(st.sampled_from([*STEPS, "pass_numerique"]), max_size=3, unique=True)
    ids = [f"s{k}" for k in range(len(kinds))]
    sites = gpd.GeoDataFrame(
        {
            "site_id": ids,
            "nom": ids,
            "kind": kinds,
            "roles": [[kind] for kind in kinds],
            "tags": [draw(some) for _ in kinds],
            "code_insee": "69029",
            "in_territory": True,
        }
    )
    pairs = [
        (one, other, draw(st.integers(0, 4)) * 6000)
        for one, kind in zip(ids, kinds, strict=True)
        if kind == "bureau_poste"
        for other in ids
        if other != one and draw(st.booleans())
    ]
    links = pd.DataFrame(pairs, columns=["from_id", "to_id", "cost_ds"])
    return sites, links.astype({"cost_ds": np.int32})


@settings(max_examples=40)
@given(_cases(), st.sampled_from([0, 10, 20, 30]), st.booleans())
def test_the_partner_is_that_of_a_search_by_loops(case: tuple, minutes: int, paid: bool) -> None:
    sites, links = case
    accepts = PASS if paid else {}
    found = orientation(sites, links, SERVICES, minutes=minutes, accepts=accepts)
    rank = {kind: SERVICES[kind].rank for kind in sites["kind"]}
    place = {row.site_id: row for row in sites.itertuples()}
    ds = {(row.from_id, row.to_id): row.cost_ds for row in links.itertuples()}
    for row in found.itertuples():
        best = None
        for other, its in place.items():
            steps = set(its.tags) & set(STEPS)
            if not steps and its.kind == "france_services":
                steps = {"demarches"}
            pays = row.step not in accepts or accepts[row.step] in its.tags
            cost = 0 if other == row.site_id else ds.get((row.site_id, other), 10**9)
            if row.step in steps and pays and cost <= minutes * 600:
                key = (cost, other != row.site_id, rank[its.kind], other)
                best = min(best or key, key)
        if best is None:
            assert pd.isna(row.partner_id)
            assert np.isnan(row.minutes)
        else:
            assert (row.partner_id, row.minutes * 600) == (best[3], best[0])


@settings(max_examples=40)
@given(_cases(), st.integers(0, 40), st.integers(0, 40))
def test_a_longer_limit_never_breaks_a_link(case: tuple, one: int, other: int) -> None:
    shorter, longer = (orientation(*case, SERVICES, minutes=m) for m in sorted((one, other)))
    kept = shorter["partner_id"].notna()
    assert longer.loc[kept, "partner_id"].tolist() == shorter.loc[kept, "partner_id"].tolist()
