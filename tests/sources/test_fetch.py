"""Fetching from a mirror folder, and over HTTP from a server that misbehaves."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from coverage import __version__
from coverage.base.errors import LockedError, SourceError, UserError
from coverage.base.files import exclusive_lock, sha256_of
from coverage.base.workspace import Workspace
from coverage.sources import catalogue
from coverage.sources.catalogue import source
from coverage.sources.fetch import fetch
from coverage.sources.fetch_file import Http

QUICK = Http(timeout_s=5.0, attempts=3, backoff_s=0.01, longest_wait_s=0.05)
FRR = "frr/2025-07-10/liste-communes-FRR.csv"
LAPOSTE = "laposte_points_contact/2025-06-04/laposte_poincont2.csv"
CSV = b"code;nom\n2A004;Ajaccio\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


def nothing_half_written(workspace: Workspace) -> bool:
    return not list(workspace.raw.rglob(".tmp-*"))


def manifest_of(workspace: Workspace, file: str) -> dict[str, object]:
    path = workspace.raw / file
    document = json.loads((path.parent / "manifest.json").read_text("utf-8"))
    return document[path.name]


class TestMirrorFolder:
    SMALL = ("frr_2025", "etapes_numeriques_2024", "qpv_2015_polygons", "qpv_2015_population")

    def test_files_are_kept_as_received(self, workspace: Workspace, mirror: Path) -> None:
        steps: list[float] = []
        report = fetch(
            workspace,
            "2A",
            mirror=str(mirror),
            only=self.SMALL,
            progress=lambda share, _: steps.append(share),
        )

        assert report.fetched == self.SMALL
        assert report.missing == report.kept == report.unchanged == ()
        assert steps == sorted(steps)
        assert steps[-1] == 1.0
        total = 0
        for source_id in self.SMALL:
            entry = source(source_id)
            paths = catalogue.raw_files(workspace, source_id)
            assert paths is not None
            for path in paths:
                told = manifest_of(workspace, f"{entry.folder}/{path.name}")
                assert sha256_of(path) == sha256_of(mirror / entry.folder / path.name)
                assert told["sha256"] == sha256_of(path)
                assert told["source"] == source_id
                assert told["address"] == "miroir"
                assert told["licence"] == entry.licence
                assert told["vintage"] == entry.vintage
                assert told["bytes"] == path.stat().st_size
                total += path.stat().st_size
        assert report.bytes == total

    def test_a_whole_territory_then_nothing_is_fetched_twice(
        self, workspace: Workspace, mirror: Path
    ) -> None:
        first = fetch(workspace, "2a", mirror=str(mirror))
        needed = tuple(entry.id for entry in catalogue.needed_for("2A"))
        files = {p: p.stat().st_mtime_ns for p in workspace.raw.rglob("*") if p.is_file()}
        second = fetch(workspace, "2A", mirror=str(mirror))
        offline = fetch(workspace, "2A")

        assert first.fetched == needed
        assert second.unchanged == offline.unchanged == needed
        assert second.bytes == offline.bytes == 0
        assert files == {p: p.stat().st_mtime_ns for p in workspace.raw.rglob("*") if p.is_file()}

    def test_what_changed_in_the_mirror_or_on_the_disk_is_fetched(
        self, workspace: Workspace, tmp_path: Path
    ) -> None:
        mirror = tmp_path / "mirror"
        (mirror / FRR).parent.mkdir(parents=True)
        (mirror / FRR).write_bytes(CSV)

        def again() -> tuple[str, ...]:
            return fetch(workspace, "2A", mirror=str(mirror), only=["frr_2025"]).fetched

        assert again() == ("frr_2025",)
        (mirror / FRR).write_bytes(CSV.replace(b"A", b"B"))
        assert again() == ("frr_2025",)
        (workspace.raw / FRR).write_bytes(b"spoilt by hand")
        assert again() == ("frr_2025",)
        assert (workspace.raw / FRR).read_bytes() == CSV.replace(b"A", b"B")
        assert again() == ()

    def test_nothing_outside_the_mirror_is_read(self, workspace: Workspace, tmp_path: Path) -> None:
        secret = tmp_path / "secret.csv"
        secret.write_bytes(b"not to be copied")
        (tmp_path / "mirror" / FRR).parent.mkdir(parents=True)
        (tmp_path / "mirror" / FRR).symlink_to(secret)

        with pytest.raises(SourceError, match="absent du miroir"):
            fetch(workspace, "2A", mirror=str(tmp_path / "mirror"), only=["frr_2025"])

        assert not (workspace.raw / FRR).exists()

    def test_all_files_of_a_source_or_none(self, workspace: Workspace, tmp_path: Path) -> None:
        folder = tmp_path / "mirror" / "qpv" / "2015"
        folder.mkdir(parents=True)
        files = source("qpv_2015_polygons").files
        for file in files:
            (folder / file.name).write_bytes(b"first")
        fetch(workspace, "2A", mirror=str(tmp_path / "mirror"), only=["qpv_2015_polygons"])
        for file in files[:-1]:
            (folder / file.name).write_bytes(b"second")
        (folder / files[-1].name).write_bytes(b"")

        report = fetch(workspace, "2A", mirror=str(tmp_path / "mirror"), only=["qpv_2015_polygons"])

        assert report.kept[0].source_id == "qpv_2015_polygons"
        assert "vide" in report.kept[0].reason
        for path in catalogue.raw_files(workspace, "qpv_2015_polygons") or ():
            assert path.read_bytes() == b"first"
        assert nothing_half_written(workspace)

    def test_a_required_source_that_is_missing_is_told(
        self, workspace: Workspace, tmp_path: Path
    ) -> None:
        with pytest.raises(SourceError, match=r"Contours des communes .*dossier de --mirror"):
            fetch(workspace, "36", mirror=str(tmp_path))

    def test_what_a_killed_fetch_left_is_removed(
        self, workspace: Workspace, tmp_path: Path
    ) -> None:
        (tmp_path / FRR).parent.mkdir(parents=True)
        (tmp_path / FRR).write_bytes(CSV)
        (workspace.raw / FRR).parent.mkdir(parents=True)
        (workspace.raw / FRR).with_name(".tmp-1-dead").write_bytes(b"half")

        fetch(workspace, "2A", mirror=str(tmp_path), only=["frr_2025"])

        assert nothing_half_written(workspace)

    def test_a_second_writer_is_told_who_writes(self, workspace: Workspace, tmp_path: Path) -> None:
        (tmp_path / FRR).parent.mkdir(parents=True)
        (tmp_path / FRR).write_bytes(CSV)

        with (
            exclusive_lock((workspace.raw / FRR).with_name(".lock"), "un autre"),
            pytest.raises(LockedError, match="le processus"),
        ):
            fetch(workspace, "2A", mirror=str(tmp_path), only=["frr_2025"])


class TestRefusals:
    def test_unknown_source(self, workspace: Workspace) -> None:
        with pytest.raises(UserError, match=r"« frr ».*frr_2025"):
            fetch(workspace, "2A", only=["frr"])

    @pytest.mark.parametrize("mirror", ["/no/such/folder", "ftp://example.org/data"])
    def test_unusable_mirror(self, workspace: Workspace, mirror: str) -> None:
        with pytest.raises(UserError, match="dossier"):
            fetch(workspace, "2A", mirror=mirror)

    @pytest.mark.parametrize(
        "mirror",
        ["http://[::1", "http://", "http://host:port/x", "http://host:99999/x", "https:///x"],
    )
    def test_what_is_no_address_is_told_without_its_password(
        self, workspace: Workspace, mirror: str
    ) -> None:
        with pytest.raises(UserError, match="adresse donnée à --mirror n’en est pas une"):
            fetch(workspace, "2A", mirror=mirror)
        with pytest.raises(UserError) as told:
            fetch(workspace, "2A", mirror=mirror.replace("//", "//me:secret@", 1))
        assert "secret" not in str(told.value)

    def test_the_home_of_nobody_is_a_folder_that_does_not_exist(self, workspace: Workspace) -> None:
        with pytest.raises(UserError, match="n’existe pas"):
            fetch(workspace, "2A", mirror="~nobody-of-that-name/data")

    def test_a_mirror_that_holds_nothing_wanted_is_told_and_files_stay(
        self, workspace: Workspace, tmp_path: Path
    ) -> None:
        full, empty = tmp_path / "full", tmp_path / "empty"
        empty.mkdir()
        (full / FRR).parent.mkdir(parents=True)
        (full / FRR).write_bytes(CSV)
        assert fetch(workspace, "2A", mirror=str(full), only=["frr_2025"]).warning == ""

        report = fetch(workspace, "2A", mirror=str(empty), only=["frr_2025", "zrr_2021"])

        assert report.warning in report.sentence()
        assert f"« {empty} » n’a répondu pour aucune source" in report.warning
        assert [line.split(" : ")[0] for line in report.lines()[1:]] == ["Manquante", "Gardée"]
        assert (workspace.raw / FRR).read_bytes() == CSV
        with pytest.raises(SourceError, match="Aucune source") as told:
            fetch(workspace, "2A", mirror=str(empty), only=["zrr_2021", "ifn_2023"])
        assert str(told.value).count("Manquante : ") == 2

    def test_a_substitute_that_is_there_is_kept_where_the_mirror_has_neither(
        self, workspace: Workspace, tmp_path: Path
    ) -> None:
        stand_in = source("communes_etalab_2023")
        for root in (workspace.raw, tmp_path / "mirror"):
            (root / stand_in.folder).mkdir(parents=True)
        (workspace.raw / stand_in.folder / stand_in.files[0].name).write_bytes(b"polygons")

        report = fetch(workspace, "2A", mirror=str(tmp_path / "mirror"), only=["communes_2023"])

        assert [fault.source_id for fault in report.kept] == [stand_in.id]
        assert report.warning

    def test_the_fictitious_territory_needs_nothing(self, workspace: Workspace) -> None:
        report = fetch(workspace, "demo")

        assert report.fetched == report.missing == ()
        assert "fictif" in report.sentence()
        assert not workspace.raw.exists()

    def test_no_public_address_is_said_with_what_to_do(self, workspace: Workspace) -> None:
        with pytest.raises(SourceError, match=r"pas d’adresse publique connue.*--roads") as told:
            fetch(workspace, "2A", only=["roads_corse"])

        assert "Réseau routier automobile de la Corse" in str(told.value)


class TestHttp:
    def fetch_frr(self, workspace: Workspace, server):
        return fetch(workspace, "2A", mirror=server.address, only=["frr_2025"], http=QUICK)

    def test_a_file_comes_with_its_address(self, workspace: Workspace, server) -> None:
        server.files[FRR] = CSV
        report = self.fetch_frr(workspace, server)

        assert report.fetched == ("frr_2025",)
        assert report.bytes == len(CSV)
        assert (workspace.raw / FRR).read_bytes() == CSV
        assert manifest_of(workspace, FRR)["address"] == f"{server.address}/{FRR}"
        assert server.agents == {f"maillage/{__version__}"}

    def test_an_unchanged_file_is_not_sent_again(self, workspace: Workspace, server) -> None:
        server.files[FRR] = CSV
        self.fetch_frr(workspace, server)
        before = (workspace.raw / FRR).stat().st_mtime_ns
        report = self.fetch_frr(workspace, server)

        assert report.unchanged == ("frr_2025",)
        assert report.bytes == 0
        assert (workspace.raw / FRR).stat().st_mtime_ns == before
        server.files[FRR] = CSV + b"2A006;Alata\n"
        assert self.fetch_frr(workspace, server).fetched == ("frr_2025",)

    @pytest.mark.parametrize("fault", ["500", "503", "429", "cut"])
    def test_a_passing_failure_is_tried_again(
        self, workspace: Workspace, server, fault: str
    ) -> None:
        server.files[FRR] = CSV * 1000
        server.faults[FRR] = [fault, fault]

        assert self.fetch_frr(workspace, server).fetched == ("frr_2025",)
        assert (workspace.raw / FRR).read_bytes() == CSV * 1000
        assert server.asked[FRR] == 3
        assert nothing_half_written(workspace)

    @pytest.mark.parametrize(
        ("fault", "reason", "asked"),
        [
            ("404", "HTTP 404", 1),
            ("403", "HTTP 403", 1),
            ("500", "HTTP 500, après 3 essais", 3),
            ("cut", "coupée", 3),
            ("html", "page HTML", 1),
            ("file:///etc/passwd", "redirection refusée", 1),
        ],
    )
    def test_a_failure_leaves_the_previous_file(
        self, workspace: Workspace, server, fault: str, reason: str, asked: int
    ) -> None:
        server.files[FRR] = CSV
        self.fetch_frr(workspace, server)
        server.files[FRR] = CSV * 1000
        server.faults[FRR] = [fault] * 9
        server.asked.clear()
        report = self.fetch_frr(workspace, server)

        assert report.fetched == report.missing == ()
        assert report.kept[0].source_id == "frr_2025"
        assert reason in report.kept[0].reason
        assert server.asked[FRR] == asked
        assert (workspace.raw / FRR).read_bytes() == CSV
        assert manifest_of(workspace, FRR)["bytes"] == len(CSV)
        assert nothing_half_written(workspace)

    @pytest.mark.parametrize("fault", ["404", "cut", "html", "500"])
    def test_an_optional_source_is_reported_missing(
        self, workspace: Workspace, server, fault: str
    ) -> None:
        server.files[FRR] = CSV * 1000
        server.faults[FRR] = [fault] * 9
        server.files[LAPOSTE] = CSV
        only = ["frr_2025", "laposte_2025"]
        report = fetch(workspace, "2A", mirror=server.address, only=only, http=QUICK)

        assert [fault.source_id for fault in report.missing] == ["frr_2025"]
        counts, line = report.sentence().split("\n")
        assert "manquantes : 1" in counts
        assert line.startswith(f"Manquante : {source('frr_2025').title} (")
        assert report.missing[0].reason in line
        assert line.endswith(source("frr_2025").remedy)
        assert not (workspace.raw / FRR).exists()
        assert nothing_half_written(workspace)

    def test_a_required_source_stops_the_fetch(self, workspace: Workspace, server) -> None:
        with pytest.raises(SourceError, match=r"La Poste.*HTTP 404.*adresse donnée à --mirror"):
            fetch(workspace, "2A", mirror=server.address, only=["laposte_2025"], http=QUICK)

    def test_a_required_source_that_was_there_stays_in_use(
        self, workspace: Workspace, server
    ) -> None:
        server.files[LAPOSTE] = CSV
        ask = {"mirror": server.address, "only": ["laposte_2025"], "http": QUICK}
        fetch(workspace, "2A", **ask)
        server.faults[LAPOSTE] = ["500"] * 9

        report = fetch(workspace, "2A", **ask)

        assert report.kept[0].source_id == "laposte_2025"
        assert report.lines() == (
            f"Le miroir « {server.address} » n’a répondu pour aucune source ; les fichiers déjà "
            "là sont gardés.",
            "Gardée : Points de contact La Poste (réponse HTTP 500, après 3 essais). "
            "Le fichier déjà là reste utilisé.",
        )
        assert report.sentence().endswith("\n".join(report.lines()))

    def test_a_closed_port_is_a_reason_not_a_crash(self, workspace: Workspace) -> None:
        with pytest.raises(SourceError, match=r"FRR.*connexion impossible"):
            fetch(workspace, "2A", mirror="http://127.0.0.1:9/x", only=["frr_2025"], http=QUICK)

    @pytest.mark.parametrize(
        "content", [b"\xef\xbb\xbf\n <!DOCTYPE html><p>", b"version https://git-lfs.github.com/v1"]
    )
    def test_a_page_is_known_by_its_bytes(
        self, workspace: Workspace, server, content: bytes
    ) -> None:
        server.files[FRR] = content

        with pytest.raises(SourceError, match="au lieu des données"):
            self.fetch_frr(workspace, server)


class TestPublicAddress:
    """The same code asks public addresses; here they are those of the local server."""

    def test_members_of_one_zip_are_asked_for_once(
        self, workspace: Workspace, server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entry = source("qpv_2015_polygons")
        container = io.BytesIO()
        with zipfile.ZipFile(container, "w") as archive:
            for file in entry.files:
                archive.writestr(f"folder/{file.name}", f"content of {file.name}")
            archive.writestr("folder/other.shp", "other")
        server.files["qp.zip"] = container.getvalue()
        address = f"{server.address}/qp.zip"
        files = tuple(replace(file, address=address) for file in entry.files)
        monkeypatch.setitem(catalogue._BY_ID, entry.id, replace(entry, files=files))

        report = fetch(workspace, "2A", only=[entry.id], http=QUICK)

        assert report.fetched == (entry.id,)
        assert server.asked["qp.zip"] == 1
        for path in catalogue.raw_files(workspace, entry.id) or ():
            assert path.read_text() == f"content of {path.name}"
        assert nothing_half_written(workspace)

    def test_a_dated_folder_is_asked_for_again_only_by_name(
        self, workspace: Workspace, server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entry = source("frr_2025")
        server.files["frr.csv"] = CSV
        file = replace(entry.files[0], address=f"{server.address}/frr.csv")
        changed = replace(entry, files=(file,))
        monkeypatch.setitem(catalogue._BY_ID, entry.id, changed)
        monkeypatch.setattr("coverage.sources.fetch.needed_for", lambda _: (changed,))

        assert fetch(workspace, "2A", http=QUICK).fetched == (entry.id,)
        assert fetch(workspace, "2A", http=QUICK).unchanged == (entry.id,)
        assert server.asked["frr.csv"] == 1
        (workspace.raw / FRR).write_bytes(b"spoilt by hand")
        assert fetch(workspace, "2A", http=QUICK).fetched == (entry.id,)
        fetch(workspace, "2A", only=[entry.id], http=QUICK)
        assert server.asked["frr.csv"] == 3

    def test_a_substitute_comes_where_the_source_has_no_address(
        self, workspace: Workspace, server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wanted = source("communes_2023")
        stand_in = source(wanted.substitute)
        server.files["communes.gz"] = b"polygons"
        file = replace(stand_in.files[0], address=f"{server.address}/communes.gz")
        monkeypatch.setitem(catalogue._BY_ID, stand_in.id, replace(stand_in, files=(file,)))
        monkeypatch.setattr("coverage.sources.fetch.needed_for", lambda _: (wanted,))

        assert fetch(workspace, "36", http=QUICK).fetched == (stand_in.id,)
        assert fetch(workspace, "36", http=QUICK).unchanged == (stand_in.id,)
        assert server.asked["communes.gz"] == 1
        server.files.clear()
        (workspace.raw / stand_in.folder / file.name).write_bytes(b"spoilt")
        with pytest.raises(SourceError, match="Contours des communes"):
            fetch(workspace, "36", http=QUICK)
