"""What Moodle's error codes mean to the person who runs the program: class, sentence, remedy."""

from __future__ import annotations

from dataclasses import dataclass

from connector.errors import ConfigError, DataError, FatalError, ParcoursError, RetriableError
from connector.language import N_, _


@dataclass(frozen=True)
class Meaning:
    """One meaning; `{site}`, `{function}` and `{said}` (Moodle's own words) may be named in the sentence."""

    kind: type[ParcoursError]
    sentence: str
    remedy: str | None = None

    def error(self, site: str, function: str, *, said: str = "", detail: str = "") -> ParcoursError:
        """Return the error, its sentence filled in."""
        return self.kind(
            _(self.sentence, site=site, function=function, said=said, detail=detail),
            remedy=_(self.remedy) if self.remedy else None,
        )


SERVICES_OFF = Meaning(
    ConfigError,
    N_("{site} n'accepte pas les services web : ils sont désactivés, ou le protocole {detail} l'est."),
    N_("Un administrateur les active dans Administration du site > Serveur > Services web > Vue d'ensemble."),
)
NOT_JSON = Meaning(
    ConfigError,
    N_("{site} n'a pas répondu comme un service web de Moodle{detail} : une page web est arrivée à la place."),
    N_("Vérifiez « adresse » dans parcours.toml : l'adresse d'accueil de Moodle, telle que le navigateur l'affiche."),
)
FUNCTION_UNKNOWN = Meaning(
    ConfigError,
    N_("{site} ne connaît pas la fonction {function}."),
    N_(
        "Si son nom commence par local_parcours_, installez l'extension : « parcours plugin "
        "construire » en fait le zip."
    ),
)
_UPLOADS_OFF = Meaning(
    ConfigError,
    N_("Le service du jeton ne prend pas de fichiers sur {site}."),
    N_(
        "Dans Administration du site > Serveur > Services web > Services externes, cochez « Peut "
        "envoyer des fichiers » pour ce service."
    ),
)
_ACCESS_UNTOLD = Meaning(
    ConfigError,
    N_(
        "{site} refuse l'appel {function} : jeton expiré, adresse IP non autorisée, service "
        "désactivé ou fonction absente du service (Moodle ne dit pas lequel)."
    ),
    N_("Dans Administration du site > Serveur > Services web, vérifiez le jeton et les fonctions de son service."),
)
ACCESS: tuple[tuple[str, Meaning], ...] = (
    (
        "token expired",
        Meaning(
            ConfigError,
            N_("Le jeton donné pour {site} a expiré."),
            N_(
                "Demandez-en un autre à l'administrateur du site et mettez-le dans le fichier nommé par "
                "« jeton_fichier »."
            ),
        ),
    ),
    (
        "IP:",
        Meaning(
            ConfigError,
            N_("{site} n'accepte pas ce jeton depuis l'adresse IP de cette machine."),
            N_("Faites ajouter l'adresse de cette machine aux restrictions IP du jeton ou du service."),
        ),
    ),
    (
        "Access to the function",
        Meaning(
            ConfigError,
            N_("{site} n'autorise pas la fonction {function} avec ce jeton."),
            N_("Faites ajouter la fonction au service du jeton ; ce service doit être activé et ouvert à ce compte."),
        ),
    ),
    ("file upload must be enabled", _UPLOADS_OFF),
    ("", _ACCESS_UNTOLD),
)
"""For `accessexception`, which has four causes: the first whose clue is in Moodle's debug text."""

_TOKEN = Meaning(
    ConfigError,
    N_("{site} ne reconnaît pas le jeton."),
    N_("Vérifiez le fichier nommé par « jeton_fichier » dans parcours.toml, ou la variable PARCOURS_MOODLE_JETON."),
)
_RIGHT = Meaning(
    ConfigError,
    N_("Le compte du jeton n'a pas le droit de faire {function} sur {site} : « {said} »."),
    N_("Faites donner ce droit au rôle du compte de service."),
)
_NO_COURSE_ACCESS = Meaning(
    ConfigError,
    N_("Le compte du jeton n'a pas accès à ce cours de {site} : « {said} »."),
    N_("Inscrivez le compte de service au cours, ou donnez-lui le rôle au niveau du site."),
)
_BUSY = N_("Réessayez dans quelques minutes.")
_PARAMETER = Meaning(
    FatalError,
    N_("{site} a refusé les paramètres de {function} : « {said} »."),
    N_("Si l'envoi est très grand, « max_input_vars » de PHP (5000 au moins) en est la cause habituelle."),
)

