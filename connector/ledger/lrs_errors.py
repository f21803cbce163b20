"""What goes wrong with an LRS, in the program's own tree of errors and in French."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from connector.errors import ConfigError, DataError, FatalError, RetriableError
from connector.language import _
from xapi import errors as xapi

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Raise our errors for those that `xapi` raises inside; `address` is the LRS's."""
    try:
        yield
    except xapi.CertificateError as exc:
        raise ConfigError(
            _("La connexion sûre (https) avec le LRS {address} ne s'établit pas : certificat refusé.", address=address),
            remedy=_("Faites vérifier son certificat, ou indiquez l'autorité qui l'a signé : « autorite » de [[lrs]]."),
        ) from exc
    except xapi.ProxyError as exc:
        raise ConfigError(
            _("Le mandataire (proxy) ne laisse pas joindre le LRS {address}.", address=address),
            remedy=_("Vérifiez « mandataire » de [[lrs]], ou HTTPS_PROXY et NO_PROXY."),
        ) from exc
    except xapi.ConfigError as exc:
        raise ConfigError(
            _("Le LRS {address} refuse l'accès, ou ce n'est pas son adresse.", address=address),
            remedy=_("Vérifiez « adresse », « identifiant » et le secret, ou le jeton, de [[lrs]] dans parcours.toml."),
        ) from exc
    except xapi.RetriableError as exc:
        raise RetriableError(
            _("Le LRS {address} ne répond pas, ou répond de travers.", address=address),
            remedy=_("Relancez dans un moment : la lecture reprendra où elle s'est arrêtée."),
            after=exc.after,
        ) from exc
    except xapi.DataError as exc:
        raise DataError(_("Le LRS {address} n'accepte pas ce qui lui est demandé.", address=address)) from exc
    except xapi.TooLargeError as exc:
        raise FatalError(
            _("Le LRS {address} donne une déclaration trop grande pour être lue.", address=address),
            remedy=_("Faites-la retirer par son administrateur : ce qui la suit n'est pas lu."),
        ) from exc
    except xapi.XapiError as exc:
        raise FatalError(
            _(
                "Le LRS {address} ne se comporte pas comme un LRS (page web, ou suite de pages sans fin).",
                address=address,
            ),
            remedy=_("Vérifiez son adresse avec son administrateur."),
        ) from exc
