from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import DiskFullError
from coverage.reports import costs as writer
from coverage.reports.costs import reach_path, write_costs

NOBODY = pd.DataFrame({"side": [], "id": [], "reason": [], "road_m": []})


def table(rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    homes, sites, cost_ds = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame(
        {
            "demand_id": pd.Categorical(homes),
            "site_id": pd.Categorical(sites),
            "cost_ds": np.array(cost_ds, dtype=np.int32),
        }
    )


def test_ids_come_out_as_they_came_in(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    lost = pd.DataFrame(
        {"side": ["from", "to"], "id": ["c", "x,y"], "reason": "loin", "road_m": [1234.56, np.nan]}
    )
    rows = [("01004", "a,b", 0), ("01004", 'l"île', 5), ("2A004", "a,b", 36_000)]
    write_costs(table(rows), lost, path)
    assert path.read_bytes().decode("utf-8") == (
        'demand_id,site_id,cost\n01004,"a,b",0.0\n01004,"l""île",0.5\n2A004,"a,b",3600.0\n'
    )
    assert (tmp_path / "costs.hors-portee.csv").read_text("utf-8") == (
        'side,id,reason,road_m\nfrom,c,loin,1234.6\nto,"x,y",loin,\n'
    )


def test_the_list_lies_beside_the_matrix() -> None:
    assert reach_path(Path("a/b.c/costs.csv")) == Path("a/b.c/costs.hors-portee.csv")
    assert reach_path(Path("a/costs")) == Path("a/costs.hors-portee")


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
            st.integers(0, 2**31 - 1),
        )
    )
)
def test_what_is_written_is_read_back_to_the_decisecond(tmp_path_factory, rows) -> None:
    path = tmp_path_factory.mktemp("costs") / "costs.csv"
    write_costs(table(rows), NOBODY, path)
    back = pd.read_csv(path, dtype={"demand_id": str, "site_id": str}, keep_default_na=False)
    assert list(back["demand_id"]) == [row[0] for row in rows]
    assert list(back["site_id"]) == [row[1] for row in rows]
    assert [round(10 * cost) for cost in back["cost"]] == [row[2] for row in rows]


def test_many_rows_are_written_in_steps(tmp_path: Path, monkeypatch) -> None:
    rows = [(f"h{n // 7}", f"s{n % 7}", n) for n in range(100)]
    write_costs(table(rows), NOBODY, tmp_path / "whole.csv")
    monkeypatch.setattr(writer, "_ROWS_A_STEP", 9)
    write_costs(table(rows), NOBODY, tmp_path / "steps.csv")
    assert (tmp_path / "steps.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_without_room_both_files_stay_as_they_were(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "costs.csv"
    write_costs(table([("a", "b", 1)]), NOBODY, path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def full(costs: pd.DataFrame, target: Path) -> None:
        target.write_text("half", encoding="utf-8")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writer, "_write_matrix", full)
    lost = pd.DataFrame({"side": ["from"], "id": ["c"], "reason": "loin", "road_m": [1.0]})
    with pytest.raises(DiskFullError, match="n'a pas été écrit"):
        write_costs(table([("a", "b", 2)]), lost, path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
