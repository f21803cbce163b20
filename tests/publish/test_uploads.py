"""Contents on their way to a site: once each, never for nothing, and refused before anything is published."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
import requests
from pydantic import SecretStr

from connector.cli.main import main
from connector.errors import ConfigError, DataError, FatalError, RetriableError
from connector.moodle import functions
from connector.moodle.faults import Answer, Exchange
from connector.moodle.functions import get_site_info
from connector.moodle.rest import RestTransport
from connector.moodle.sandbox.faults import Faults
from connector.moodle.upload import _decode
from connector.publish.apply import Choices, publish
from connector.publish.uploads import Supply
from scenarios.errors import ScenarioError
from tests.publish.by_hand import CODE, course
from tests.publish.conftest import FILES, SUPPLY, UPLOADS, session_from, wanted_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connector.moodle.document import Publication
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.publish.journal import PublicationJournal
    from connector.publish.outcome import Outcome

OBSERVE, PUBLISH = "local_parcours_observe", "local_parcours_publish"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The session's files, to be changed."""
    return shutil.copytree(FILES, tmp_path / "publication", dirs_exist_ok=True)


@pytest.fixture
def send(
    transport: RestTransport, journal: PublicationJournal, folder: Path, sandbox: Sandbox
) -> Callable[..., Outcome | None]:
    """Return a function that publishes the folder as it is, and forgets the calls made before."""

    def run(choices: Choices | None = None) -> Outcome | None:
        session = session_from(folder)
        supply = Supply.of(session.sources(), get_site_info(transport))
        sandbox.calls.clear()
        return publish(transport, wanted_from(folder), journal, supply, choices=choices)

    return run


def contents(sandbox: Sandbox) -> list[bytes]:
    return [data for area in sandbox.site.drafts.values() for data in area.values()]


class TestHowOften:
    def test_each_content_goes_once_and_an_unchanged_one_never(
        self, sandbox: Sandbox, send: Callable[..., Outcome | None]
    ) -> None:
        assert send() is not None
        assert sandbox.calls == [OBSERVE, *UPLOADS, PUBLISH, OBSERVE]
        assert len(contents(sandbox)) == len(set(contents(sandbox))) == len(UPLOADS)
        assert send() is not None
        assert sandbox.calls == [OBSERVE]

    def test_a_changed_file_is_a_change_of_its_activity_and_goes_alone(
        self, sandbox: Sandbox, send: Callable[..., Outcome | None], folder: Path
    ) -> None:
        assert send() is not None
        (folder / "documents" / "programme.txt").write_text("Autre chose.\n", encoding="utf-8")
        outcome = send()
        assert outcome is not None
        assert [(one.action, one.key, one.fields) for one in outcome.plan.changes] == [
            ("modifier", f"{CODE}/documents", ("files",))
        ]
        assert sandbox.calls == [OBSERVE, "upload.php", PUBLISH, OBSERVE]
        held = course(sandbox).modules[f"{CODE}/documents"].doc.files
        assert [file.size for file in held if file.name == "programme.txt"] == [len("Autre chose.\n")]

    def test_a_renamed_or_moved_file_is_not_sent_again(
        self, sandbox: Sandbox, send: Callable[..., Outcome | None], folder: Path
    ) -> None:
        assert send() is not None
        (folder / "documents" / "programme.txt").rename(folder / "documents" / "programme-2026.txt")
        parcours = folder / "parcours.yaml"
        text = parcours.read_text(encoding="utf-8").replace("programme.txt", "programme-2026.txt")
        parcours.write_text(
            text.replace("Apportez deux productions.", '"![](images/plan.png) Apportez deux productions."'),
            encoding="utf-8",
        )
        assert send() is not None
        assert sandbox.calls == [OBSERVE, PUBLISH, OBSERVE]


