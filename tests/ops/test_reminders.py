"""Reminders to trainers: on their days, once each, none after the attestation, those of missed nights too."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import structlog
import time_machine

from connector.errors import RetriableError
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.stage import note_stage
from connector.ops.night import reminders
from connector.ops.night.mail import Postman
from connector.ops.night.run import run
from connector.settings import FILE, Settings
from tests.reports.kit import CODE, TRAINER, attest, us, write_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.ops.night.outcome import Done

PARIS = ZoneInfo("Europe/Paris")
START, END = date(2026, 9, 1), date(2026, 12, 18)
LOG = structlog.wrap_logger(structlog.ReturnLogger())
COURRIER = '[courrier]\nserveur = "smtp.exemple.fr"\nexpediteur = "parcours@ac-exemple.fr"\n'

Sent = list[tuple[tuple[str, ...], str, str]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What is handed to the postman; the server itself is test_night_mail's."""
    messages: Sent = []
    monkeypatch.setattr(Postman, "send", lambda _self, *message: messages.append(message))
    return messages


class Nights:
    """A ledger of which some nights are run; `told` is what each one said."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger, self.folder = ledger, folder
        self.configure("")

    def configure(self, text: str) -> None:
        (self.folder / FILE).write_text(text, encoding="utf-8")
        self.settings = Settings.load(self.folder)

    def remind(self, day: date) -> Done:
        """Run the step alone, at half past two that night."""
        with time_machine.travel(self._at(day), tick=False):
            return reminders.remind(self.settings, self.ledger, day, "nuit", LOG)

    def night(self, day: date) -> Done:
        """Run a night of that step only, that says when it was finished."""
        with time_machine.travel(self._at(day), tick=False):
            step = lambda: reminders.remind(self.settings, self.ledger, day, "nuit", LOG)  # noqa: E731
            return run({"rappels": step}, self.ledger, self._at(day), "nuit", LOG).steps[0].done

    @staticmethod
    def _at(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 2, 30, tzinfo=PARIS)

    def forget_attestations(self) -> None:
        with self.ledger.write() as connection:
            connection.execute(sa.delete(schema.evidence))


def nights_of(ledger: Ledger, folder: Path) -> Nights:
    with ledger.write() as connection:
        write_world(connection)
        connection.execute(sa.update(schema.session).where(schema.session.c.code == CODE).values(debut=START, fin=END))
    return Nights(ledger, folder)


@pytest.fixture
def nights(sqlite_ledger: Path, tmp_path: Path) -> Iterator[Nights]:
    shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")) as ledger:
        yield nights_of(ledger, tmp_path)


def days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range((end - start).days + 1))


def test_each_reminder_is_given_once_on_its_day(ledger: Ledger, tmp_path: Path) -> None:
    nights = nights_of(ledger, tmp_path)
    given = [day for day in days(END - timedelta(days=1), END + timedelta(days=23)) if nights.night(day).left]
    assert given == [END + timedelta(days=late) for late in (0, 7, 14, 21)]


def test_the_summary_says_which_session_waits_and_names_nobody(nights: Nights) -> None:
    done = nights.remind(END)
    (sentence,) = done.left
    assert f"Session {CODE}, fin de la session" in sentence
    assert f"parcours attester {CODE}" in sentence
    assert "@" not in sentence
    assert done.figures == {"rappels_envoyes": 0, "rappels_a_transmettre": 1}
    assert nights.remind(END).left == ()


def test_at_the_start_everybody_is_still_to_attest(nights: Nights) -> None:
    nights.forget_attestations()
    (sentence,) = nights.remind(START).left
    assert "début de la session" in sentence
    assert nights.remind(START + timedelta(days=1)).left == ()


def test_none_after_the_attestation(nights: Nights) -> None:
    assert nights.remind(END).left
    with nights.ledger.write() as connection:
        for number in (2, 3, 4, 5, 99):
            attest(connection, number, CODE, us(2026, 12, 19))
    for late in (7, 14, 21):
        assert nights.remind(END + timedelta(days=late)) == nights.remind(END + timedelta(days=late))
        assert nights.remind(END + timedelta(days=late)).left == ()


def test_missed_nights_are_caught_up_by_the_newest_reminder_alone(nights: Nights) -> None:
    nights.night(END - timedelta(days=1))
    (sentence,) = nights.night(END + timedelta(days=9)).left
    assert "7 jours après la fin" in sentence
    assert nights.night(END + timedelta(days=10)).left == ()
    assert nights.night(END + timedelta(days=60)).left, "the machine was down: the last one is still said"
    assert nights.night(END + timedelta(days=61)).left == ()


def test_an_old_session_is_not_dug_up_by_a_first_night(nights: Nights) -> None:
    assert nights.night(END + timedelta(days=29)).left == ()


def test_the_trainer_is_written_to(nights: Nights, sent: Sent) -> None:
    nights.configure(COURRIER)
    done = nights.remind(END)
    ((to, subject, text),) = sent
    assert to == (TRAINER,)
    assert CODE in subject
    assert "parcours attester" in text
    assert "@" not in text
    assert (done.left, done.figures["rappels_envoyes"]) == ((), 1)
    nights.remind(END)
    assert len(sent) == 1


@pytest.mark.parametrize("said", [COURRIER + "rappels_aux_formateurs = false\n", '[courrier]\nserveur = "s.fr"\n'])
def test_without_a_sender_or_when_told_not_to_the_summary_says_it(nights: Nights, sent: Sent, said: str) -> None:
    nights.configure(said)
    assert len(nights.remind(END).left) == 1
    assert sent == []


def test_without_a_trainer_the_summary_says_it(nights: Nights, sent: Sent) -> None:
    with nights.ledger.write() as connection:
        connection.execute(sa.delete(schema.trainer).where(schema.trainer.c.role == "formateur"))
    nights.configure(COURRIER)
    assert len(nights.remind(END).left) == 1
    assert sent == []


def test_what_could_not_be_sent_is_sent_by_a_later_night(
    nights: Nights, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise RetriableError("Le serveur de courrier smtp.exemple.fr ne répond pas.")

    nights.configure(COURRIER)
    with monkeypatch.context() as broken:
        broken.setattr(Postman, "send", down)
        (failure,) = nights.night(END).failures
        assert "ne répond pas" in failure
    assert nights.night(END + timedelta(days=1)).failures == ()
    assert len(sent) == 1


def test_none_of_an_archived_session_until_it_is_opened_again(nights: Nights) -> None:
    site = "https://moodle.exemple.fr"
    with nights.ledger.write() as connection:
        note_stage(connection, site, CODE, "archivee", us(2026, 12, 1))
        note_stage(connection, site, f"X{CODE}", "archivee", us(2026, 12, 1))
    assert nights.remind(END).left == ()
    with nights.ledger.write() as connection:
        note_stage(connection, site, CODE, "ouverte", 0)
    assert len(nights.remind(END).left) == 1


def test_a_session_validated_by_completion_reminds_nobody(nights: Nights) -> None:
    with nights.ledger.write() as connection:
        connection.execute(sa.update(schema.session).values(validation="achevement"))
    assert nights.remind(END).left == ()
