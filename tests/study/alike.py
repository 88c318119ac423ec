"""Comparing what a study gives, field by field and table by table."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd


def assert_alike(one: Any, other: Any) -> None:
    """Assert that two dataclasses hold the same tables and the same facts, shapes left aside."""
    for field in dataclasses.fields(one):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(ours, pd.DataFrame):
            pd.testing.assert_frame_equal(
                ours.drop(columns="geometry", errors="ignore"),
                theirs.drop(columns="geometry", errors="ignore"),
                check_dtype=False,
            )
        elif field.name == "detections" and ours is not None:
            assert_alike(ours, theirs)
        else:
            assert ours == theirs, field.name
