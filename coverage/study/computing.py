"""Compute: layers in, one study out. It has never heard of a browser or of a queue."""

from __future__ import annotations

from coverage.base.progress import Progress, part, silent
from coverage.base.workspace import Workspace
from coverage.model.detections import with_counts
from coverage.model.params import StudyParams
from coverage.model.plan import Plan
from coverage.model.results import StudyResult
from coverage.model.services import CONTACT_KINDS, ServiceTable
from coverage.need.coverage import coverage_figures, group_figures
from coverage.need.figures import commune_figures, place_counts, qpv_figures
from coverage.need.foundations import foundations
from coverage.need.groups import Groups
from coverage.need.legal import LegalTest, further, legal_communes, legal_table, legal_test
from coverage.need.orientation import orientation
from coverage.need.points import MODES, Ground, points_of
from coverage.need.reach import Reach
from coverage.need.surface import BANDWIDTH_M
from coverage.placement.place import place
from coverage.study.changes import changed
from coverage.study.drawing import draw_catchments, draw_density, no_catchments, no_density
from coverage.study.layers import NEIGHBOUR, OUTLINE, Layers, load_layers
from coverage.study.origins import tellers_of


def place_permanences(layers: Layers, params: StudyParams, services: ServiceTable) -> Plan:
    """Return the best plan found for the parameters, with its certificate."""
    inputs = {name: layers.inputs[name] for name in ("demand", "sites", "costs")}
    return place(layers.demand, layers.sites, layers.costs, params, services, inputs=inputs)


def ground_of(layers: Layers, services: ServiceTable) -> Ground:
    """Return the homes, the places, the ways between them, and who else reaches the places."""
    return Ground.of({mode: layers.reach(mode) for mode in MODES}, services, layers.rivals())


def tested_legally(layers: Layers, reach: Reach) -> LegalTest:
    """Count who is far from La Poste's contact points, the ones across the border included.

    ``reach`` is that of the layers by car. What a contact point is, is La Poste's to say, whatever
    a workspace's table of services does.
    """
    contact_ds = reach.nearest_ds(reach.sites_with(CONTACT_KINDS))
    road, crow = (further(layers.demand, layers.distances, by=by) for by in ("road_m", "crow_m"))
    return legal_test(layers.demand, layers.communes, contact_ds, road, crow)


def compute(
    workspace: Workspace,
    params: StudyParams,
    progress: Progress = silent,
    *,
    drawn: bool = True,
) -> StudyResult:
    """Run a study on built layers: coverage, access, priorities, legal test, plan, catchments.

    With ``params.closed`` or ``params.opened`` the figures are those of the changed places; the
    legal test tells today's as well. Without ``drawn`` nothing for the eye is drawn: no catchment,
    no density.
    """
    progress(0.0, "Lecture des couches")
    today = load_layers(workspace, params.territory)
    services = ServiceTable.load(workspace.root)
    progress(0.1, "Fermetures et ouvertures")
    layers = changed(today, params.closed, params.opened)
    progress(0.2, "Placement des permanences")
    plan = place_permanences(layers, params, services)
    progress(0.4, "Besoin et accès")
    planned = [site.site_id for site in plan.sites]
    ground = ground_of(layers, services)
    points = points_of(ground, minutes=params.minutes, decay=params.decay, planned=planned)
    groups = Groups.of(layers.communes, layers.profiles, layers.zones, ground)
    progress(0.5, "Priorités et intervalles")
    rung = int(layers.facts["need_rung"])
    told, seeded = with_counts(layers.detections), {"draws": params.draws, "seed": params.seed}
    communes = commune_figures(
        layers.communes, ground, points, rung=rung, detections=told, **seeded
    )
    qpv = qpv_figures(layers.zones, ground, points, detections=told, **seeded)
    progress(0.6, "Test légal et orientation")
    now = tested_legally(layers, ground.drive)
    before, after = (now, None) if layers is today else (tested_legally(today, today.reach()), now)
    tellers = tellers_of(layers.sources, need_rung=rung, estimate=layers.estimate)
    unknown = frozenset(layers.facts["unknown_kinds"])
    steps = orientation(
        layers.sites,
        layers.links,
        services,
        accepts=dict(params.accepts),
        unknown_kinds=unknown,
    )
    facts = {
        "unknown_hours": points.unknown_hours,
        "unreached_supply": points.unreached_supply,
        "neutral": {"communes": list(communes.neutral), "qpv": list(qpv.neutral)},
        "density_bandwidth_m": BANDWIDTH_M,
    }
    kind = layers.zones["kind"]
    drawing = part(progress, 0.65, 1.0)
    areas = (
        draw_catchments(layers, params.catchment_kinds, params.catchment_minutes, progress=drawing)
        if drawn
        else no_catchments()
    )
    progress(1.0, "Étude terminée")
    return StudyResult(
        run_id=params.run_id(layers.inputs),
        nom=layers.nom,
        params=params,
        inputs=layers.inputs,
        sources=layers.sources,
        estimate=layers.estimate,
        need_rung=rung,
        communes=communes.table,
        qpv=qpv.table,
        coverage=coverage_figures(groups, ground, points),
        groups=group_figures(groups, points),
        foundations=foundations(ground, points, tellers),
        legal=legal_table(before, after),
        legal_communes=legal_communes(before, after),
        orientation=steps,
        matches=layers.matches,
        profiles=layers.profiles,
        places=place_counts(layers.sites, services, unknown),
        sites=layers.sites,
        zones=layers.zones[~kind.isin([OUTLINE, NEIGHBOUR])].reset_index(drop=True),
        outline=layers.zones.loc[kind == OUTLINE, ["geometry"]].reset_index(drop=True),
        neighbours=layers.zones.loc[kind == NEIGHBOUR, ["geometry"]].reset_index(drop=True),
        catchments=areas,
        detections=layers.detections,
        # Those that were detected were where the places are today.
        density=draw_density(today) if drawn else no_density(),
        quality=layers.quality,
        plan=plan,
        unreachable_persons=float(points.persons[points.unreached].sum()),
        facts={**layers.facts, **facts},
    )
