from __future__ import annotations

import json

import pytest

from coverage.base.errors import RefusedFileError
from coverage.network import json_stream
from coverage.network.json_stream import JsonStream

#: Every kind of value, whatever its text is cut into.
DOCUMENT = {
    "": [],
    "a": [{}, [], [[]], {"b": {"c": [None, True, False]}}, -1.5e-3, 0, 12345678901234567890],
    "é\u202f\U0001f6e3": ["", ' [{"\\\n', "été", "}]", "\u2028"],
    "last": [{"type": "way", "nodes": [1, 2, 3]}],
}


def stream(content: bytes, size: int = 7) -> JsonStream:
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    return JsonStream(pieces, "a.json")


def read(content: bytes) -> dict[str, list[object]]:
    """An object of lists, read as it comes."""
    coming = stream(content)
    found = {key: [coming.value() for _ in coming.elements()] for key in coming.members()}
    coming.end()
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le"])
@pytest.mark.parametrize("indent", [None, 1, "\t"])
@pytest.mark.parametrize("ahead", [1, 1 << 16])
def test_what_comes_is_what_was_written(encoding, indent, ahead, monkeypatch):
    monkeypatch.setattr(json_stream, "_AHEAD", ahead)
    for escaped in (True, False):
        text = json.dumps(DOCUMENT, ensure_ascii=escaped, indent=indent)
        assert read(text.encode(encoding)) == DOCUMENT


def test_what_is_cut_is_told():
    content = json.dumps(DOCUMENT).encode()
    for end in range(len(content)):
        with pytest.raises(RefusedFileError) as refused:
            read(content[:end])
        assert refused.value.code == "BAD_JSON"


def test_a_value_is_as_long_as_it_may_be_and_no_longer(monkeypatch):
    monkeypatch.setattr(json_stream, "_AHEAD", 16)
    monkeypatch.setattr(json_stream, "_MOST_CHARACTERS", 1000)
    value = {"a": ["b" * 200] * 4}
    assert stream(json.dumps(value).encode()).value() == value
    with pytest.raises(RefusedFileError) as refused:
        stream(json.dumps([[]] * 2000).encode()).value()
    assert refused.value.code == "TOO_COMPLEX"


def test_no_more_is_read_than_a_fault_needs(monkeypatch):
    monkeypatch.setattr(json_stream, "_AHEAD", 16)
    asked = []

    def endless():
        while len(asked) < 10_000:
            asked.append(1)
            yield b"[3 4] , "

    with pytest.raises(RefusedFileError):
        JsonStream(endless(), "a.json").value()
    assert len(asked) < 20


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"a": [], "a": []}', "deux fois"),
        (b'{"a": [{"b": 1, "b": 2}]}', "deux fois"),
        (b'{"a": [NaN]}', "NaN"),
        (b'{"a": [1,]}', "mal form"),
        (b'{"a": [],}', "mal form"),
        (b"{1: []}", "mal form"),
        (b'{"a": []} 3', "la fin"),
        (b'{"a": [' + b"9" * 5000 + b"]}", "mal form"),
        (b'{"a": [' + b"[" * 100_000, "mal form"),
    ],
)
def test_what_is_no_json(content, why):
    with pytest.raises(RefusedFileError, match=why) as refused:
        read(content)
    assert refused.value.code == "BAD_JSON"


def test_where_it_is_no_unicode():
    with pytest.raises(RefusedFileError, match="octet 13") as refused:
        read('{"a": ["été'.encode() + b"\xe9t\xe9")
    assert refused.value.code == "BAD_ENCODING"
