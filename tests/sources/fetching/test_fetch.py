"""Fetching from a mirror folder and from the address of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coverage import __version__
from coverage.base.errors import LockedError, SourceError, UserError
from coverage.base.files import exclusive_lock, sha256_of
from coverage.base.workspace import Workspace
from coverage.sources import catalogue
from coverage.sources.catalogue import source
from coverage.sources.fetching import fetch
from tests.sources.fetching import made
from tests.sources.fetching.conftest import QUICK
from tests.sources.fetching.made import FRR, LAPOSTE
from tests.sources.fetching.server import Server

CSV = made.frr()


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
        self, workspace: Workspace, mirror: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = [entry for entry in catalogue.needed_for("2A") if (mirror / entry.folder).is_dir()]
        needed = tuple(entry.id for entry in held)
        monkeypatch.setattr("coverage.sources.fetching.sources.needed_for", lambda _: held)
        first = fetch(workspace, "2a", mirror=str(mirror))
        files = {p: p.stat().st_mtime_ns for p in workspace.raw.rglob("*") if p.is_file()}
        second = fetch(workspace, "2A", mirror=str(mirror))
        offline = fetch(workspace, "2A")

        assert first.fetched == needed
        assert second.unchanged == offline.unchanged == needed
        assert second.bytes == offline.bytes == 0
        assert files == {p: p.stat().st_mtime_ns for p in workspace.raw.rglob("*") if p.is_file()}

    def test_the_same_over_http_and_a_second_time_no_byte_comes(
        self,
        workspace: Workspace,
        mirror: Path,
        server: Server,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        held = []
        for entry in catalogue.needed_for("2A"):
            paths = [mirror / entry.folder / file.name for file in entry.files]
            if all(path.is_file() and path.stat().st_size < 2_000_000 for path in paths):
                held.append(entry)
                server.files |= {f"{entry.folder}/{p.name}": p.read_bytes() for p in paths}
        assert len(held) >= 8
        monkeypatch.setattr("coverage.sources.fetching.sources.needed_for", lambda _: held)
        total = sum(map(len, server.files.values()))
        first = fetch(workspace, "2A", mirror=server.address, http=QUICK)
        second = fetch(workspace, "2A", mirror=server.address, http=QUICK)

        assert first.fetched == second.unchanged == tuple(entry.id for entry in held)
        assert first.received_bytes == first.bytes == server.sent_bytes == total
        assert second.received_bytes == second.bytes == 0
        for path, content in server.files.items():
            assert (workspace.raw / path).read_bytes() == content

    def test_what_changed_in_the_mirror_or_on_the_disk_is_fetched(
        self, workspace: Workspace, tmp_path: Path
    ) -> None:
        mirror = tmp_path / "mirror"
        (mirror / FRR).parent.mkdir(parents=True)
        (mirror / FRR).write_bytes(CSV)

        def again() -> tuple[str, ...]:
            return fetch(workspace, "2A", mirror=str(mirror), only=["frr_2025"]).fetched

        assert again() == ("frr_2025",)
        (mirror / FRR).write_bytes(made.frr(41))
        assert again() == ("frr_2025",)
        (workspace.raw / FRR).write_bytes(b"spoilt by hand")
        assert again() == ("frr_2025",)
        assert (workspace.raw / FRR).read_bytes() == made.frr(41)
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
            (folder / file.name).write_bytes(made.shapefile(file.name))
        fetch(workspace, "2A", mirror=str(tmp_path / "mirror"), only=["qpv_2015_polygons"])
        first = {file.name: made.shapefile(file.name) for file in files}
        (folder / files[2].name).write_bytes(made.shapefile(files[2].name, 1300))
        (folder / files[-1].name).write_bytes(b"")

        report = fetch(workspace, "2A", mirror=str(tmp_path / "mirror"), only=["qpv_2015_polygons"])

        assert report.kept[0].source_id == "qpv_2015_polygons"
        assert "vide" in report.kept[0].reason
        for path in catalogue.raw_files(workspace, "qpv_2015_polygons") or ():
            assert path.read_bytes() == first[path.name]
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
        assert f"«\u00a0{empty}\u00a0» n’a donné aucune source utilisable" in report.warning
        assert [line.split("\u00a0:")[0] for line in report.lines()[1:]] == ["Manquante", "Gardée"]
        assert (workspace.raw / FRR).read_bytes() == CSV
        with pytest.raises(SourceError, match="Aucune source") as told:
            fetch(workspace, "2A", mirror=str(empty), only=["zrr_2021", "ifn_2023"])
        assert str(told.value).count("Manquante\u00a0: ") == 2

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
    def fetch_frr(self, workspace: Workspace, server: Server):
        return fetch(workspace, "2A", mirror=server.address, only=["frr_2025"], http=QUICK)

    def test_a_file_comes_with_its_address(self, workspace: Workspace, server: Server) -> None:
        server.files[FRR] = CSV
        report = self.fetch_frr(workspace, server)

        assert report.fetched == ("frr_2025",)
        assert report.bytes == report.received_bytes == len(CSV)
        assert (workspace.raw / FRR).read_bytes() == CSV
        told = manifest_of(workspace, FRR)
        assert told["address"] == told["answered"] == f"{server.address}/{FRR}"
        assert told["last_modified"] == "Wed, 04 Jun 2025 08:00:00 GMT"
        assert server.headers[FRR][0]["User-Agent"] == f"maillage/{__version__}"

    def test_where_it_was_redirected_is_written_without_the_password(
        self, workspace: Workspace, server: Server
    ) -> None:
        server.files[FRR] = server.files["elsewhere.csv"] = CSV
        server.faults[FRR] = ["/depot/elsewhere.csv"]
        mirror = server.address.replace("//", "//me:secret@")
        fetch(workspace, "2A", mirror=mirror, only=["frr_2025"], http=QUICK)

        assert manifest_of(workspace, FRR)["answered"] == f"{server.address}/elsewhere.csv"
        assert "secret" not in (workspace.raw / FRR).with_name("manifest.json").read_text()

    def test_an_unchanged_file_moves_no_byte(self, workspace: Workspace, server: Server) -> None:
        server.files[FRR] = CSV
        self.fetch_frr(workspace, server)
        before, sent = (workspace.raw / FRR).stat().st_mtime_ns, server.sent_bytes
        report = self.fetch_frr(workspace, server)

        assert report.unchanged == ("frr_2025",)
        assert report.bytes == report.received_bytes == 0
        assert server.sent_bytes == sent
        assert (workspace.raw / FRR).stat().st_mtime_ns == before
        server.files[FRR] = made.frr(41)
        assert self.fetch_frr(workspace, server).fetched == ("frr_2025",)

    def test_the_same_bytes_sent_again_are_received_but_not_written(
        self, workspace: Workspace, server: Server
    ) -> None:
        server.files[FRR] = CSV
        server.always[FRR] = "unstamped"
        self.fetch_frr(workspace, server)
        report = self.fetch_frr(workspace, server)

        assert report.unchanged == ("frr_2025",)
        assert (report.bytes, report.received_bytes) == (0, len(CSV))
        assert "0,0\u00a0Mo écrits" in report.sentence()

    def test_an_optional_source_is_reported_missing(
        self, workspace: Workspace, server: Server
    ) -> None:
        server.files[LAPOSTE] = made.laposte()
        only = ["frr_2025", "laposte_2025"]
        report = fetch(workspace, "2A", mirror=server.address, only=only, http=QUICK)

        assert [fault.source_id for fault in report.missing] == ["frr_2025"]
        counts, line = report.sentence().split("\n")
        assert "manquantes\u00a0: 1" in counts
        assert line.startswith(f"Manquante\u00a0: {source('frr_2025').title} (")
        assert "HTTP 404" in line
        # The file that was asked for, and no advice to do what was just done.
        entry = source("frr_2025")
        assert f"{server.address}/{entry.folder}/{entry.files[0].name}" in line
        assert "maillage fetch" not in line
        assert "Recommencez plus tard" in line
        assert line.endswith(entry.remedy_after_fetch)

    def test_a_required_source_stops_the_fetch(self, workspace: Workspace, server: Server) -> None:
        with pytest.raises(SourceError, match=r"La Poste.*HTTP 404.*adresse donnée à --mirror"):
            fetch(workspace, "2A", mirror=server.address, only=["laposte_2025"], http=QUICK)

    def test_a_required_source_that_was_there_stays_in_use(
        self, workspace: Workspace, server: Server
    ) -> None:
        server.files[LAPOSTE] = made.laposte()
        ask = {"mirror": server.address, "only": ["laposte_2025"], "http": QUICK}
        fetch(workspace, "2A", **ask)
        server.always[LAPOSTE] = "500"

        report = fetch(workspace, "2A", **ask)

        assert report.kept[0].source_id == "laposte_2025"
        assert report.lines() == (
            f"Le miroir «\u00a0{server.address}\u00a0» n’a donné aucune source utilisable\u202f; "
            "les fichiers déjà là sont gardés.",
            "Gardée\u00a0: Points de contact La Poste (réponse HTTP 500, après 3 essais\u202f; "
            f"{server.address}/laposte_points_contact/2025-06-04/laposte_poincont2.csv). "
            "Les données déjà là (millésime\u00a0: 4\u00a0juin 2025) restent utilisées. "
            "Recommencez plus tard.",
        )
        assert report.sentence().endswith("\n".join(report.lines()))

    def test_nothing_stays_of_a_source_of_which_nothing_came(
        self, workspace: Workspace, server: Server
    ) -> None:
        with pytest.raises(SourceError, match="HTTP 404"):
            self.fetch_frr(workspace, server)
        assert not workspace.root.exists()

        server.files[LAPOSTE] = made.laposte()
        only = ["laposte_2025", "frr_2025"]
        fetch(workspace, "2A", mirror=server.address, only=only, http=QUICK)
        assert [path.name for path in workspace.raw.iterdir()] == [LAPOSTE.partition("/")[0]]

    def test_a_closed_port_is_a_reason_not_a_crash(self, workspace: Workspace) -> None:
        with pytest.raises(SourceError, match=r"FRR.*connexion impossible"):
            fetch(workspace, "2A", mirror="http://127.0.0.1:9/x", only=["frr_2025"], http=QUICK)

    def test_the_bytes_are_told_while_they_come(
        self, workspace: Workspace, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("coverage.sources.fetching.sources._TOLD_EVERY_S", 0.0)
        server.files[FRR] = made.frr(20_000)
        told: list[tuple[float, str]] = []
        fetch(
            workspace,
            "2A",
            mirror=server.address,
            only=["frr_2025"],
            http=QUICK,
            progress=lambda share, text: told.append((share, text)),
        )

        size = f"{len(server.files[FRR]) / 1e6:.1f}".replace(".", ",")
        title = source("frr_2025").title
        assert told[0] == (0.0, f"Téléchargement\u00a0: {title}")
        assert told[-2] == (1.0, f"Téléchargement\u00a0: {title}, {size} / {size}\u00a0Mo")
        shares = [share for share, _ in told]
        assert shares == sorted(shares)
        assert len(set(shares)) > 5
