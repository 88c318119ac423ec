"""Every kind of file that people send, good or bad, gets its answer: all of it at the same door."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coverage.base import limited
from coverage.model.answers import FAMILY_OF, FIX, OK
from tests.sources.given.cases import layers, roads, sheets, tables
from tests.sources.given.cases.case import Case

CASES = [*tables.CASES, *sheets.CASES, *layers.CASES, *roads.CASES]
_FRENCH = re.compile(r"\b(le|la|les|un|une|des|de|du|est|et|ou)\b|[nld]’", re.IGNORECASE)


def test_each_case_has_its_own_id_and_file():
    assert len(CASES) == 104
    assert len({case.id for case in CASES}) == len({case.file for case in CASES}) == 104
    assert {case.answer for case in CASES} <= {OK, FIX, *FAMILY_OF}


#: Of each format a file that is taken and one that is refused; `make test-all` tries them all.
_ALWAYS_THROUGH_A_CHILD = {"C04", "C15", "X00", "J07", "G01", "S01", "P00", "P06"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.file}")
def test_a_file_gets_its_answer(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In this process, as the limited child does it."""
    monkeypatch.setattr(limited, "_inside", True)
    faults = faults_of(case, tmp_path, monkeypatch)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=f"{case.id}-{case.file}",
            marks=() if case.id in _ALWAYS_THROUGH_A_CHILD else pytest.mark.slow,
        )
        for case in CASES
    ],
)
def test_a_limited_child_gives_the_same(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    faults = faults_of(case, tmp_path, monkeypatch)
    assert not faults, "\n".join(faults)


def faults_of(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Check a case's file, and return all that is wrong with its answer."""
    from coverage.study.checking import check_file

    given, scratch = folder / "donnés", folder / "scratch"
    for made in (given, scratch):
        made.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.chdir(given)
    path = case.written_in(given)
    before = path.read_bytes()
    answer = check_file(path, case.kind)
    document = answer.document()
    said = " ".join([answer.message, *(repair.told() for repair in answer.repairs)])
    faults = []
    if answer.answer not in case.answers:
        right = " or ".join(sorted(case.answers)[:4])
        faults.append(f"answers {answer.answer}, not {right}: {said}")
    if path.read_bytes() != before or list(given.iterdir()) != [path] or list(scratch.iterdir()):
        faults.append("a file was written, and left there")
    if document["answer"] != answer.answer or not answer.message:
        faults.append("says nothing")
    if str(folder) in said or "Traceback" in said:
        faults.append(f"isn't a sentence for its reader: {said}")
    if case.told not in said:
        faults.append(f"doesn't tell {case.told!r}: {said}")
    told = {line for repair in answer.repairs for both in repair.lines for line in both}
    if answer.answer == FIX and not (answer.repairs and all(r.detail for r in answer.repairs)):
        faults.append("repairs without telling")
    if answer.answer == OK and answer.repairs:
        faults.append(f"tells repairs of a file taken as it is: {said}")
    if case.line and answer.answer == FIX and case.line not in told:
        faults.append(f"doesn't tell line {case.line}, but {sorted(told)}: {said}")
    if answer.answer not in (OK, FIX):
        faults += _faults_of_refusal(case, answer.message)
    return faults


def _faults_of_refusal(case: Case, message: str) -> list[str]:
    faults = []
    if case.file not in message:
        faults.append(f"doesn't name the file: {message}")
    if not _FRENCH.search(message):
        faults.append(f"isn't French: {message}")
    if case.line and not re.search(rf"(?<!\d){case.line}(?!\d)", message):
        faults.append(f"doesn't tell line {case.line}: {message}")
    if any(re.search(rf"\b{code}\b", message) for code in FAMILY_OF):
        faults.append(f"holds its code: {message}")
    if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", message):
        faults.append(f"holds control characters: {message!r}")
    if len(message) > 2_000:
        faults.append(f"is {len(message)} characters long")
    return faults
