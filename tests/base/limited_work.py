"""Work that a limited child is given in the tests; each may end it in its own way."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from coverage.base.errors import RefusedFileError, SourceError, UserError
from coverage.base.limited import run_limited


def add(a: int, b: int) -> int:
    print("what a library prints is no part of the answer")
    return a + b


def counted(text: str) -> tuple[dict[str, int], bytes]:
    return {"length": len(text)}, text.encode() + b"\n\x00\n"


def twice(a: int) -> int:
    """Call a child from within the child: it is the same one."""
    value, _ = run_limited("tests.base.limited_work:process")
    return a if value == os.getpid() else -1


def process() -> int:
    return os.getpid()


def environment() -> list[str]:
    return sorted(os.environ)


def refused(code: str, sentence: str) -> None:
    raise RefusedFileError(code, sentence)


def wrong_source(text: str) -> None:
    raise SourceError(text)


def wrong(text: str) -> None:
    raise UserError(text)


def broken() -> None:
    raise ZeroDivisionError("a defect of ours")


def big() -> int:
    return len(bytearray(4_000_000_000))


def endless() -> None:
    while True:
        pass


def waiting() -> None:
    import time

    time.sleep(60)


def killed() -> None:
    os.abort()


def writing(path: str) -> int:
    return Path(path).write_bytes(bytes(2_000_000))


def calling(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"