BY_CODE: dict[str, Meaning] = {
    "invalidtoken": _TOKEN,
    "nopermissions": _RIGHT,
    "wsusercannotassign": _RIGHT,
    "requireloginerror": _NO_COURSE_ACCESS,
    "errorcoursecontextnotvalid": _NO_COURSE_ACCESS,
    "wsaccessusersuspended": Meaning(
        ConfigError,
        N_("Le compte du jeton est suspendu sur {site}."),
        N_("Demandez à l'administrateur du site de le réactiver."),
    ),
    "sitemaintenance": Meaning(
        RetriableError, N_("{site} est en maintenance."), N_("Réessayez quand le site sera rouvert.")
    ),
    "dbconnectionfailed": Meaning(RetriableError, N_("{site} ne peut pas joindre sa base de données."), _BUSY),
    "invalidparameter": _PARAMETER,
    "errorinvalidparam": _PARAMETER,
    "invalidrecord": Meaning(
        FatalError,
        N_("{site} ne trouve pas ce que {function} demande : « {said} »."),
        N_("L'objet a peut-être été supprimé."),
    ),
    "invalidrecordunknown": Meaning(
        ConfigError,
        N_(
            "{site} ne connaît pas la fonction {function}, ou ne trouve pas ce qu'elle demande "
            "(Moodle ne dit pas lequel)."
        ),
        FUNCTION_UNKNOWN.remedy,
    ),
    "invalidcoursemodule": Meaning(
        FatalError,
        N_("{site} ne connaît plus cette activité : elle a été supprimée du cours."),
        N_("Publiez de nouveau."),
    ),
    "shortnametaken": Meaning(
        DataError,
        N_("Un autre cours de {site} porte déjà ce nom abrégé : « {said} »."),
        N_("Changez le code de la session, ou le nom abrégé de l'autre cours."),
    ),
    "backupprecheckerrors": Meaning(
        ConfigError,
        N_("{site} ne restaure pas la copie du cours : son contrôle a échoué, et Moodle ne dit pas pourquoi."),
        N_(
            "Il manque sans doute un droit au compte du jeton, celui d'ajouter des questions par "
            "exemple : « parcours diagnostiquer --droits » donne la liste."
        ),
    ),
    "courseidnumbertaken": Meaning(
        DataError,
        N_("Un autre cours de {site} porte déjà ce numéro d'identification : « {said} »."),
        N_("Changez le code de la session, ou le numéro de l'autre cours."),
    ),
}

_FILE_TOO_BIG = Meaning(
    DataError,
    N_("{site} ne prend pas un fichier de cette taille : « {said} »."),
    N_("Réduisez le fichier, ou demandez à l'administrateur d'élever la limite du site."),
)
BY_CODE |= dict.fromkeys(("upload_error_ini_size", "upload_error_form_size", "userquotalimit"), _FILE_TOO_BIG)
BY_CODE["virusfound"] = Meaning(
    DataError, N_("L'antivirus de {site} refuse ce fichier : « {said} »."), N_("Vérifiez le fichier.")
)

_OUT_OF_STEP = Meaning(
    FatalError,
    N_("Le cours n'est plus sur {site} comme il vient d'être lu : « {said} »."),
    N_("Quelqu'un le modifie peut-être en ce moment : publiez de nouveau."),
)

