"""JSON is bounded by its structure before it is parsed, and read piece by piece."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.base.errors import RefusedFileError
from coverage.sources.given.layers.features import MOST_VERTICES
from coverage.sources.given.layers.json_text import JsonText, refuse_excess

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def refusal(text: str) -> RefusedFileError:
    reader = JsonText(text, "c.geojson")
    with pytest.raises(RefusedFileError) as refused:
        for _ in reader.members():
            reader.value()
        reader.end()
    return refused.value


@settings(max_examples=40)
@given(st.dictionaries(st.text(), VALUES, max_size=5), st.sampled_from([None, 1]))
def test_members_are_those_of_the_standard_reader(document: dict, indent: int | None) -> None:
    text = json.dumps(document, indent=indent)
    refuse_excess(text.encode(), "c.geojson")
    reader = JsonText(f" {text}\n", "c.geojson")
    assert {key: reader.value() for key in reader.members()} == json.loads(text)
    reader.end()


@settings(max_examples=40)
@given(st.lists(VALUES, max_size=5))
def test_elements_are_those_of_the_standard_reader(document: list) -> None:
    text = json.dumps(document)
    reader = JsonText(text, "c.geojson")
    assert list(reader.elements()) == json.loads(text)
    reader.end()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1, "a": 2}', "clé «\u00a0a\u00a0»"),
        ('{"a": {"b": 1, "b": 2}}', "clé «\u00a0b\u00a0»"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "-Infinity"),
        ('{"a": 1,\n "b": }', "ligne 2"),
        ('{"a": 1', "coupé"),
        ('{"a": "x', "erreur au caractère 7"),
        ("{", "coupé"),
        ('{"a": 1,}', "erreur"),
        ('{"a" 1}', "erreur"),
        ("{a: 1}", "erreur"),
        ('{"a": 1} {}', "après la fin"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(text: str, told: str) -> None:
    refused = refusal(text)
    assert refused.code == "BAD_JSON"
    assert told in refused.sentence
    assert ", ligne " in refused.sentence


def test_a_number_of_thousands_of_digits_is_no_number() -> None:
    assert refusal('{"a": ' + "1" * 5_000 + "}").code == "BAD_NUMBER"


def excess(text: str) -> str:
    try:
        refuse_excess(text.encode(), "c.geojson")
    except RefusedFileError as refused:
        return refused.code
    return ""


def test_depth_is_bounded_at_a_hundred_whatever_strings_hold() -> None:
    assert excess("[" * 100 + "]" * 100) == ""
    assert excess("[" * 101 + "]" * 101) == "BAD_JSON"
    assert excess("[" * 101) == "BAD_JSON"
    assert excess('["' + "[" * 500 + '\\"' + "{" * 500 + '"]') == ""
    assert excess('["' + "[" * 500) == ""


def ring(count: int) -> str:
    return '{"coordinates":[[' + ",".join(["[ 1.5 ,46]"] * count) + "]]}"


def test_vertices_are_counted_by_feature() -> None:
    few, many = MOST_VERTICES - 1, MOST_VERTICES + 1
    start = '{"features":['
    assert excess(start + ring(few) + "," + ring(few) + "]}") == ""
    assert excess(start + ring(2) + "," + ring(many) + "]}") == "TOO_COMPLEX"
    assert excess(ring(many)) == "TOO_COMPLEX"


def test_the_feature_of_too_many_vertices_is_told_over_long_texts() -> None:
    # The structure is looked at a few megabytes at a time: the third feature is in another part.
    text = '{"features":[' + ",".join(map(ring, (400_000, 450_000, 500_001))) + "]}"
    with pytest.raises(RefusedFileError, match="objet n°\u00a03,"):
        refuse_excess(text.encode(), "c.geojson")
