"""Moodle's door for files, `webservice/upload.php`: into a draft area of the token's account, whatever the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from urllib3.filepost import encode_multipart_formdata

from connector.errors import DataError, FatalError
from connector.language import _
from connector.moodle import faults
from connector.moodle.faults import Answer, Exchange
from connector.moodle.wire import Request, Wire

if TYPE_CHECKING:
    from pydantic import JsonValue, SecretStr

FUNCTION = "upload.php"

_TOO_BIG = 413
_THERE_ALREADY = "filenameexist"


def upload(wire: Wire, token: SecretStr, name: str, content: bytes, *, draft: int) -> None:
    """Put a file in a draft area; one of that name that is there already is left as it is.

    What was not heard of is sent again: a name stands for one content only, so that nothing is doubled. Raises
    `DataError` when the site does not take the file, and what a call raises.
    """
    parts: dict[str, str | tuple[str, bytes, str]] = {
        "token": token.get_secret_value(),
        "itemid": str(draft),
        "filepath": "/",
        "file": (name, content, "application/octet-stream"),
    }
    body, content_type = encode_multipart_formdata(parts)
    request = Request("POST", "/webservice/upload.php", body, {"Content-Type": content_type})
    wire.ask(Exchange(wire.address, FUNCTION, write=False), request, _decode)


def _decode(exchange: Exchange, answer: Answer) -> None:
    if answer.status == _TOO_BIG:
        raise DataError(
            _(
                "Le serveur placé devant {address} refuse un fichier de cette taille (erreur 413).",
                address=exchange.address,
            )
        )
    value = faults.decode(exchange, answer)
    row = value[0] if isinstance(value, list) and value else None
    if not isinstance(row, dict):
        raise FatalError(
            _("Réponse inattendue de {address} à {function}.", address=exchange.address, function=exchange.function)
        )
    if "error" in row and row.get("errortype") != _THERE_ALREADY:
        raise _refused(exchange, row)


def _refused(exchange: Exchange, row: dict[str, JsonValue]) -> DataError:
    return DataError(
        _(
            "{address} ne prend pas ce fichier : « {plain} ».",
            address=exchange.address,
            plain=faults.plain(str(row["error"])),
        )
    )
