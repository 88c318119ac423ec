"""The atomic store: half a file is never seen, whatever happens to the writer."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from coverage.base import files
from coverage.base.errors import CorruptLayerError, DiskFullError, LockedError, MissingLayerError
from coverage.base.store import LayerStore

HARNESS = Path(__file__).with_name("kill_harness.py")


def save(value: int):
    frame = pd.DataFrame({"value": [value]})
    return lambda path: frame.to_parquet(path, index=False)


def stored(layers: LayerStore, value: int, layer: str = "communes") -> None:
    with layers.build("Le territoire essai") as build:
        build.write(layer, save(value), {"vintage": "2026", "number": value})


def test_layer_is_named_by_its_sha256(tmp_path):
    layers = LayerStore(tmp_path)
    stored(layers, 1)
    version = layers.checked("communes")
    assert version.path.name == f"communes-{files.sha256_of(version.path)[:12]}.parquet"
    assert (tmp_path / "communes.current").read_text() == version.path.name + "\n"
    passport = json.loads((tmp_path / "communes.json").read_text())
    assert passport["sha256"] == version.sha256
    assert passport["vintage"] == "2026"


def test_layers_of_a_build_become_current_together(tmp_path):
    layers = LayerStore(tmp_path)
    stored(layers, 1)
    with pytest.raises(ZeroDivisionError), layers.build("essai") as build:
        build.write("communes", save(2), {"number": 2})
        raise ZeroDivisionError
    assert layers.version("communes").passport["number"] == 1


def test_second_build_is_told_who_holds_the_lock(tmp_path):
    layers = LayerStore(tmp_path)
    code = (
        "import sys, time; from pathlib import Path\n"
        "from coverage.base.store import LayerStore\n"
        f"with LayerStore(Path({str(tmp_path)!r})).build('x'):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"le processus {holder.pid}"):
            stored(layers, 1)
        holder.kill()
    stored(layers, 1)  # the lock ends with its holder
    assert layers.version("communes").passport["number"] == 1


def test_altered_bytes_are_refused(tmp_path):
    layers = LayerStore(tmp_path)
    stored(layers, 1)
    path = layers.version("communes").path
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(CorruptLayerError, match="maillage build"):
        layers.checked("communes")


def test_missing_layer_says_what_to_do(tmp_path):
    with pytest.raises(MissingLayerError, match="maillage build"):
        LayerStore(tmp_path).version("communes")


def test_old_versions_are_forgotten_but_one(tmp_path):
    layers = LayerStore(tmp_path)
    for value in range(5):
        stored(layers, value)
    assert len(list(tmp_path.glob("communes-*.parquet"))) == 2
    assert (tmp_path / "communes.current").read_text().strip() in {
        path.name for path in tmp_path.glob("communes-*.parquet")
    }


def test_a_retired_layer_is_not_available_any_more(tmp_path):
    layers = LayerStore(tmp_path)
    stored(layers, 1, "detections")
    with layers.build("essai") as build:
        build.retire("detections")
    assert not layers.has("detections")
    assert not list(tmp_path.glob("detections*"))


def test_a_build_that_stops_leaves_the_passports_of_the_last_one(tmp_path):
    """The same bytes with another passport: nothing changes before the commit."""
    layers = LayerStore(tmp_path)
    stored(layers, 1)
    with pytest.raises(ZeroDivisionError), layers.build("essai") as build:
        build.write("communes", save(1), {"number": 2})
        raise ZeroDivisionError
    assert layers.checked("communes").passport["number"] == 1


def test_a_damaged_pointer_says_what_to_do(tmp_path):
    layers = LayerStore(tmp_path)
    stored(layers, 1)
    (tmp_path / "layers.current").write_text("{")
    with pytest.raises(CorruptLayerError, match="maillage build"):
        layers.version("communes")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_told_and_loses_nothing(tmp_path, monkeypatch, number):
    layers = LayerStore(tmp_path)
    stored(layers, 1)

    def full(path: Path) -> None:
        raise OSError(number, "No space left on device")

    monkeypatch.setattr("coverage.base.store.sync_file", full)
    with pytest.raises(DiskFullError, match="Rien n'est perdu"):
        stored(layers, 2)
    monkeypatch.undo()
    assert layers.checked("communes").passport["number"] == 1
    assert not list(tmp_path.glob(".tmp-*"))


def test_real_size_limit_is_told_and_loses_nothing(tmp_path):
    """The kernel refuses bytes beyond a file size limit, as it does on a full disk."""
    layers = LayerStore(tmp_path)
    stored(layers, 1)
    code = (
        "import resource, numpy, pandas; from pathlib import Path\n"
        "from coverage.base.errors import DiskFullError\n"
        "from coverage.base.store import LayerStore\n"
        "frame = pandas.DataFrame({'value': numpy.random.default_rng(0).random(200_000)})\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        f"    with LayerStore(Path({str(tmp_path)!r})).build('x') as build:\n"
        "        build.write('communes', lambda p: frame.to_parquet(p), {})\n"
        "except DiskFullError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Le disque est plein" in done.stdout
    assert layers.checked("communes").passport["number"] == 1
    assert not list(tmp_path.glob(".tmp-*"))


@pytest.mark.slow
def test_kill_at_any_moment_leaves_the_last_good_version(tmp_path):
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(tmp_path), "220"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["kills"] >= 200
    assert summary["survived"] <= 40  # only those that a random moment came too late for
    assert summary["old"] > 0
    assert summary["new"] > 0
    assert summary["left"] == []
    assert summary["kept"] == 2
