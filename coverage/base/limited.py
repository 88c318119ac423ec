"""A function's work on a file that somebody sent, done in a child process with limits.

A file made to hurt takes the child with it, never the program: memory, processor time and the
size of what it writes are limited, and where the system allows (Linux), it has no network at all.
The child starts with little (no numpy), and knows only the environment it needs: no secret of the
program's is told to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from coverage.base.errors import RefusedFileError, SourceError, UserError
from coverage.base.limits import give_up

#: Of the environment, what a library needs to be found and to speak; threads cost memory.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR")
_SET = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYTHONIOENCODING": "utf-8",
}
_inside = False


@dataclass(frozen=True)
class Limits:
    """What a child may use: bytes of memory, seconds of processor and of wait, bytes of a file."""

    memory_bytes: int = 1_500_000_000
    cpu_s: int = 30
    wait_s: float = 120.0
    file_bytes: int = 300_000_000


class ChildDiedError(Exception):
    """The child ended before its work did: ``why`` is memory, time or crash."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class ChildDefectError(RuntimeError):
    """A defect of ours met in the child: its traceback."""


def run_limited(target: str, *args: Any, limits: Limits | None = None) -> tuple[Any, bytes]:
    """Call ``module:function`` with JSON arguments in a limited child and return what it gives.

    The function returns a JSON value, or one and bytes; both are returned, the bytes empty where
    there are none. Within a limited child the function is simply called. Raises the function's
    own ``UserError``; ``ChildDiedError`` where a limit or a crash ended it; ``ChildDefectError``.
    """
    if _inside:
        return _both(_function(target)(*args))
    limits = limits or Limits()
    told = {"target": target, "args": args, "limits": vars(limits)}
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | _SET
    # -P: a csv.py in the folder where somebody works is not the library's.
    command = [sys.executable, "-P", "-m", "coverage.base.limited"]
    with subprocess.Popen(  # noqa: S603 - our own module, nothing of the user's
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as child:
        try:
            out, said = child.communicate(json.dumps(told).encode(), timeout=limits.wait_s)
        except subprocess.TimeoutExpired:
            child.kill()
            raise ChildDiedError("time") from None
        except BaseException:
            child.kill()
            raise
    head, _, payload = out.partition(b"\n")
    if child.returncode or not head:
        raise _death(child.returncode, said)
    answer = json.loads(head)
    if "error" in answer:
        raise _error(answer)
    if "defect" in answer:
        raise ChildDefectError(answer["defect"])
    return answer["value"], payload


def _death(code: int, said: bytes) -> Exception:
    if -code in (24, 9):  # SIGXCPU, and the kill that follows it
        return ChildDiedError("time")
    if b"MemoryError" in said or b"bad_alloc" in said or b"Cannot allocate memory" in said:
        return ChildDiedError("memory")
    return ChildDiedError("crash")


def _error(answer: dict[str, Any]) -> UserError:
    """Return a child's error as it was raised there."""
    if answer["error"] == RefusedFileError.__name__:
        return RefusedFileError(answer["code"], answer["message"])
    kind = SourceError if answer["error"] == SourceError.__name__ else UserError
    return kind(answer["message"])


def _function(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def _both(value: Any) -> tuple[Any, bytes]:
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bytes):
        return value
    return value, b""


def _answer(told: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        value, payload = _both(_function(told["target"])(*told["args"]))
        return {"value": value}, payload
    except RefusedFileError as error:
        name = RefusedFileError.__name__
        return {"error": name, "code": error.code, "message": error.sentence}, b""
    except UserError as error:
        return {"error": type(error).__name__, "message": str(error)}, b""
    except MemoryError:
        raise
    except Exception:
        return {"defect": traceback.format_exc()}, b""


def main() -> None:
    """Do the work told on standard input, and tell its answer on standard output."""
    global _inside
    _inside = True
    told = json.loads(sys.stdin.buffer.read())
    limits = Limits(**told["limits"])
    give_up(memory_bytes=limits.memory_bytes, cpu_s=limits.cpu_s, file_bytes=limits.file_bytes)
    # What a library prints goes to standard error: the answer has its pipe for itself.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    answer, payload = _answer(told)
    with os.fdopen(answer_to, "wb") as out:
        out.write(json.dumps(answer).encode() + b"\n" + payload)


if __name__ == "__main__":
    # Under its own name, so that ``_inside`` is the one that the functions ask.
    import_module("coverage.base.limited").main()
