"""What goes wrong while a session is published: nothing half done, nothing done twice, a sentence each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.errors import ConfigError, DataError, FatalError, RetriableError, UncertainError
from connector.moodle import wire
from connector.moodle.functions import get_site_info
from connector.moodle.sandbox.faults import Faults
from connector.moodle.sandbox.site import Course
from connector.publish.apply import Choices, observe, publish
from connector.publish.plan import make_plan
from scenarios.errors import ScenarioError
from tests.publish.by_hand import CODE, course, edit
from tests.publish.conftest import SUPPLY, UPLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.publish.journal import PublicationJournal
    from connector.publish.outcome import Outcome

PUBLISH = "local_parcours_publish"
THE_WRITE = 2 + len(UPLOADS)
"""The rank of the write among the calls of `publish`: observe, files, publish, observe."""


@pytest.fixture
def publishing(
    transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> Callable[..., Outcome | None]:
    """Return a function that publishes the session, `meanwhile` happening between the plan and the write."""

    def run(meanwhile: Callable[[], object] = lambda: None, wished: Publication = wanted) -> Outcome | None:
        def say(line: str) -> None:
            if line == "Publication…":
                meanwhile()

        return publish(transport, wished, journal, SUPPLY, choices=Choices(say=say))

    return run


def published_once(sandbox: Sandbox) -> bool:
    there = sandbox.site.published(CODE)
    return there is not None and there.revision == 1


def left_to_do(transport: RestTransport, wanted: Publication) -> bool:
    plan = make_plan(wanted, observe(transport, wanted))
    return bool(plan.changes or plan.drift)


@pytest.mark.parametrize("fault", [{"cut": True}, {"truncate": True}, {"html": True}, {"late_ms": 2000}], ids=str)
def test_an_answer_lost_after_the_work_was_done_is_looked_up(
    sandbox: Sandbox,
    publishing: Callable[..., Outcome | None],
    journal: PublicationJournal,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, int],
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 1.0)
    sandbox.faults = Faults(spoil_at=THE_WRITE, **fault)  # type: ignore[arg-type]
    if "html" in fault:  # a page is a wrong address, not a doubt: the next run finds out
        with pytest.raises(ConfigError):
            publishing()
    else:
        assert publishing() is not None
        assert journal.unfinished(CODE) is None
    assert published_once(sandbox)
    assert publishing() is not None
    assert published_once(sandbox)


def test_an_answer_lost_before_the_work_was_done_is_not_taken_for_success(
    sandbox: Sandbox, publishing: Callable[..., Outcome | None], journal: PublicationJournal
) -> None:
    """Negative control of the above."""
    sandbox.faults.fail_at = THE_WRITE
    with pytest.raises(UncertainError):
        publishing()
    assert sandbox.site.published(CODE) is None
    assert journal.unfinished(CODE) is not None
    assert publishing() is not None
    assert published_once(sandbox)


def test_a_site_that_cannot_be_asked_any_more_leaves_the_doubt_to_the_next_run(
    sandbox: Sandbox, publishing: Callable[..., Outcome | None], journal: PublicationJournal
) -> None:
    with pytest.raises(RetriableError):
        publishing(lambda: setattr(sandbox.faults, "cut", True))
    assert journal.unfinished(CODE) is not None
    sandbox.faults.cut = False
    assert publishing() is not None
    assert journal.unfinished(CODE) is None
    assert published_once(sandbox)
    assert sandbox.calls.count(PUBLISH) == 1


@pytest.mark.parametrize("status", [429, 503])
class TestBusy:
    def test_reads_wait_and_go_on(
        self, sandbox: Sandbox, publishing: Callable[..., Outcome | None], status: int
    ) -> None:
        sandbox.faults = Faults(busy_until=2, busy_status=status, retry_after=7)
        assert publishing() is not None
        assert len(sandbox.calls) == 2 + 3 + len(UPLOADS)

    def test_a_write_is_refused_once_and_says_how_long(
        self, sandbox: Sandbox, publishing: Callable[..., Outcome | None], status: int
    ) -> None:
        def busy() -> None:
            sandbox.faults = Faults(busy_until=THE_WRITE, busy_status=status, retry_after=7)

        with pytest.raises(RetriableError, match="7 s") as caught:
            publishing(busy)
        assert caught.value.after == 7
        assert not isinstance(caught.value, UncertainError)
        assert sandbox.calls.count(PUBLISH) == 1
        assert sandbox.site.published(CODE) is None
        assert publishing() is not None
        assert published_once(sandbox)


class TestToken:
    def test_revoked_before_the_write(
        self, sandbox: Sandbox, publishing: Callable[..., Outcome | None], journal: PublicationJournal
    ) -> None:
        tokens = dict(sandbox._tokens)
        with pytest.raises(ConfigError, match="ne reconnaît pas le jeton"):
            publishing(sandbox._tokens.clear)
        assert sandbox.site.published(CODE) is None
        assert journal.unfinished(CODE) is None
        sandbox._tokens.update(tokens)
        assert publishing() is not None
        assert published_once(sandbox)

    def test_revoked_after_the_write(
        self, sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
    ) -> None:
        tokens = dict(sandbox._tokens)
        with pytest.raises(ConfigError, match="ne reconnaît pas le jeton"):
            publish(AfterTheWrite(transport, sandbox._tokens.clear), wanted, journal, SUPPLY)
        sandbox._tokens.update(tokens)
        assert published_once(sandbox)
        assert not left_to_do(transport, wanted)


class AfterTheWrite:
    """A transport during which something happens right after the write."""

    def __init__(self, real: RestTransport, happens: Callable[[], object]) -> None:
        self.real = real
        self.happens = happens
        self.address = real.address

    def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
        answer = self.real.call(function, params, write=write)
        if write:
            self.happens()
        return answer

    def upload(self, name: str, content: bytes, *, draft: int) -> None:
        self.real.upload(name, content, draft=draft)


@pytest.mark.parametrize("held", ["shortname", "idnumber"])
def test_a_course_of_somebody_else_is_refused_and_left_alone(
    sandbox: Sandbox, publishing: Callable[..., Outcome | None], held: str
) -> None:
    foreign = Course(sandbox.site.next_id("course", 2), "ETRANGER", "Un autre cours", created=0)
    setattr(foreign, held, CODE)
    sandbox.site.courses[foreign.id] = foreign
    with pytest.raises(DataError, match=f"que parcours n'a pas publié porte déjà .*{CODE}"):
        publishing()
    assert list(sandbox.site.courses.values()) == [foreign]
    setattr(sandbox.site.courses[foreign.id], held, "AUTRE")
    assert publishing() is not None  # negative control: it was that name


class TestSomebodyElseAtTheSameTime:
    def test_an_edit_between_plan_and_write_is_not_overwritten(
        self,
        sandbox: Sandbox,
        transport: RestTransport,
        publishing: Callable[..., Outcome | None],
        edited: Callable[..., Publication],
    ) -> None:
        publishing()
        wanted = edited("parcours.yaml", ("titre: Un article", "titre: Un bel article"))
        with pytest.raises(FatalError, match="Rien n'a été publié : le cours a changé") as caught:
            publishing(lambda: edit(sandbox, "lien", name="De Moodle"), wanted)
        assert "Relancez" in str(caught.value)
        assert course(sandbox).modules[f"{CODE}/lien"].doc.name == "De Moodle"
        plan = make_plan(wanted, observe(transport, wanted))
        assert [one.name for one in plan.drift] == ["Un bel article"]
        assert publishing(wished=wanted) is not None  # negative control: nobody edits

    def test_an_edit_between_write_and_check_is_told(
        self, sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
    ) -> None:
        during = AfterTheWrite(transport, lambda: edit(sandbox, "lien", name="De Moodle"))
        with pytest.raises(FatalError, match="vient d'être publié : l'activité « Un article » \\(titre\\)"):
            publish(during, wanted, journal, SUPPLY)

    def test_two_people_publish_the_same_session(
        self,
        sandbox: Sandbox,
        transport: RestTransport,
        journal: PublicationJournal,
        publishing: Callable[..., Outcome | None],
        edited: Callable[..., Publication],
        wanted: Publication,
    ) -> None:
        other = edited("parcours.yaml", ("titre: Un article", "titre: Un bel article"))
        with pytest.raises(FatalError, match=rf"le cours a changé.*{CODE} \(\d{{4}}-\d\d-\d\dT") as caught:
            publishing(lambda: publish(transport, other, journal, SUPPLY))
        assert type(caught.value) is FatalError
        assert published_once(sandbox)
        assert not left_to_do(transport, other)
        assert publishing() is not None
        assert not left_to_do(transport, wanted)


def test_a_site_with_an_older_plugin_is_told_to_update(
    transport: RestTransport, wanted: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.moodle.sandbox.plugin_observe.PLUGIN", "2026112200")
    get_site_info(transport)
    with pytest.raises(ConfigError, match="trop ancienne") as caught:
        observe(transport, wanted)
    assert "parcours plugin construire" in str(caught.value)


def test_scripts_in_markdown_never_reach_the_site(
    sandbox: Sandbox, publishing: Callable[..., Outcome | None], edited: Callable[..., Publication]
) -> None:
    attack = "Lisez <img src=x onerror=alert(1)>, [ceci](javascript:alert), <iframe src=x></iframe>"
    publishing(wished=edited("parcours.yaml", ("consigne: Lisez l'introduction.", f'consigne: "{attack}"')))
    held = course(sandbox).modules[f"{CODE}/lien"].doc.intro
    assert "Lisez" in held
    for forbidden in ("<img", "<iframe", "<script", 'href="javascript:'):
        assert forbidden not in held
    assert "<strong>" in course(sandbox).sections[1].summary  # negative control: harmless markup stays


@pytest.mark.parametrize("path", ["../../../etc/passwd", "/etc/passwd", "dedans/../../dehors.md"])
def test_a_file_outside_the_folder_of_the_parcours_is_refused_before_any_call(
    sandbox: Sandbox, edited: Callable[..., Publication], path: str
) -> None:
    text = 'texte: "# Le programme\\n\\n[Le site](https://exemple.fr/a?b=1&c=2)\\n\\n![Le plan](images/plan.png)"'
    with pytest.raises(ScenarioError, match=r"parcours\.yaml:\d+:\d+: .* doit rester dans le dossier de ce fichier"):
        edited("parcours.yaml", (text, f"fichier: {path}"))
    assert sandbox.calls == []


def test_a_file_inside_it_is_read(
    sandbox: Sandbox,
    publishing: Callable[..., Outcome | None],
    edited: Callable[..., Publication],
    tmp_path: Path,
) -> None:
    """Negative control of the above."""
    (tmp_path / "publication" / "page.md").write_text("**Dedans**", encoding="utf-8")
    text = 'texte: "# Le programme\\n\\n[Le site](https://exemple.fr/a?b=1&c=2)\\n\\n![Le plan](images/plan.png)"'
    publishing(wished=edited("parcours.yaml", (text, "fichier: page.md")))
    content = course(sandbox).modules[f"{CODE}/accueil"].doc.settings.model_dump()["content"]
    assert "<strong>Dedans</strong>" in content
