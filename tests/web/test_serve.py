"""The server: on this machine only, on a free port, and it ends on Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.web.serve import check_address, open_socket, serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "127.0.0.2", "192.168.1.4", "exemple.fr", ""])
def test_only_this_machine_is_served(host):
    with pytest.raises(UserError, match="que sur cet ordinateur"):
        check_address(host, 8000)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_refused(port):
    with pytest.raises(UserError, match="entre 1 et 65535"):
        check_address("127.0.0.1", port)


def test_a_taken_port_is_one_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UserError) as raised:
            check_address("127.0.0.1", port)
    assert re.fullmatch(
        rf"Le port {port} est déjà pris\. Choisissez-en un autre : "
        rf"maillage serve --port \d+\.",
        str(raised.value),
    )


def test_a_port_that_is_bound_but_does_not_listen_yet_is_ours_or_refused():
    port = free_port()
    with open_socket("127.0.0.1", port) as mine:
        assert mine.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
        with pytest.raises(UserError, match="est déjà pris"):
            open_socket("127.0.0.1", port)
    open_socket("127.0.0.1", port).close()


def test_a_missing_folder_is_refused_and_not_made(tmp_path):
    missing = tmp_path / "faute"
    with pytest.raises(UserError, match=f"Le dossier « {missing} » n’existe pas"):
        serve(Workspace(missing), "127.0.0.1", free_port())
    assert list(tmp_path.iterdir()) == []


def test_of_two_servers_at_once_one_opens_and_the_other_is_told_why(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "coverage", "serve", "--port", str(port), "--root"]
    servers = [
        subprocess.Popen(
            [*command, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": str(tmp_path)},
        )
        for _ in range(2)
    ]
    try:
        deadline = time.monotonic() + 40
        while all(one.poll() is None for one in servers) and time.monotonic() < deadline:
            time.sleep(0.05)
        refused = next(one for one in servers if one.poll() is not None)
        open_one = next(one for one in servers if one is not refused)
        out, err = refused.communicate(timeout=10)
        assert refused.returncode == 2
        assert out == ""
        assert re.fullmatch(rf"(?:\S+ ?: )?Le port {port} est déjà pris\..*\n", err), err
        assert open_one.stdout is not None
        assert "Maillage est ouvert" in open_one.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=20) as answer:
            assert json.load(answer) == {"status": "ok"}
    finally:
        for one in servers:
            if one.poll() is None:
                one.send_signal(signal.SIGINT)
            one.communicate(timeout=30)
    assert open_one.returncode == 0


def test_this_machine_is_served():
    check_address("localhost", free_port())
    check_address("127.0.0.1", free_port())


def test_the_server_opens_answers_and_ends_on_interrupt(tmp_path):
    port = free_port()
    code = (
        "from pathlib import Path; from coverage.base.workspace import Workspace; "
        "from coverage.web.serve import serve; "
        f"serve(Workspace(Path({str(tmp_path)!r})), '127.0.0.1', {port})"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    try:
        assert server.stdout is not None
        told = server.stdout.readline()
        assert told == f"Maillage est ouvert sur http://127.0.0.1:{port} (Ctrl-C pour arrêter)\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=20) as answer:
            assert json.load(answer) == {"status": "ok"}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            assert "Aucun territoire n’est prêt" in answer.read().decode()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/t/2A/carte", timeout=20)
        with refused.value as answer:
            assert answer.code == 404
            assert "maillage run 2A" in answer.read().decode()
    finally:
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=30)
    assert server.returncode == 0
    assert (out, err) == ("", "")
    assert not (tmp_path / ".gunicorn").exists()
