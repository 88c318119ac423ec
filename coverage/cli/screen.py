"""What a command shows while it works and when it is done."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from coverage.base.progress import Progress


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show one bar for the whole command, on standard error; a log file gets one line a step."""
    from tqdm import tqdm

    told: list[str] = []
    # Half of the screen is the bar's; a title and its megabytes need the other.
    width = max(36, min(72, shutil.get_terminal_size().columns // 2))
    with tqdm(
        total=100,
        unit="%",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        bar_format="{l_bar}{bar}| {elapsed}",
        leave=False,
    ) as bar:

        def show(share: float, text: str) -> None:
            if bar.disable:
                if not told or told[-1] != text:
                    told.append(text)
                    print(f"  {round(100 * share):3d} %  {text}", file=sys.stderr, flush=True)
                return
            bar.set_description_str(f"{text:<{width}.{width}}")
            bar.n = max(bar.n, min(100, round(100 * share)))
            bar.refresh()

        yield show
