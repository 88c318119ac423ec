"""Work in a limited child: what comes back, and what a hostile file can't do."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from coverage.base.errors import RefusedFileError, SourceError, UserError
from coverage.base.limited import ChildDefectError, ChildDiedError, Limits, run_limited

ROOT = Path(__file__).resolve().parents[2]


def run(name: str, *args: object, limits: Limits | None = None):
    # The child has no path of ours but the installed package: these functions lie beside it.
    return run_limited(f"tests.base.limited_work:{name}", *args, limits=limits)


@pytest.fixture(autouse=True)
def found_by_the_child(monkeypatch):
    from coverage.base import limited

    monkeypatch.setattr(limited, "_KEPT", (*limited._KEPT, "PYTHONPATH"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def test_value_and_bytes_come_back():
    assert run("add", 2, 3) == (5, b"")
    assert run("counted", "été") == ({"length": 3}, "été".encode() + b"\n\x00\n")


def test_within_the_child_the_function_is_simply_called():
    assert run("twice", 7) == (7, b"")


def test_errors_for_users_come_back_as_they_are():
    with pytest.raises(RefusedFileError, match=r"ligne 3 … \(BAD_COUNT\)") as refusal:
        run("refused", "BAD_COUNT", "ligne 3 …")
    assert (refusal.value.code, refusal.value.sentence) == ("BAD_COUNT", "ligne 3 …")
    with pytest.raises(SourceError, match="abîmé"):
        run("wrong_source", "abîmé")
    with pytest.raises(UserError, match="à corriger"):
        run("wrong", "à corriger")


def test_a_defect_of_ours_tells_where():
    with pytest.raises(ChildDefectError, match=r"limited_work.*\n.*ZeroDivisionError|a defect"):
        run("broken")


@pytest.mark.parametrize(
    ("name", "limits", "why"),
    [
        ("big", Limits(), "memory"),
        ("endless", Limits(cpu_s=1), "time"),
        ("waiting", Limits(wait_s=0.5), "time"),
        ("killed", Limits(), "crash"),
    ],
)
def test_what_ends_a_child_is_told(name, limits, why):
    with pytest.raises(ChildDiedError) as death:
        run(name, limits=limits)
    assert death.value.why == why


def test_no_file_grows_beyond_the_limit(tmp_path):
    target = tmp_path / "grown"
    with pytest.raises((ChildDiedError, ChildDefectError)):
        run("writing", str(target), limits=Limits(file_bytes=1_000_000))
    assert target.stat().st_size <= 1_000_000


def test_secrets_of_the_environment_stay(monkeypatch):
    monkeypatch.setenv("MAILLAGE_SECRET", "s3cr3t")
    told, _ = run("environment")
    assert "MAILLAGE_SECRET" not in told
    assert "PATH" in told


@pytest.mark.skipif(sys.platform != "linux", reason="networks are cut off on Linux only")
def test_no_connection_is_made_where_the_system_allows_it():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            server.accept()[0].close()  # the server does answer
        try:
            outcome, _ = run("calling", port)
        except ChildDefectError as defect:
            outcome = str(defect)
    if outcome == "connected":
        pytest.skip("this system gives no namespace to an ordinary user")
    assert "unreachable" in outcome or "OSError" in outcome


def test_a_library_of_the_folder_is_not_taken_for_pythons(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('taken')")
    monkeypatch.chdir(tmp_path)
    assert run("add", 1, 1) == (2, b"")
    assert Path.cwd() == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["json.py"]
