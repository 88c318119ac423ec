"""The owner's page: who may see it, that each look is written down, and that nothing else tells."""

from __future__ import annotations

import io
import json
import re

import pandas as pd
import pypdf
import pytest
from flask.testing import FlaskClient

from coverage.base.workspace import Workspace
from coverage.study import layer_files
from coverage.study.owner import ACCESS_FILE
from coverage.study.results import load_current
from coverage.web.app import create_app
from coverage.web.owner import EXPORTS
from tests.toy import toy_result
from tests.web.conftest import state
from tests.web.counters import town

PAGE = "/t/2A/detections/bureaux"
RAW_ONLY = pd.read_csv(town.HERE / "raw_only.csv", dtype=str)["figure"].tolist()


@pytest.fixture(scope="module")
def owned(tmp_path_factory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("owner"))
    town.studied(made)
    return made


@pytest.fixture(scope="module")
def client(owned) -> FlaskClient:
    ready = (state("2A", "Toy-du-Sud", "ready"),)
    return create_app(owned, load=load_current, states=lambda _: ready).test_client()


def looks(workspace: Workspace) -> list[dict[str, str]]:
    path = workspace.runs / ACCESS_FILE
    return (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )


def figures_in(text: str) -> set[str]:
    """The figures of the owner alone that a text holds, however they are written."""
    joined = re.sub(r"(?<=\d)[\u202f\u00a0 ](?=\d{3}(?!\d))", "", text)
    return {one for one in RAW_ONLY if re.search(rf"(?<![\w.]){one}(?![\w])", joined)}


def text_of(answer) -> str:
    if answer.mimetype == "application/pdf":
        pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
        return "\n".join(page.extract_text() for page in pages)
    return answer.get_data(as_text=True)


def test_the_owner_sees_each_counter(client):
    with client.get(PAGE) as answer:
        assert answer.status_code == 200
        page = answer.get_data(as_text=True)
    assert (
        "Données brutes\u00a0: réservées au propriétaire, ne pas diffuser".replace(
            "\u00a0", "&nbsp;"
        )
        in page
    )
    rows = re.findall(r'scope="row">([^<]+)<span', page)
    assert rows == ["Albarella Principal", "Castellu AP", "L’Île-Verte RP", "Bocca-d’Oru Principal"]
    assert "jamais sondé" in page
    assert "7\u202f019" in page
    assert "6\u202f052" in page
    with client.get(f"{PAGE}?tri=jours-desc") as answer:
        rows = re.findall(r'scope="row">([^<]+)<span', answer.get_data(as_text=True))
    assert rows[0] == "L’Île-Verte RP"


def test_the_owner_takes_the_files_away(client):
    for name in EXPORTS:
        with client.get(f"{PAGE}/{name}") as answer:
            assert answer.status_code == 200
            attached = f'attachment; filename="maillage-2A-{name}"'
            assert answer.headers["Content-Disposition"] == attached
            table = pd.read_csv(io.BytesIO(answer.data))
        assert set(table["diffusion"]) == {"restreinte : propriétaire seulement"}


@pytest.mark.parametrize(
    "asked",
    [
        {"environ_base": {"REMOTE_ADDR": "192.168.1.4"}},
        {"environ_base": {"REMOTE_ADDR": ""}},
        {"headers": {"X-Forwarded-For": "192.168.1.4"}},
        {"headers": {"Forwarded": "for=192.168.1.4"}},
        {"headers": {"Via": "1.1 proxy"}},
    ],
)
def test_nobody_else_is_answered_nor_told_that_there_is_such_a_page(client, owned, asked):
    before = looks(owned)
    for address in (PAGE, f"{PAGE}/donnees-brutes-bureaux.csv"):
        with client.get(address, **asked) as answer:
            assert answer.status_code == 404
            assert "Page introuvable" in answer.get_data(as_text=True)
    with client.get("/t/2A/detections", **asked) as answer:
        assert answer.status_code == 200
        assert PAGE not in answer.get_data(as_text=True)
    assert looks(owned) == before


@pytest.mark.parametrize("hosts", [None, [], ["127.0.0.1", "maillage.exemple.fr"]])
def test_an_app_open_to_other_hosts_has_no_such_page(client, hosts, monkeypatch):
    monkeypatch.setitem(client.application.config, "TRUSTED_HOSTS", hosts)
    with client.get(PAGE, headers={"Host": "127.0.0.1"}) as answer:
        assert answer.status_code in (400, 404)