class TestRefusedBeforeAnything:
    def test_a_file_over_the_limit_of_the_site(
        self, sandbox: Sandbox, send: Callable[..., Outcome | None], folder: Path
    ) -> None:
        sandbox.site.upload_limit = 2_000_000
        (folder / "documents" / "programme.txt").write_bytes(b"x" * 3_000_000)
        with pytest.raises(DataError, match=r"« programme\.txt » est trop gros pour ce site : 2,9 Mo, au plus 1,9 Mo"):
            send()
        assert sandbox.calls == [OBSERVE]
        sandbox.site.upload_limit = 3_000_000
        assert send() is not None

    def test_planifier_says_it_too(self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        sandbox.site.upload_limit = 1_000
        with pytest.raises(SystemExit, match="1"):
            main(["--donnees", str(data), "planifier", CODE])
        assert "« jeu.h5p » est trop gros pour ce site : 1 Ko, au plus 1 Ko" in capsys.readouterr().err.replace(
            "\u00a0", " "
        )

    def test_a_service_that_takes_no_files(
        self, transport: RestTransport, journal: PublicationJournal, wanted: Publication, sandbox: Sandbox
    ) -> None:
        with pytest.raises(ConfigError, match="Peut envoyer des fichiers"):
            publish(transport, wanted, journal, Supply(SUPPLY.sources, allowed=False))
        assert sandbox.calls == [OBSERVE]
        assert get_site_info(transport).uploadfiles

    def test_a_file_that_changes_between_the_plan_and_the_upload(
        self, sandbox: Sandbox, send: Callable[..., Outcome | None], folder: Path
    ) -> None:
        def meanwhile(_: object) -> bool:
            (folder / "documents" / "programme.txt").write_text("Changé.", encoding="utf-8")
            return True

        with pytest.raises(DataError, match=r"Rien n'a été publié : le fichier « .*programme\.txt » a changé"):
            send(Choices(accept=meanwhile))
        assert PUBLISH not in sandbox.calls
        assert send() is not None

    @pytest.mark.parametrize(
        ("name", "said"),
        [("jeu.h5p", "« jeu.h5p » n'est pas un paquet H5P"), ("documents/programme.txt", "est introuvable")],
    )
    def test_files_that_are_no_longer_right(self, sandbox: Sandbox, folder: Path, name: str, said: str) -> None:
        (folder / name).unlink()
        if name.endswith(".h5p"):
            with zipfile.ZipFile(folder / name, "w") as package:
                package.writestr("autre.json", "{}")
        with pytest.raises(ScenarioError, match=rf"parcours\.yaml:\d+:\d+: .*{said}"):
            session_from(folder)
        assert sandbox.calls == []

    def test_what_the_site_finds_too_big_all_the_same(
        self, sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
    ) -> None:
        sandbox.site.upload_limit = 50
        with pytest.raises(DataError, match=r"Rien n'a été publié : « .* » n'a pas pu partir\. .* de cette taille"):
            publish(transport, wanted, journal, SUPPLY)
        assert course_of(sandbox) is None


def course_of(sandbox: Sandbox) -> object:
    return sandbox.site.published(CODE)


class TestUploads:
    @pytest.mark.parametrize("fault", [{"cut": True}, {"truncate": True}])
    def test_an_answer_that_was_lost_is_asked_for_again(
        self, sandbox: Sandbox, send: Callable[..., Outcome | None], fault: dict[str, bool]
    ) -> None:
        def spoil(_: object) -> bool:
            sandbox.faults = Faults(spoil_at=2, **fault)  # type: ignore[arg-type]
            return True

        assert send(Choices(accept=spoil)) is not None
        assert sandbox.calls == [OBSERVE, "upload.php", *UPLOADS, PUBLISH, OBSERVE]
        assert len(contents(sandbox)) == len(UPLOADS)

    def test_a_site_that_stays_silent(
        self, sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
    ) -> None:
        with pytest.raises(RetriableError):
            publish(transport, wanted, journal, SUPPLY, choices=Choices(accept=lambda _: silent(sandbox)))
        assert course_of(sandbox) is None
        assert journal.unfinished(CODE) is None

    def test_a_token_that_may_not(self, sandbox: Sandbox) -> None:
        stranger = RestTransport(sandbox.url, SecretStr("faux"))
        with pytest.raises(ConfigError, match="ne reconnaît pas le jeton"):
            stranger.upload("a", b"b", draft=5)
        assert contents(sandbox) == []

    def test_the_plugin_refuses_a_content_that_it_was_not_given(
        self, transport: RestTransport, wanted: Publication, sandbox: Sandbox
    ) -> None:
        with pytest.raises(FatalError, match="n'est pas arrivé"):
            functions.publish(transport, wanted)
        assert course_of(sandbox) is None

    def test_a_server_in_front_that_takes_no_big_body(self) -> None:
        with pytest.raises(DataError, match="erreur 413"):
            _decode(Exchange("https://moodle.exemple.fr", "upload.php", write=False), Answer(413, b"<html>"))

    def test_what_moodle_says_of_a_file(self) -> None:
        exchange = Exchange("https://moodle.exemple.fr", "upload.php", write=False)
        with pytest.raises(DataError, match="« Trop gros »"):
            _decode(exchange, Answer(200, b'[{"filename": "a", "errortype": "fileoversized", "error": "Trop gros."}]'))
        with pytest.raises(FatalError, match="inattendue"):
            _decode(exchange, Answer(200, b"[]"))
        _decode(exchange, Answer(200, b'[{"filename": "a", "errortype": "filenameexist", "error": "x"}]'))

    def test_the_token_is_in_no_address(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[str] = []
        real = requests.Session.request

        def spy(session: requests.Session, method: str, url: str, **options: object) -> requests.Response:
            seen.append(url)
            return real(session, method, url, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(requests.Session, "request", spy)
        RestTransport(sandbox.url, SecretStr(sandbox.token)).upload("a", b"b", draft=5)
        assert seen == [f"{sandbox.url}/webservice/upload.php"]


def silent(sandbox: Sandbox) -> bool:
    sandbox.faults.cut = True
    return True
