"""Messages of the night, sent to a real SMTP server over TLS."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import structlog
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import SecretStr

from connector.errors import ConfigError, RetriableError
from connector.ledger.instants import today
from connector.ops.night import reports
from connector.ops.night.mail import Postman, send_reports
from connector.ops.night.posted import Posted
from connector.settings import FILE, Settings
from connector.settings.sections import Courrier
from scenarios.calendar import SchoolYear
from tests.ops.post_office import Office, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from connector.ledger.db import Ledger

SENDER, ADMIN = "parcours@ac-exemple.fr", "admin@ac-exemple.fr"
SECRET = "un-secret-de-courrier"


def login(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"parcours", SECRET.encode())
    return AuthResult(success=known, handled=known)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def port(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A mail server with STARTTLS and a password; its certificate is trusted."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "autorite.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "autorite.pem"))
    with serving(office, tls_context=context, require_starttls=True, authenticator=login, auth_required=True) as free:
        yield free


def postman(port: int, secret: str = SECRET) -> Postman:
    courrier = Courrier(
        serveur="localhost", port=port, identifiant="parcours", secret_fichier="secret", expediteur=SENDER
    )
    return Postman(courrier, SENDER, SecretStr(secret))


def test_a_message_arrives_whole_over_tls(port: int, office: Office) -> None:
    postman(port).send((ADMIN,), "Nuit du 22 : rien à signaler", "Élèves et maîtres.\n")
    (message,) = office.received
    assert message["Subject"] == "Nuit du 22 : rien à signaler"
    assert (message["From"], message["To"], message["Auto-Submitted"]) == (SENDER, ADMIN, "auto-generated")
    assert message.get_content().strip() == "Élèves et maîtres."


def test_a_wrong_secret_is_told(port: int, office: Office) -> None:
    with pytest.raises(ConfigError, match="refuse l'identifiant ou le secret") as caught:
        postman(port, "faux").send((ADMIN,), "Nuit", "Texte")
    assert "faux" not in str(caught.value)
    with pytest.raises(ConfigError, match="refuse l'identifiant ou le secret"):
        postman(port, "faux").greet()
    postman(port).greet()
    assert office.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ConfigError, match="ne présente pas un certificat reconnu"):
        postman(port).send((ADMIN,), "Nuit", "Texte")


def test_a_recipient_who_is_refused_is_named(port: int) -> None:
    with pytest.raises(RetriableError, match=r"destinataires refusés, personne@ac-exemple\.fr"):
        postman(port).send(("personne@ac-exemple.fr",), "Nuit", "Texte")


def test_a_server_that_is_not_there(port: int) -> None:
    courrier = Courrier(serveur="localhost", port=1, expediteur=SENDER)
    with pytest.raises(RetriableError, match="ne répond pas : la connexion est refusée"):
        Postman(courrier, SENDER, None).send((ADMIN,), "Nuit", "Texte")


def test_each_ien_gets_the_report_once_and_one_refusal_costs_nobody_else(
    port: int, office: Office, tmp_path: Path, ledger: Ledger
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "secret").chmod(0o600)
    places = "".join(
        f'[[circonscription]]\nuai = "{uai}"\nnom = "{name}"\nacademie = "Lyon"\n{address}'
        for uai, name, address in (
            ("0693456G", "Lyon 4", 'courriel = "personne@ac-exemple.fr"\n'),
            ("0691234S", "Lyon 5", 'courriel = "ien.lyon5@ac-exemple.fr"\n'),
            ("0690001B", "Lyon 6", ""),
            ("0690587N", "Lyon 7", 'courriel = "ien.lyon7@ac-exemple.fr"\n'),
        )
    )
    (tmp_path / FILE).write_text(
        f'[courrier]\nserveur = "localhost"\nport = {port}\nidentifiant = "parcours"\nsecret_fichier = "secret"\n'
        f'expediteur = "{SENDER}"\nrapports_aux_ien = true\n{places}',
        encoding="utf-8",
    )
    settings, year = Settings.load(tmp_path), SchoolYear.parse("2026-2027")
    files = {one.uai: reports.path(tmp_path / "rapports", year, one.uai, "html") for one in settings.circonscriptions}
    for known in settings.circonscriptions:
        file = files[known.uai]
        file.parent.mkdir(parents=True)
        file.write_text(f"<p>{known.nom}</p>", encoding="utf-8")
    assert settings.courrier is not None
    fresh = {file: "12:00" for uai, file in files.items() if uai != "0690587N"}  # its own is of another night
    night = partial(send_reports, settings, settings.courrier, tmp_path / "rapports", year, structlog.get_logger())
    posted = Posted(ledger, today(), "nuit")
    done = night(fresh, posted)
    assert done.figures == {"rapports_envoyes": 1}
    assert len(done.failures) == 1
    assert "Circonscription 0693456G" in done.failures[0]
    (message,) = office.received
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "circonscription-0691234S-2026-2027.html"
    assert attached.get_content().strip() == "<p>Lyon 5</p>"

    assert night(fresh, posted).figures == {"rapports_envoyes": 0}, "the night is run again, and has nothing new to say"
    assert night(dict.fromkeys(fresh, "12:45"), posted).figures == {"rapports_envoyes": 1}
    assert night(dict.fromkeys(fresh, "12:45"), replace(posted, day=today() + timedelta(1))).figures == {
        "rapports_envoyes": 1
    }, "the next night sends it, new or not"
    assert [message["To"] for message in office.received] == ["ien.lyon5@ac-exemple.fr"] * 3