PLUGIN_CODES: dict[str, Meaning] = {
    "foreigncourse": Meaning(
        DataError,
        N_("Un cours de {site} que parcours n'a pas publié porte déjà le code de la session : « {said} »."),
        N_("Changez « code » dans la session, ou le nom abrégé et le numéro d'identification de ce cours."),
    ),
    "invaliddocument": Meaning(
        FatalError,
        N_("L'extension local_parcours de {site} n'accepte pas le document envoyé : « {said} »."),
        N_(
            "Les versions de l'extension et du programme diffèrent-elles ? « parcours plugin "
            "construire » fait la bonne."
        ),
    ),
    "unknownmodule": Meaning(
        ConfigError,
        N_("Il manque à {site} un type d'activité : « {said} »."),
        N_("Faites-le activer dans Administration du site > Plugins > Modules d'activité."),
    ),
    "unknownsession": _OUT_OF_STEP,
    "unknownsection": _OUT_OF_STEP,
    "unknownactivity": _OUT_OF_STEP,
    "unknowngroup": _OUT_OF_STEP,
    "unknownprerequisite": _OUT_OF_STEP,
    "missingfile": Meaning(
        FatalError,
        N_("Le contenu d'un fichier n'est pas arrivé sur {site} : « {said} »."),
        N_("Publiez de nouveau : il sera renvoyé."),
    ),
    "modulechanged": Meaning(
        DataError,
        N_("Une activité est déjà dans Moodle avec un autre type : « {said} »."),
        N_("Donnez-lui un autre « id » dans le parcours : l'ancienne sera masquée."),
    ),
    "invalidgift": Meaning(
        DataError,
        N_("Moodle ne sait pas lire les questions GIFT d'un test : « {said} »."),
        N_("Corrigez le fichier de questions, puis publiez de nouveau."),
    ),
    "moduledisabled": Meaning(
        ConfigError,
        N_("Un type d'activité est désactivé sur {site} : « {said} »."),
        N_("Activez-le dans Administration du site > Plugins > Modules d'activité."),
    ),
    "rolenotassignable": Meaning(
        ConfigError,
        N_("Le compte du jeton ne peut pas attribuer un rôle sur {site} : « {said} »."),
        N_("Autorisez son rôle à attribuer « student », « teacher » et « editingteacher »."),
    ),
    "manualenroldisabled": Meaning(
        ConfigError,
        N_("L'inscription manuelle est désactivée sur {site}."),
        N_("Activez-la dans Administration du site > Plugins > Inscriptions."),
    ),
    "completiondisabled": Meaning(
        ConfigError,
        N_("Le suivi d'achèvement ou les restrictions d'accès sont désactivés sur {site}."),
        N_("Activez-les dans Administration du site > Fonctions avancées."),
    ),
    "publicationinprogress": Meaning(
        RetriableError, N_("Une autre publication de cette session est en cours sur {site} : « {said} »."), _BUSY
    ),
    "stale": Meaning(
        FatalError,
        N_("Rien n'a été publié : le cours a changé sur {site} depuis sa lecture. « {said} »"),
        N_("Relancez la commande : elle montrera ce qui reste à faire."),
    ),
}
"""Codes of our own plugin."""

SOAP_CODES: dict[str, Meaning] = {
    "wsdlrefused": Meaning(
        ConfigError,
        N_("{site} ne sait pas décrire (WSDL) le service de ce jeton : « {said} »."),
        N_(
            "Le protocole SOAP demande un petit service à part : créez-en un qui ne contient que les "
            "fonctions de parcours (le guide en donne la liste), et prenez-en le jeton. Ou écrivez "
            'protocole = "rest".'
        ),
    ),
    "wsdlunreachable": Meaning(
        ConfigError,
        N_(
            "{site} n'arrive pas à lire la description (WSDL) de son propre service : SOAP le lui "
            "demande à chaque appel."
        ),
        N_(
            "Le serveur doit pouvoir joindre sa propre adresse publique, avec deux processus PHP au "
            'moins. Ou écrivez protocole = "rest".'
        ),
    ),
}
"""Codes that we give to SOAP faults which have none in Moodle."""

SOAP_CLUES: tuple[tuple[str, str, str], ...] = (
    ("Procedure '", "accessexception", "Access to the function"),
    ("Access control exception", "accessexception", ""),
    ("Invalid token", "invalidtoken", ""),
    ("suspended", "wsaccessusersuspended", ""),
    ("undergoing maintenance", "sitemaintenance", ""),
    ("VALUE_OPTIONAL", "wsdlrefused", ""),
    ("VALUE_DEFAULT", "wsdlrefused", ""),
    ("SOAP-ERROR: Parsing WSDL", "wsdlunreachable", ""),
    ("SOAP-ERROR: Encoding", "invalidparameter", ""),
    ("Missing parameter", "invalidparameter", ""),
)
"""For SOAP faults without an errorcode: a clue in the text, the code that it stands for, the `debuginfo` to give it.

Those of PHP are in English whatever the site's language; those of Moodle are, since the WSDL is asked for in English.
"""
