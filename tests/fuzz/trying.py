"""One reader under the fuzzer, in this process: its door is called as the limited child calls it.

A file may be taken or refused; anything else that its reader does is a finding: its bytes are kept
under the name of the error and of the line that raised it, once each.
"""

from __future__ import annotations

import json
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["coverage"]):
    # numba must come through our door before anything else imports it
    import coverage.base.jit  # noqa: F401
    from coverage.base import limited
    from coverage.base.errors import RefusedFileError
    from coverage.model.answers import FAMILY_OF
    from coverage.study.checking import check_file

from tests.fuzz.readers import READERS


def main() -> None:
    """Try a reader: its name, where findings are kept, where files are tried, libFuzzer's words."""
    name, kept, scratch, *options = sys.argv[1:]
    reader, findings = READERS[name], Path(kept)
    limited._inside = True
    path = Path(scratch) / f"t{reader.suffix}"
    answers = {"OK", "FIX", *FAMILY_OF}
    seen: set[str] = set()
    with atheris.instrument_imports(include=["coverage"]):
        part = limited._function(reader.part) if reader.part else None

    def one_file(content: bytes) -> None:
        path.write_bytes(content)
        try:
            if part is None:
                answer = check_file(path, reader.kind)
                if answer.answer not in answers or not answer.message:
                    raise AssertionError(f"answers {answer.answer!r}: {answer.message!r}")
                json.dumps(answer.document(), ensure_ascii=False).encode()
            else:
                with suppress(RefusedFileError):
                    part(path)
        except Exception as error:
            _keep(error, content, findings, seen)

    def changed(content: bytes, most: int, seed: int) -> bytes:
        assert reader.mutate is not None
        return reader.mutate(content, most, seed, atheris.Mutate)[:most]

    with atheris.instrument_imports(include=["coverage"]):
        for seed in reader.seeds():  # imports what each of them needs
            one_file(seed)
    arguments = [sys.argv[0], *options]
    if reader.mutate is None:
        atheris.Setup(arguments, one_file)
    else:
        atheris.Setup(arguments, one_file, custom_mutator=changed)
    atheris.Fuzz()


def _keep(error: BaseException, content: bytes, findings: Path, seen: set[str]) -> None:
    last = traceback.extract_tb(error.__traceback__)[-1]
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "coverage/" in frame.filename
    ]
    at = ours[-1] if ours else last
    name = f"{type(error).__name__}-{Path(at.filename).stem}-{at.lineno}"
    if name not in seen:
        seen.add(name)
        (findings / name).write_bytes(content)
        traceback.print_exception(error)


if __name__ == "__main__":
    main()
