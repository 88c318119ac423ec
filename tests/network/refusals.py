"""What a reader of roads says of a file that it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coverage.base.errors import RefusedFileError
from coverage.model.answers import FAMILY_OF
from coverage.network.checking import check_roads
from coverage.network.roads import read_roads


def refusal(read: Callable[[Path], object], path: Path) -> RefusedFileError:
    """The refusal: a code that is known, and one French sentence that names the file."""
    with pytest.raises(RefusedFileError) as refused:
        read(path)
    assert refused.value.code in FAMILY_OF
    text = refused.value.sentence
    assert "\n" not in text
    assert text.endswith(".")
    assert path.name in text
    return refused.value


def refused(path: Path) -> RefusedFileError:
    """The refusal, which is the same whether the file is checked or built upon."""
    built, checked = refusal(read_roads, path), refusal(check_roads, path)
    assert built.code == checked.code
    return checked
