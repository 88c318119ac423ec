"""A new run is seen at once; the same run is read once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coverage.base.errors import MissingLayerError
from coverage.base.workspace import Workspace
from coverage.web.studies import Studies
from tests.toy import toy_result


def test_a_run_is_read_once_until_the_pointer_moves(tmp_path):
    workspace, calls = Workspace(tmp_path), []

    def load(_, territory):
        calls.append(territory)
        return replace(toy_result(), nom=f"lecture {len(calls)}")

    studies = Studies(workspace, load, lambda _: ())
    workspace.runs.mkdir()
    pointer = workspace.runs / "2A.current"
    pointer.write_text("aaaaaaaaaaaa\n")
    first = studies.current("2A")
    assert studies.current("2A") is first
    drawn = studies.map_page("2A", assets="/m", nonce="abc")
    assert 'nonce="abc"' in drawn
    assert 'nonce="def"' in studies.map_page("2A", assets="/m", nonce="def")
    assert calls == ["2A"]
    pointer.write_text("bbbbbbbbbbbb\n")
    assert studies.current("2A").nom == "lecture 2"


def test_the_pointer_of_the_fictitious_territory_bears_its_name(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.runs.mkdir()
    (workspace.runs / "demo.current").write_text("aaaaaaaaaaaa\n")
    calls = []
    studies = Studies(workspace, lambda _, t: calls.append(t) or toy_result(), lambda _: ())
    studies.current("00")
    studies.current("00")
    assert calls == ["00"]


def test_a_missing_study_stays_the_users_error(tmp_path):
    def load(*_):
        raise MissingLayerError("Lancez : maillage run 36")

    with pytest.raises(MissingLayerError, match="maillage run 36"):
        Studies(Workspace(tmp_path), load, lambda _: ()).current("36")
