"""What each page says, to whom it answers, and what it refuses."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from coverage.base.errors import MissingLayerError
from coverage.base.workspace import Workspace
from coverage.model.plan import PlannedSite, Status
from coverage.reports.words.sentences import NEED_RUNGS
from coverage.reports.words.why import why
from coverage.web.app import create_app
from tests.reports.ranked import ranked_result
from tests.toy import HOSTILE_NAME, toy_result

PAGES = ("/", "/t/2A/", "/t/2A/carte", "/t/2A/placement", "/t/2A/telechargements", "/t/2A/comment")
PAGES += ("/comment", "/t/2A/detections", "/t/2A/donnees")
STUDY_PAGES = PAGES[1:5]


def read(client, address: str, status: int = 200) -> str:
    with client.get(address) as answer:
        assert answer.status_code == status, address
        return answer.get_data(as_text=True)


def words(page: str) -> str:
    """The page's text, without its tags, spaces made equal."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_french_and_has_its_landmarks(client, address):
    page = read(client, address)
    assert '<html lang="fr">' in page
    assert page.count("<h1") == 1
    assert 'href="#contenu"' in page
    assert page.count("<main") == page.count("<footer") == 1
    assert "user-scalable" not in page


@pytest.mark.parametrize("address", [*PAGES, "/t/2A/carte/folium", "/rien"])
def test_every_script_and_style_is_signed_and_none_is_inline(client, address):
    with client.get(address) as answer:
        page, policy = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)[1]
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", page):
        assert f'nonce="{nonce}"' in tag
    assert not re.search(r'<[^>]+\s(?:style|on\w+)="', re.sub(r"<script.*?</script>", "", page))
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_headers_say_what_is_allowed(client):
    with client.get("/") as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    for rule in (
        "default-src 'none'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_each_answer_has_a_nonce_of_its_own(client):
    found = set()
    for _ in range(3):
        with client.get("/t/2A/carte/folium") as answer:
            page = answer.get_data(as_text=True)
            nonce = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])[1]
        assert f'<script nonce="{nonce}"' in page
        found.add(nonce)
    assert len(found) == 3


def test_home_tells_the_figures(client):
    text = words(read(client, "/"))
    assert "88,6 %" in text  # 6,200 of 7,000
    assert "des 7 000 habitants sont à 20 min ou moins" in text
    assert "habitants restent à couvrir à 20 min 800" in text
    assert "+ 650" in text
    assert "Où le plus de personnes sont concernées" in text
    assert "Castellu : 49 personnes concernées" in text
    assert (
        "Indice le plus élevé : Isulella (hors d’atteinte), Monte Scuru (47 min), Forca (31 min)."
        in text
    )
    assert "Âge des données : Toy-du-Sud" in text
    assert "Indre (36)" in text
    assert "Réseau routier" in text
    assert "maillage run 36" in text
    assert "1 territoire dont les données ne sont pas encore là" in text
    assert "4 juin 2025" in text
    assert "Déposez votre fichier" in text


def test_the_data_are_told_with_their_age_their_use_and_what_was_done_to_them(client):
    text = words(read(client, "/t/2A/donnees"))
    assert "Que valent les données ?" in text
    # All of the toy town's dated layers but one were already old when they were written.
    assert "reposent sur des couches à vérifier ou à actualiser" in text
    assert "Reposent sur des couches dont la date est inconnue : 5 % des habitants à portée" in text
    assert "× À actualiser" in text
    assert "Indice de fragilité numérique Mednum, à confirmer 2023" in text
    assert "etapes : lieu ailleurs · écarté · 1 fois" in text
    assert text.index("lieu ailleurs") < text.index("coordonnées inversées")
    assert HOSTILE_NAME not in read(client, "/t/2A/donnees")
    assert 'href="/t/2A/donnees"' in read(client, "/t/2A/")


def test_home_prefers_a_real_territory_to_the_fictitious_one(open_app):
    from tests.web.conftest import state

    toy = toy_result()
    demo = replace(toy, params=replace(toy.params, territory="00"), nom="Démonstration")
    both = (state("demo", "Démonstration", "ready"), state("2A", "Corse-du-Sud", "ready"))
    results = {"00": demo, "2A": toy}
    assert '<h2 id="t-courant">Toy-du-Sud (2A)' in read(open_app(results, both), "/")
    alone = read(open_app(results, both[:1]), "/")
    assert '<h2 id="t-courant">Démonstration (demo)' in alone
    assert "Autres territoires" not in alone  # the one shown above is no other


def test_home_without_any_study_says_what_to_do(open_app):
    page = words(read(open_app({}), "/"))
    assert "Aucun territoire n’est prêt" in page
    assert "maillage run demo" in page


