"""Messages of the night: the summary to those who look after the site, its report to each IEN.

The mail server is reached with the standard library, over TLS unless the configuration says that it needs none.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING

from connector.errors import ConfigError, RetriableError
from connector.language import _, ngettext
from connector.ops.night import reports
from connector.ops.night.failures import failure_of
from connector.ops.night.outcome import Done
from connector.system_words import why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic import SecretStr
    from structlog.typing import FilteringBoundLogger

    from connector.ops.night.posted import Posted
    from connector.settings import Settings
    from connector.settings.sections import Courrier
    from scenarios.calendar import SchoolYear

_SECONDS = 30


@dataclass(frozen=True)
class Postman:
    """Sends messages through the server of `[courrier]`, each in a session of its own."""

    courrier: Courrier
    sender: str
    secret: SecretStr | None

    @classmethod
    def of(cls, settings: Settings, courrier: Courrier) -> Postman:
        """Return the one of the configuration; ConfigError where its secret cannot be read."""
        if courrier.expediteur is None:
            raise ConfigError(
                _("L'adresse d'où partent les messages manque."), remedy=_("Ajoutez « expediteur » à [courrier].")
            )
        return cls(courrier, courrier.expediteur, settings.mail_secret(courrier))

    def send(self, to: tuple[str, ...], subject: str, text: str, attached: Path | None = None) -> None:
        """Send one message, with a HTML file where there is one; ConfigError or RetriableError where it is refused."""
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = self.sender
        message["To"] = ", ".join(to)
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answer to this one
        message.set_content(text)
        if attached is not None:
            message.add_attachment(attached.read_bytes(), maintype="text", subtype="html", filename=attached.name)
        with self._refusals(), self._server() as server:
            server.send_message(message)

    def greet(self) -> None:
        """Connect and log in as to send, and send nothing; the same errors."""
        with self._refusals(), self._server():
            pass

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        name, port, context = self.courrier.serveur, self.courrier.port, ssl.create_default_context()
        if self.courrier.securite == "tls":
            opened: smtplib.SMTP = smtplib.SMTP_SSL(name, port, timeout=_SECONDS, context=context)
        else:
            opened = smtplib.SMTP(name, port, timeout=_SECONDS)
        with opened as server:
            if self.courrier.securite == "starttls":
                server.starttls(context=context)
            if self.courrier.identifiant is not None and self.secret is not None:
                server.login(self.courrier.identifiant, self.secret.get_secret_value())
            yield server

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        server = _("Le serveur de courrier {serveur}", serveur=self.courrier.serveur)
        try:
            yield
        except smtplib.SMTPAuthenticationError as exc:
            raise ConfigError(
                _("{server} refuse l'identifiant ou le secret.", server=server),
                remedy=_("Vérifiez la partie [courrier] de parcours.toml."),
            ) from exc
        except smtplib.SMTPServerDisconnected as exc:
            remedy = _("Vérifiez son port et « securite ».")
            raise RetriableError(_("{server} a coupé la connexion.", server=server), remedy=remedy) from exc
        except smtplib.SMTPException as exc:
            raise RetriableError(_("{server} refuse le message : {said}.", server=server, said=_said(exc))) from exc
        except ssl.SSLError as exc:
            raise ConfigError(
                _("{server} ne présente pas un certificat reconnu.", server=server),
                remedy=_("Vérifiez son nom, son port et « securite »."),
            ) from exc
        except OSError as exc:
            raise RetriableError(_("{server} ne répond pas : {raison}.", server=server, raison=why(exc))) from exc


def send_reports(
    settings: Settings,
    courrier: Courrier,
    folder: Path,
    year: SchoolYear,
    log: FilteringBoundLogger,
    fresh: Mapping[Path, str],
    posted: Posted,
) -> Done:
    """Send each circonscription that has an address its HTML report, if it is `fresh`; one refused costs no other.

    One that was sent already today, and would say the same, is not sent again.
    """
    postman = Postman.of(settings, courrier)
    sent, failures = 0, []
    for known in settings.circonscriptions:
        file = reports.path(folder, year, known.uai, "html")
        if known.courriel is None or file not in fresh or posted.already(known.uai, fresh[file]):
            continue
        subject = _("Formation des enseignants, {nom} : les 18 heures {annee}", nom=known.nom, annee=year)
        text = _("Le rapport de la circonscription {nom} est joint : ouvrez-le dans un navigateur.", nom=known.nom)
        care = _("Il porte des données personnelles : ne le transmettez pas au-delà de la circonscription.")
        try:
            postman.send((known.courriel,), subject, f"{text}\n{care}\n", file)
            posted.note(known.uai, fresh[file])
            sent += 1
        except Exception as exc:  # noqa: BLE001 - whatever it is, the others are still to be sent
            failures.append(
                _(
                    "Circonscription {uai} : {failure}",
                    uai=known.uai,
                    failure=failure_of(exc, log, circonscription=known.uai),
                )
            )
    return Done(
        ngettext("{n} rapport envoyé", "{n} rapports envoyés", sent), {"rapports_envoyes": sent}, tuple(failures)
    )


def _said(exc: smtplib.SMTPException) -> str:
    if isinstance(exc, smtplib.SMTPRecipientsRefused):
        return _("destinataires refusés, {recipients}", recipients=", ".join(exc.recipients))
    if isinstance(exc, smtplib.SMTPResponseException):
        text = exc.smtp_error.decode("utf-8", "replace") if isinstance(exc.smtp_error, bytes) else str(exc.smtp_error)
        return f"{exc.smtp_code} {text}".strip().rstrip(".")
    return str(exc).rstrip(".") or type(exc).__name__
