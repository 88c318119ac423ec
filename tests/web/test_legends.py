"""The legend's inhabitants agree with the figures told elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coverage.reports.words.factors import factors_of, formula
from coverage.reports.words.priority import index_legend
from coverage.web.figures import territory_figures
from coverage.web.legends import map_layers
from tests.toy import toy_result
from tests.toy_detections import sounded_result


def layer(key: str, **changes):
    return next(one for one in map_layers(toy_result(**changes)) if one.key == key)


def test_every_inhabitant_is_in_one_class():
    for key in ("score", "need"):
        assert sum(row.persons for row in layer(key).rows) == 7000


def test_minutes_are_counted_on_demand_points_not_on_communes():
    rows = layer("minutes").rows
    counted = [(row.label, row.persons) for row in rows if row.span and row.persons is not None]
    assert [persons for _, persons in counted] == [3600, 2600, 560, 240]
    figures = territory_figures(toy_result())
    first_dark = next(at for at, row in enumerate(rows) if row.break_text)
    beyond = [row.persons for row in rows[first_dark:] if row.span and row.persons is not None]
    assert sum(beyond) == figures.uncovered == 800


def test_another_limit_moves_the_break():
    toy = toy_result()
    rows = layer("minutes", params=replace(toy.params, minutes=15)).rows
    assert next(row.label for row in rows if row.break_text).startswith("plus de 15")
    persons = [row.persons for row in rows if row.span and row.persons is not None]
    assert sum(persons) == pytest.approx(7000)


def test_an_estimate_is_dashed_and_what_is_unknown_has_a_pattern():
    assert layer("score").rows[0].fill == "#FDF6E3"
    assert layer("score", estimate=True).rows[0].fill == "url(#est-score-0)"
    assert layer("minutes").rows[-1].fill == "url(#h-hors)"
    assert layer("need").rows[-1].label == "non disponible (n.d.)"


def test_without_detections_there_is_no_layer_of_them():
    assert [one.key for one in map_layers(toy_result())] == ["score", "minutes", "need"]


def test_the_legend_and_the_report_tell_the_index_by_the_same_factors():
    for result in (toy_result(), sounded_result()):
        score = next(one for one in map_layers(result) if one.key == "score")
        assert formula(factors_of(result.communes)) in score.reading
        assert formula(factors_of(result.communes)) in index_legend(result)
    assert "détections du secteur" in score.reading


def test_detections_are_told_by_block_and_never_sounded_is_no_class():
    layers = {one.key: one for one in map_layers(sounded_result())}
    assert list(layers)[-2:] == ["detections", "density"]
    persons = {row.label: row.persons for row in layers["detections"].rows}
    # Albarella and Forca at 1.97; Bocca-d’Oru and Monte Scuru at 1.15; two at 0.83; two unknown.
    assert list(persons.values()) == [0, 1100, 1290, 0, 4150, 0, 460]
    assert list(persons)[-1] == "jamais sondé"
    assert layers["detections"].rows[-1].fill == "url(#h-js)"
    assert "bloc" in layers["detections"].reading
    assert "classes autour du taux du territoire" in layers["detections"].reading
    assert "pas un taux plus haut" in layers["density"].reading
    assert "rayon de 10\u00a0km" in layers["density"].title
    assert all(row.persons is None for row in layers["density"].rows)
    assert layers["density"].rows[-1].label == "jamais sondé"


def test_never_sounded_is_in_the_legend_only_where_something_is_hatched():
    told = sounded_result().detections
    everywhere = replace(told, communes=told.communes.assign(served=True))
    result = replace(sounded_result(), detections=everywhere)
    density = next(one for one in map_layers(result) if one.key == "density")
    assert "jamais sondé" not in [row.label for row in density.rows]