def test_the_list_is_sorted_by_persons_concerned(client):
    page = read(client, "/t/2A/carte")
    order = re.findall(r'<tr data-code="(\w+)"', page)
    assert order[:3] == ["2A004", "2A003", "2A005"]
    assert len(order) == 8
    assert re.search(r'data-key="personnes"[^>]*aria-sort="descending"', page)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("tri=indice-desc", "2A007", "2A001"),
        ("tri=temps-desc", "2A007", "2A001"),
        ("tri=commune-asc", "2A001", "2A008"),
        ("tri=habitants-asc", "2A007", "2A001"),
        ("tri=personnes-desc&tri=temps-asc", "2A001", "2A007"),
        ("tri=autre", "2A004", "2A008"),
    ],
)
def test_the_list_is_sorted_without_javascript(client, query, first, last):
    order = re.findall(r'<tr data-code="(\w+)"', read(client, f"/t/2A/carte?{query}"))
    assert (order[0], order[-1]) == (first, last)


def test_the_list_is_searched_without_javascript(client):
    found = read(client, "/t/2A/carte?q=ILE+verte")
    assert re.findall(r'<tr data-code="(\w+)"[^>]*"(?! hidden)>', found) == ["2A003"]
    assert "1 commune sur 8 pour « ILE verte ». Voir toutes les communes" in words(found)
    empty = words(read(client, "/t/2A/carte?q=Zonsa"))
    assert "Aucune commune ne correspond à « Zonsa »" in empty


def test_a_commune_is_selected_without_javascript(client):
    page = read(client, "/t/2A/carte?commune=2A007")
    assert re.search(r'<tr data-code="2A007"[^>]*aria-current="true"', page)
    assert "> 60" in words(page)
    assert '<section id="card"' in page
    assert "hidden" not in re.search(r'<section id="card"[^>]*>', page)[0]


def test_the_card_tells_rank_interval_choice_and_reasons(open_app):
    client = open_app({"2A": ranked_result()})
    text = words(read(client, "/t/2A/carte?commune=2A003"))
    card = text[text.index("Rang et intervalle") : text.index("Fermer la fiche")]
    assert "10e ex æquo [8 à 14]" in card
    assert "Jusqu’à un conseiller 22 min" in card
    assert "Zonage : FRR socle, du 1er juillet 2024 au 31 décembre 2029" in card
    assert "choix sensible : hors des dix premiers dans 55 % des tirages" in card
    assert "200 de ses 300 habitants sont à plus de 20 min" in card
    assert "population ajustée par l’indice de fragilité numérique, IFN" in card
    assert "10e sur 24" in card


def test_the_reasons_of_any_area_are_given_to_the_card(client):
    with client.get("/t/2A/pourquoi/2A003") as answer:
        told = answer.json["pourquoi"]
    assert told == list(why(toy_result(), "2A003"))
    with client.get("/t/2A/pourquoi/QP02A001") as answer:
        assert len(answer.json["pourquoi"]) == 3
    for code in ("36044", "<b>", ".."):
        read(client, f"/t/2A/pourquoi/{code}", 404)


@pytest.mark.parametrize("rung", [1, 2, 3])
@pytest.mark.parametrize("address", ["/t/2A/", "/t/2A/carte", "/t/2A/comment"])
def test_the_rung_of_need_is_named_where_need_shows(open_app, rung, address):
    text = words(read(open_app({"2A": toy_result(need_rung=rung)}), address))
    assert NEED_RUNGS[rung] in text


def test_what_the_visitor_types_is_escaped(client):
    page = read(client, '/t/2A/carte?q="><script>alert(1)</script>')
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_hostile_names_are_text(open_app):
    toy = toy_result()
    site = PlannedSite("places:2", HOSTILE_NAME, "partenaire", 9.25, 42.05, 450.0)
    communes = toy.communes.copy()
    communes.loc[0, "nom"] = HOSTILE_NAME
    hostile = replace(
        toy, nom=HOSTILE_NAME, communes=communes, plan=replace(toy.plan, sites=(site,))
    )
    client = open_app({"2A": hostile})
    for address in STUDY_PAGES:
        page = read(client, address)
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in read(client, "/t/2A/carte/folium")


def test_placement_tells_the_result_and_its_proof(client):
    text = words(read(client, "/t/2A/placement"))
    assert "avec 2 permanences de plus, ils seraient 97,9 % (650 personnes de plus)" in text
    assert "Optimal prouvé" in text
    assert "Aucun autre choix de 2 lieux" in text
    assert "1 Castellu AP agence postale communale + 450" in text
    assert "n’ajoute" not in text
    assert "60 personnes n’atteignent aucun conseiller" in text
    assert "FRR socle 1 310 45,8 % 95,4 % + 650" in text


@pytest.mark.parametrize(
    ("status", "told"),
    [(Status.FEASIBLE, "Faisable, écart ≤ 2,0 %"), (Status.INTERRUPTED, "Interrompu, écart ≤ 2,0")],
)
def test_placement_never_says_optimal_without_proof(open_app, status, told):
    toy = toy_result()
    plan = replace(toy.plan, status=status, bound=6987.0, gap=0.02)
    text = words(read(open_app({"2A": replace(toy, plan=plan)}), "/t/2A/placement"))
    assert told in text
    assert "Optimal prouvé" not in text


def test_placement_without_a_plan_says_what_to_do(open_app):
    toy = toy_result()
    plan = replace(toy.plan, status=Status.INFEASIBLE, sites=(), rule="p")
    text = words(read(open_app({"2A": replace(toy, plan=plan)}), "/t/2A/placement"))
    assert "Infaisable" in text
    assert "maillage place 2A" in text