def test_the_machine_itself_is_answered_by_either_address(client):
    for address in ("127.0.0.1", "::1"):
        with client.get(PAGE, environ_base={"REMOTE_ADDR": address}) as answer:
            assert answer.status_code == 200
    with client.get("/t/2A/detections") as answer:
        assert f'href="{PAGE}"' in answer.get_data(as_text=True)


def test_no_copy_is_kept(client):
    for address in (PAGE, f"{PAGE}/donnees-brutes-periodes.csv", f"{PAGE}/autre.csv"):
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == "no-store"


def test_each_look_is_written_down_without_any_count(client, owned):
    before = len(looks(owned))
    client.get(PAGE).close()
    client.get(f"{PAGE}/donnees-brutes-bureaux.csv").close()
    client.get(f"{PAGE}/autre.csv").close()
    noted = looks(owned)[before:]
    assert [one["what"] for one in noted] == [
        "page des bureaux",
        "fichier donnees-brutes-bureaux.csv",
    ]
    assert {one["territory"] for one in noted} == {"2A"}
    assert {one["who"] for one in noted} == {"application, 127.0.0.1"}
    assert not figures_in((owned.runs / ACCESS_FILE).read_text("utf-8"))


def test_what_cannot_be_written_down_is_not_shown(client, owned, monkeypatch):
    from coverage.study import owner

    def full(*_, **__):
        raise OSError("no room")

    monkeypatch.setattr(owner, "note_access", full)
    for address in (PAGE, f"{PAGE}/donnees-brutes-bureaux.csv"):
        with client.get(address) as answer:
            assert answer.status_code == 500
            assert not figures_in(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    "name", ["layers.current", "donnees-brutes-autre.csv", "..%2f..%2frun.json"]
)
def test_no_other_file_is_given(client, name):
    with client.get(f"{PAGE}/{name}") as answer:
        assert answer.status_code == 404


def test_before_any_study_or_any_counts_it_says_what_to_do(open_app):
    for results, remedy in (({}, "maillage run 2A"), ({"2A": toy_result()}, "build 2A")):
        with open_app(results).get(PAGE) as answer:
            assert answer.status_code == 404
            page = answer.get_data(as_text=True)
        assert "Territoire à préparer" in page
        assert remedy in page


def crawled(client: FlaskClient) -> dict[str, str]:
    """All that the app answers to who follows every link, but the owner's pages."""
    codes = [*toy_result().communes["code_insee"], "QP02A001"]
    wanted = ["/", *(f"/t/2A/pourquoi/{code}" for code in codes), "/openapi.json"]
    wanted += ["/t/2A/carte?couche=detections&commune=2A003", "/t/2A/detections?tri=tests-desc"]
    told: dict[str, str] = {}
    while wanted:
        address = wanted.pop().partition("#")[0]
        if address in told or address.startswith((PAGE, "/static/", "/moteur-carte/", "data:")):
            continue
        with client.get(address) as answer:
            told[address] = text_of(answer)
            if answer.mimetype == "text/html" and "/fichiers/" not in address:
                links = re.findall(r'(?:href|src|action)="(/[^"]*)"', told[address])
                wanted += [link.replace("&amp;", "&") for link in links]
    return told


def test_no_other_page_file_or_layer_holds_a_count_of_one_counter(client, owned):
    told = crawled(client)
    assert {"/t/2A/carte/folium", "/t/2A/fichiers/rapport.pdf", "/t/2A/apercu.svg"} <= set(told)
    assert len([one for one in told if "/fichiers/detections" in one]) == 4
    # what may be told is told: else this test looks at nothing
    assert "13\u202f062" in told["/t/2A/detections"]
    assert "13062" in told["/t/2A/fichiers/detections_blocs.csv"]
    assert {address: found for address, text in told.items() if (found := figures_in(text))} == {}
    for layer in layer_files.PROTECTED_LAYERS:
        table = layer_files.read_layer(
            store := layer_files.store_of(owned, "2A"), store.version(layer)
        )
        text = pd.DataFrame(table).drop(columns="geometry", errors="ignore").to_csv()
        assert not figures_in(text), layer
    kept = [path for path in owned.runs.rglob("*") if path.suffix in {".csv", ".json", ".html"}]
    assert len(kept) > 20
    assert [path for path in kept if figures_in(path.read_text("utf-8"))] == []


def test_the_owner_finds_all_of_them_so_the_test_before_is_not_blind(client):
    found: set[str] = set()
    for address in (PAGE, *(f"{PAGE}/{name}" for name in EXPORTS)):
        with client.get(address) as answer:
            found |= figures_in(answer.get_data(as_text=True))
    assert found == set(RAW_ONLY)
