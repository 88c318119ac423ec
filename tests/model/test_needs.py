"""The rates of need: shipped, and a workspace's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage.base.errors import UserError
from coverage.model.needs import SHIPPED, NeedRates
from coverage.model.tables import AGE_BANDS


def test_the_shipped_rates_are_the_published_ones() -> None:
    assert dict(SHIPPED.age_bands) == {
        "aged_15_44": 0.03,
        "aged_45_59": 0.09,
        "aged_60_74": 0.27,
        "aged_75": 0.67,
    }
    assert tuple(SHIPPED.age_bands) == AGE_BANDS
    assert SHIPPED.per_head == pytest.approx(0.83 * 0.154)


def test_an_empty_table_changes_nothing_and_one_rate_only_itself(tmp_path: Path) -> None:
    assert NeedRates.load(tmp_path) == SHIPPED
    (tmp_path / "needs.toml").write_text("", "utf-8")
    assert NeedRates.load(tmp_path) == SHIPPED
    (tmp_path / "needs.toml").write_text(
        "[age_bands]\naged_75 = 0.5\n[population]\nillectronism = 0.2\n", "utf-8"
    )
    own = NeedRates.load(tmp_path)
    assert own.age_bands == {**SHIPPED.age_bands, "aged_75": 0.5}
    assert (own.illectronism, own.aged_15_or_more) == (0.2, SHIPPED.aged_15_or_more)


@pytest.mark.parametrize(
    "text",
    [
        "[age_bands",
        "[age_bands]\naged_75 = 1.5",
        "[age_bands]\naged_75 = -0.1",
        "[age_bands]\naged_75 = nan",
        "[age_bands]\naged_75 = true",
        "[age_bands]\naged_75 = '67 %'",
        "[age_bands]\naged_16_24 = 0.02",
        "[other]\nrate = 0.1",
        "age_bands = 3",
    ],
)
def test_what_is_no_rate_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "needs.toml").write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"needs\.toml"):
        NeedRates.load(tmp_path)


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "needs.toml").write_bytes("# âges".encode("cp1252"))
    with pytest.raises(UserError, match="UTF-8"):
        NeedRates.load(tmp_path)
