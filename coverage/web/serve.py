"""The server: gunicorn with two processes of four threads, on this machine only."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.web.app import create_app
from coverage.web.security import TRUSTED_HOSTS

WORKERS = 2
THREADS = 4
#: The kernel's limit on the path of a local socket, with room for its end mark.
_SOCKET_PATH_BYTES = 100
#: Visitors the kernel keeps waiting while the app is being loaded.
_WAITING = 128


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address of this machine: the port is ours from then on.

    Raises ``UserError`` where the address isn't this machine's own (without accounts, nobody else
    may be let in) or the port can't be had.
    """
    if host not in TRUSTED_HOSTS:
        raise UserError(
            f"Maillage ne s’ouvre que sur cet ordinateur, pas sur « {host} » : il n’y a pas de "
            "comptes. Laissez --host 127.0.0.1."
        )
    if not 1 <= port <= 65535:
        raise UserError("--port est un nombre entre 1 et 65535.")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_WAITING)  # two may have bound one port; only one listens
    except OSError as error:
        listener.close()
        reason = {
            errno.EADDRINUSE: "est déjà pris",
            errno.EACCES: "est réservé à l’administrateur",
        }.get(error.errno or 0, "ne peut pas être ouvert")
        raise UserError(
            f"Le port {port} {reason}. Choisissez-en un autre : maillage serve --port "
            f"{port + 1 if 1024 <= port < 65535 else 8001}."
        ) from None
    return listener


def check_address(host: str, port: int) -> None:
    """Refuse, as ``open_socket`` does, an address that can't be had; it stays free."""
    open_socket(host, port).close()


def _settings(host: str, port: int, folder: Path, listener: socket.socket) -> dict[str, Any]:
    control = folder / f"gunicorn-{port}.ctl"

    def tell(_: object) -> None:
        print(f"Maillage est ouvert sur http://{host}:{port} (Ctrl-C pour arrêter)", flush=True)

    def leave(_: object) -> None:
        # A worker holds nothing to save, and tearing its libraries down takes seconds.
        os._exit(0)

    return {
        # The socket is opened here, not there: gunicorn would tell a taken port in its own log.
        "bind": f"fd://{listener.detach()}",
        "workers": WORKERS,
        "threads": THREADS,
        "worker_class": "gthread",
        "preload_app": True,  # the heavy imports are made once, before the processes part
        "worker_tmp_dir": str(folder),
        "control_socket": str(control),
        "control_socket_disable": len(str(control).encode()) > _SOCKET_PATH_BYTES,
        "forwarded_allow_ips": "",
        "loglevel": "warning",
        "timeout": 120,
        "graceful_timeout": 20,
        "worker_int": leave,
        "proc_name": "maillage",
        "when_ready": tell,
    }


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn told by our settings alone: no command line, no configuration file."""

    def __init__(self, app: Flask, settings: dict[str, Any]) -> None:
        self._app, self._given = app, settings
        super().__init__()

    def load_config(self) -> None:
        """Hand over the settings that this version of gunicorn knows."""
        for name, value in self._given.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the app to serve."""
        return self._app


def serve(workspace: Workspace, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Open the app in this process until Ctrl-C; says where, once it answers.

    Ends with ``SystemExit``, as gunicorn does. Raises ``UserError`` where the workspace's folder
    is missing (it is not made), the address is refused or the port is taken.
    """
    if not workspace.root.is_dir():
        raise UserError(
            f"Le dossier « {workspace.root} » n’existe pas. Donnez à --root un dossier où un "
            "territoire a été calculé (maillage run)."
        )
    listener = open_socket(host, port)
    folder = workspace.runs / ".serve"
    folder.mkdir(parents=True, exist_ok=True)
    _Server(create_app(workspace), _settings(host, port, folder, listener)).run()
