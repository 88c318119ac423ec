from __future__ import annotations

import subprocess
import sys

import pytest

import coverage.network as network


def test_every_name_of_the_front_page_is_there():
    for name in network._MODULE_OF:
        assert getattr(network, name).__name__ == name
    with pytest.raises(AttributeError, match="isochrone"):
        _ = network.isochrone


def test_reading_roads_does_not_load_the_compiler():
    code = "import sys; from coverage.network import read_roads; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
