"""What a benchmark hands over, kept as JSON, and the tables of the documentation made of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks import machine
from tests.benchmarks.pairs import Pairs

Cell = str | int | float | None

RATIO_COLUMNS = (
    "work", "peer", "wanted", "ratio", "quartiles", "ours", "peer's time",
    "preparation, ours", "preparation, peer", "load",
)  # fmt: skip


@dataclass
class Table:
    """One table of the documentation: ``name`` is that of its marker."""

    name: str
    columns: Sequence[str]
    rows: list[list[Cell]] = field(default_factory=list)

    @classmethod
    def of_ratios(cls, name: str) -> Table:
        """Return an empty table of ratios."""
        return cls(name, RATIO_COLUMNS)

    def add(self, *cells: Cell) -> None:
        """Add a row, and show it."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{self.name}: {len(cells)} cells for {len(self.columns)} columns.")
        self.rows.append(list(cells))
        print("  " + " | ".join(text(cell) for cell in cells), flush=True)

    def add_ratio(
        self,
        work: str,
        peer: str,
        pairs: Pairs,
        *,
        wanted: float | None = None,
        ours_s: float | None = None,
        peer_s: float | None = None,
    ) -> None:
        """Add a comparison; ``ours_s`` and ``peer_s`` are the seconds of preparation."""
        low, middle, high = pairs.quartiles
        bar = "reported" if wanted is None else f"≥ {wanted:g}"
        self.add(
            work, peer, bar, f"**{number(middle)}**", f"{number(low)} to {number(high)}",
            duration(pairs.our_median_s), duration(pairs.peer_median_s),
            duration(ours_s), duration(peer_s), round(pairs.load, 1),
        )  # fmt: skip

    def add_missing(self, work: str, peer: str, reason: str, wanted: float | None = None) -> None:
        """Add a comparison that could not be made, and why."""
        bar = "reported" if wanted is None else f"≥ {wanted:g}"
        blanks = [None] * (len(self.columns) - 4)
        self.add(work, peer, bar, f"not available: {reason}", *blanks)


def number(value: float) -> str:
    """Return three significant digits."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def duration(seconds: float | None) -> str:
    """Return a time in the unit that suits it."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{number(1e3 * seconds)} ms"
    return f"{number(seconds)} s"


def text(cell: Cell) -> str:
    """Return a cell as it is printed."""
    if cell is None:
        return ""
    return number(cell) if isinstance(cell, float) else str(cell)


def keep(folder: Path, benchmark: str, tables: Sequence[Table]) -> None:
    """Write the tables of one benchmark with the machine they were measured on."""
    content = {
        "benchmark": benchmark,
        "machine": machine.describe(),
        "tables": [asdict(table) for table in tables],
    }
    (folder / f"{benchmark}.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1), "utf-8"
    )


def kept(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what was kept, by benchmark."""
    files = sorted(folder.glob("*.json"))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in files}


def markdown(table: dict[str, Any], described: dict[str, Any]) -> str:
    """Return a table as Markdown, with the machine below it."""
    head = [table["columns"], ["---"] * len(table["columns"])]
    lines = [
        "| " + " | ".join(text(cell) for cell in row) + " |" for row in [*head, *table["rows"]]
    ]
    where = (
        f"{described['processor']}, {described['cores']} cores, {described['memory_gib']} GiB, "
        f"{described['system']}; load at the end {described['load']}"
    )
    return "\n".join([*lines, "", f"*{where}*"])


def filled(document: str, results: dict[str, dict[str, Any]]) -> str:
    """Return the document with each table between its markers replaced by the one kept.

    A marker is ``<!-- table: NAME -->`` … ``<!-- end -->``. A table without results stays.
    """
    for result in results.values():
        for table in result["tables"]:
            start, end = f"<!-- table: {table['name']} -->", "<!-- end -->"
            if start not in document:
                raise ValueError(f"The document has no place for the table {table['name']}.")
            before, rest = document.split(start, 1)
            _, after = rest.split(end, 1)
            body = markdown(table, result["machine"])
            document = f"{before}{start}\n{body}\n{end}{after}"
    return document
