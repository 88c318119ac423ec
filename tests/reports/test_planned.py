from dataclasses import replace

from coverage.model.plan import PlannedSite
from coverage.reports.planned import planned_places
from tests.reports.unknown import unknown_population
from tests.toy import toy_result


def test_the_commune_follows_the_name_unless_it_is_spelled_there() -> None:
    result = toy_result()
    assert [place.name for place in planned_places(result)] == ["Castellu AP", "L’Île-Verte RP"]
    capitals = replace(result.plan.sites[0], nom="CASTELLU AP")
    part = replace(result.plan.sites[0], nom="Le Petit-Castellu")
    elsewhere = PlannedSite("no:1", "POINT", "mairie", 9.0, 42.0, 1.0)
    plan = replace(result.plan, sites=(capitals, part, elsewhere))
    places = planned_places(replace(result, plan=plan))
    assert [place.name for place in places] == [
        "CASTELLU AP (Castellu)",
        "Le Petit-Castellu (Castellu)",
        "POINT",
    ]
    assert [place.number for place in places] == [1, 2, 3]
    assert places[0].site.nom == "CASTELLU AP"


def test_without_a_population_no_place_is_proposed() -> None:
    assert unknown_population().plan.sites
    assert planned_places(unknown_population()) == []
