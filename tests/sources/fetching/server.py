"""A server of files on a local port, that misbehaves where it is told to."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

PAGE = b"<!DOCTYPE html><html><body>Maintenance</body></html>"
WORDS = {
    "html": {"Content-Type": "text/html; charset=utf-8"},
    "html-as-csv": {"Content-Type": "text/csv"},
}


class Server:
    """Serves ``files`` by path below ``/depot``.

    ``faults`` are the misbehaviours of the next requests of a path, ``always`` that of all of them:

    - a status (``503``), with what ``Retry-After`` asks after a colon (``429:2``, ``429:date:2``);
    - an address: a redirection to it; ``html``, ``html-as-csv``: an error page as 200;
    - ``cut:N``: N bytes of the answer, then nothing; ``slow``: a byte at a time;
      ``slow-headers``: these already;
    - ``longer``, ``shorter``: another Content-Length than the bytes'; ``gzip``, ``br``: packed;
    - ``unstamped``: no ETag and no date; ``weak``: a weak ETag and no date; ``no-range``: always
      the whole; ``wrong-range``: another part than the one asked for; ``304``: whatever is asked.

    ``cut:N`` may be followed by ``unstamped``, ``weak`` or ``no-range``. ``raw`` are the very bytes
    of a path's answers, head and all.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[str]] = {}
        self.always: dict[str, str] = {}
        self.raw: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, list[dict[str, str]]] = {}
        self.sent_bytes = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    owner.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.http.server_port
        self.address = f"http://127.0.0.1:{self.port}/depot"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(request.path).removeprefix("/depot/")
        self.asked[path] += 1
        self.headers.setdefault(path, []).append(dict(request.headers))
        faults = self.faults.get(path, [])
        fault = faults.pop(0) if faults else self.always.get(path, "")
        content = self.files.get(path)
        if path in self.raw:
            request.wfile.write(self.raw[path])
        elif re.match(r"\d{3}", fault) or content is None:
            self._error(request, fault or "404")
        elif "://" in fault or fault.startswith("/"):
            request.send_response(302)
            request.send_header("Location", fault)
            request.send_header("Content-Length", "0")
            request.end_headers()
        elif fault == "slow-headers":
            self._drip(request, b"HTTP/1.0 200 OK\r\nX-Slow: " + b"x" * 200)
        elif fault in WORDS:
            self._send(request, 200, PAGE, WORDS[fault])
        else:
            self._file(request, content, fault)

    def _error(self, request: BaseHTTPRequestHandler, fault: str) -> None:
        status, _, wait = fault.partition(":")
        headers = {}
        if wait.startswith("date:"):
            headers["Retry-After"] = formatdate(time.time() + float(wait[5:]), usegmt=True)
        elif wait:
            headers["Retry-After"] = wait
        self._send(request, int(status), b"" if status == "304" else b"No", headers)

    def _file(self, request: BaseHTTPRequestHandler, content: bytes, fault: str) -> None:
        digest = hashlib.sha256(content).hexdigest()[:16]
        stamps = {"ETag": f'"{digest}"', "Last-Modified": "Wed, 04 Jun 2025 08:00:00 GMT"}
        if "weak" in fault:
            stamps = {"ETag": f'W/"{digest}"'}
        elif "unstamped" in fault:
            stamps = {}
        if stamps and request.headers.get("If-None-Match") == stamps["ETag"]:
            self._send(request, 304, b"", stamps)
            return
        headers = {"Content-Type": "application/octet-stream", **stamps}
        if fault == "gzip":
            content, headers["Content-Encoding"] = gzip.compress(content, mtime=0), "gzip"
        elif fault == "br":
            headers["Content-Encoding"] = "br"
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        same = request.headers.get("If-Range") in {stamps.get("ETag"), stamps.get("Last-Modified")}
        status, first = 200, 0
        if asked and same and "no-range" not in fault:
            first = int(asked[1])
            if first >= len(content):
                self._send(request, 416, b"", {"Content-Range": f"bytes */{len(content)}"})
                return
            told = first + 7 if fault == "wrong-range" else first
            status = 206
            headers["Content-Range"] = f"bytes {told}-{len(content) - 1}/{len(content)}"
        self._send(request, status, content[first:], headers, fault)

    def _send(
        self,
        request: BaseHTTPRequestHandler,
        status: int,
        content: bytes,
        headers: dict[str, str],
        fault: str = "",
    ) -> None:
        told = len(content) + {"longer": 10, "shorter": -len(content) // 2}.get(fault, 0)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(told))
        request.end_headers()
        if fault.startswith("cut"):
            content = content[: int(fault.split()[0].partition(":")[2])]
        if fault == "slow":
            self._drip(request, content)
        else:
            request.wfile.write(content)
            self.sent_bytes += len(content)

    def _drip(self, request: BaseHTTPRequestHandler, content: bytes) -> None:
        for number in range(len(content)):
            request.wfile.write(content[number : number + 1])
            self.sent_bytes += 1
            time.sleep(0.02)


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Give a server that answers while the block runs."""
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield made
    finally:
        made.http.shutdown()
        made.http.server_close()
        thread.join()