@pytest.mark.parametrize("address", STUDY_PAGES)
def test_an_estimate_is_marked_and_never_called_a_drive(open_app, client, address):
    estimated = read(open_app({"2A": toy_result(estimate=True)}), address)
    assert "estimation à vol d’oiseau" in estimated
    footer = words(estimated[estimated.index("<footer") :])
    assert "estimation à vol d’oiseau" in footer
    assert "hors congestion" not in footer
    assert "temps de trajet en voiture, hors congestion" in words(read(client, address))
    for box in re.findall(r'<section class="box current".*?</section>', estimated, re.DOTALL):
        assert box.count("estimation à vol d’oiseau") == 1
    if address.endswith("placement"):
        assert "estimation à vol d’oiseau" not in read(client, address)


@pytest.mark.parametrize("page", ["carte", "detections", "placement", "telechargements"])
def test_the_fictitious_territory_is_marked(open_app, page):
    toy = toy_result()
    demo = replace(toy, params=replace(toy.params, territory="00"))
    client = open_app({"00": demo})
    for name in ("demo", "00"):
        assert "Territoire fictif" in read(client, f"/t/{name}/{page}")


def test_downloads_are_named_files_of_the_current_run(client, workspace: Workspace):
    run = workspace.runs / toy_result().run_id
    for place, content in {"report/rapport.pdf": b"%PDF", "need/communes.csv": b"code"}.items():
        path = run / place
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    workspace.maps.mkdir()
    (workspace.maps / "2A.html").write_bytes(b"<!doctype html>")
    (run / "run.json").write_text("{}")
    page = read(client, "/t/2A/telechargements")
    assert re.findall(r"/t/2A/fichiers/([\w.]+)", page) == [
        "rapport.pdf",
        "carte.html",
        "communes.csv",
    ]
    with client.get("/t/2A/fichiers/rapport.pdf") as answer:
        assert answer.data == b"%PDF"
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename=maillage-2A-rapport.pdf"
        )
    with client.get("/t/2A/fichiers/carte.html") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name",
    ["run.json", "plan.json", "..%2Frun.json", "%2e%2e%2fcommunes.csv", "communes.csv%00", ".."],
)
def test_no_other_file_is_given(client, workspace: Workspace, name):
    run = workspace.runs / toy_result().run_id
    run.mkdir(parents=True)
    Path(run / "run.json").write_text("secret")
    with client.get(f"/t/2A/fichiers/{name}") as answer:
        assert answer.status_code == 404
        assert b"secret" not in answer.data


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/rien", "Page introuvable"),
        ("/t/ZZ/carte", "Territoire inconnu"),
        ("/t/..%2f..%2fetc/carte", "Page introuvable"),
        ("/t/36/carte", "Territoire à préparer"),
        ("/moteur-carte/../app.py", "Page introuvable"),
        ("/moteur-carte/map.js", "Page introuvable"),
    ],
)
def test_what_is_not_there_is_told_in_french(client, address, title):
    page = read(client, address, 404)
    assert f"<h1>{title}</h1>" in page
    assert "Revenir à l’accueil" in page


def test_a_territory_to_prepare_says_how(client):
    assert "maillage run 36" in read(client, "/t/36/carte", 404)


def test_errors_have_typographic_apostrophes(open_app, workspace):
    def load(*_):
        raise MissingLayerError("Rien n'est prêt. Lancez : maillage run 36")

    client = create_app(workspace, load=load, states=lambda _: ()).test_client()
    page = read(client, "/t/36/carte", 404)
    assert "Rien n’est prêt" in page


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_changed(client, method):
    for address in ("/", "/t/2A/carte", "/t/2A/fichiers/plan.json"):
        with getattr(client, method)(address) as answer:
            assert answer.status_code == 405


def test_our_own_failure_is_told_without_its_insides(workspace, caplog):
    from coverage.web.app import create_app

    def broken(*_):
        raise RuntimeError("a secret of ours")

    client = create_app(workspace, load=broken, states=lambda _: ()).test_client()
    page = read(client, "/t/2A/carte", 500)
    assert "Une erreur de notre côté" in page
    assert "secret" not in page
    assert "a secret of ours" in caplog.text


def test_another_host_name_is_refused(client):
    with client.get("/", headers={"Host": "maillage.example"}) as answer:
        assert answer.status_code == 400
        assert "adresse locale" in answer.get_data(as_text=True)
    for host in ("127.0.0.1:8000", "localhost:8000"):
        with client.get("/health", headers={"Host": host}) as answer:
            assert answer.status_code == 200, host


@pytest.mark.parametrize("address", ["/health", "/sante"])
def test_health(client, address):
    with client.get(address) as answer:
        assert answer.json == {"status": "ok"}


def test_the_map_engine_is_served_from_here(client):
    assert "Leaflet" in read(client, "/moteur-carte/leaflet.js")
    page = read(client, "/t/2A/carte/folium")
    for address in re.findall(r'(?:src|href)="([^"#]+)"', page):
        with client.get(address) as answer:
            assert answer.status_code == 200, address
