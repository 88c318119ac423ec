"""Parameters refuse nonsense; French numbers; the service table; a plan survives its file."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import UserError
from coverage.model.params import StudyParams
from coverage.model.plan import Plan, PlannedSite, Status
from coverage.model.services import CONTACT_KINDS, KINDS, ServiceTable
from coverage.model.words import decimal, percent, whole


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0}, {"minutes": 61}, {"new": -1}, {"model": "magie"}, {"time_limit_s": -1},
        {"seed": -1}, {"candidates": ("kiosque",)}, {"candidates": ()},
        {"locked": ("a",), "forbidden": ("a",)}, {"catchment_minutes": ()},
        {"catchment_minutes": (0,)}, {"decay": "cube"}, {"draws": 99}, {"draws": 100_001},
        {"closed": ("",)}, {"closed": ("a", "a")}, {"opened": ((181.0, 0.0),)},
        {"opened": ((math.nan, 0.0),)}, {"opened": ((8.0, 42.0), (8.0, 42.0))},
        {"accepts": (("voyage", "pass_numerique"),)}, {"accepts": (("formation", "or"),)},
        {"accepts": (("formation", "pass_numerique"), ("formation", "cheque_aptic"))},
    ],
)  # fmt: skip
def test_params_refuse_nonsense(wrong):
    with pytest.raises(UserError):
        StudyParams("2A", **wrong)


def test_run_id_depends_on_parameters_and_data_only():
    one = StudyParams("2A").run_id({"demand": "a"})
    assert len(one) == 12
    assert one == StudyParams("2A").run_id({"demand": "a"})
    assert one != StudyParams("2A", new=4).run_id({"demand": "a"})
    assert one != StudyParams("2A").run_id({"demand": "b"})


@pytest.mark.parametrize(
    ("value", "text"),
    [(162942, "162\u202f942"), (-1.5, "−2"), (0.4, "0"), (None, "n.d."), (math.nan, "n.d.")],
)
def test_whole_numbers_in_french(value, text):
    assert whole(value) == text


def test_shares_and_bounds_in_french():
    assert percent(0.889) == "88,9\u00a0%"
    assert decimal(0.81, 1, up=True) == "0,9"
    assert decimal(1234.5, 1) == "1\u202f234,5"


@given(st.floats(-1e9, 1e9))
def test_rounding_up_never_tells_less(value):
    text = decimal(value, 1, up=True).replace("\u202f", "").replace(",", ".").replace("−", "-")
    assert float(text) >= value - 1e-6


def test_an_ilot_is_never_adviser_cover():
    services = ServiceTable.load()
    assert "ilot_numerique" not in services.of_level("adviser")
    assert services.of_level("adviser") == {
        "france_services", "conseiller_numerique", "etape_numerique", "permanence",
    }  # fmt: skip
    assert CONTACT_KINDS == ("bureau_poste", "agence_postale", "relais_poste")
    assert len(KINDS) == 12


def test_the_service_table_is_edited_in_the_workspace(tmp_path):
    own = tmp_path / "services.toml"
    row = 'label = "îlot"\nlevel = "equipment"\nrank = 6\npersons_month = 30\n'
    own.write_text(f"[ilot_numerique]\n{row}")
    assert ServiceTable.load(tmp_path)["ilot_numerique"].persons_month == 30
    for wrong in ("[kiosque]\n" + row, "[mairie]\nrank = 1", "pas du toml", row):
        own.write_text(wrong)
        with pytest.raises(UserError, match=r"services\.toml"):
            ServiceTable.load(tmp_path)


def plan(status: Status, gap: float) -> Plan:
    sites = (PlannedSite("laposte:1", "Zonza", "bureau_poste", 9.1, 41.7, 12.5),)
    return Plan(status, "mclp", 90.0, 100.0, gap, sites, 0, {"new": 1}, {"demand": "a"})


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (Status.OPTIMAL, "optimal prouvé"),
        (Status.FEASIBLE, "faisable, écart ≤ 11,2 %"),
        (Status.INTERRUPTED, "interrompu, écart ≤ 11,2 %"),
        (Status.INFEASIBLE, "infaisable"),
    ],
)
def test_the_certificate_never_understates_the_gap(status, text):
    assert plan(status, 10 / 90).status_text.replace("\u00a0", " ") == text


def test_a_plan_survives_its_file():
    one = plan(Status.FEASIBLE, 0.1)
    document = one.as_dict()
    assert "rule" not in document
    assert document["status_text"].startswith("faisable")
    assert Plan.from_dict(document) == one
