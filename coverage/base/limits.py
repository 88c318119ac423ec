"""What a process that reads somebody's file gives up before it begins."""

from __future__ import annotations

import ctypes
import resource

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
_MOST_OPEN_FILES = 64


def give_up(*, memory_bytes: int, cpu_s: int, file_bytes: int) -> None:
    """Limit this process for good: memory, processor time, the size of what it writes; no network.

    What the system doesn't allow is left as it is (the network, elsewhere than on Linux).
    """
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, _MOST_OPEN_FILES),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None and unshare(_NEW_NETWORK):
        unshare(_NEW_NETWORK | _NEW_USER)
