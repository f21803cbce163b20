"""parcours.toml (FORMATS.md section 6): accepted whole, refused whole, secrets kept out of it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import certifi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.errors import ConfigError
from connector.settings import FILE, TOKEN_VARIABLE, Settings
from connector.settings.wording import sentences
from scenarios.fields import UAI_KEYS

COMPLETE = """
[base]
dsn = "sqlite:///registre.db"
conservation_brut = "400 jours"
[sessions]
dossiers = ["sessions", "liees"]
[[moodle]]
adresse = "https://Moodle.exemple.fr/"
jeton_fichier = "jeton-moodle"
[[lrs]]
adresse = "https://lrs.exemple.fr/xAPI/"
identifiant = "parcours"
secret_fichier = "secret-lrs"
usage = "lecture"
[[circonscription]]
uai = "0693456G"
nom = "Lyon 4"
academie = "Lyon"
courriel = "ien.lyon4@ac-exemple.fr"
[[acces]]
identifiant = "ien.lyon4"
role = "ien"
perimetre = ["0693456G"]
[courrier]
serveur = "smtp.exemple.fr"
[[politique]]
circonscription = "0693456G"
annee_scolaire = "2026-2027"
arrondi = "module_3h_sup"
distance_min = "9h"
themes_min = {mathematiques = "6h", francais = "6h"}
validation = "attestation"
decide_par = "IEN"
decide_le = 2026-09-15
[[derogation]]
identifiant = "E0042"
annee_scolaire = "2026-2027"
du = "12h"
motif = "decision_ien"
"""


def load(folder: Path, text: str) -> Settings:
    (folder / FILE).write_text(text, encoding="utf-8")
    return Settings.load(folder)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return str(caught.value)


def uai_with_key(digits: str) -> str:
    return digits + UAI_KEYS[int(digits) % 23]


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000])
def test_what_the_reader_of_toml_has_no_room_for_is_a_sentence(tmp_path: Path, value: str) -> None:
    assert "démesuré" in refused(tmp_path, f"[base]\nconservation_brut = {value}\n")


def test_the_published_example_is_read_whole(tmp_path: Path) -> None:
    settings = load(tmp_path, COMPLETE)
    uai = "0693456G"
    assert settings.dsn == f"sqlite:///{tmp_path / 'registre.db'}"
    assert settings.base.conservation_brut == 400
    assert settings.session_folders == (tmp_path / "sessions", tmp_path / "liees")
    assert settings.moodle_site().adresse == "https://moodle.exemple.fr"
    assert settings.lrs[0].reads
    assert not settings.lrs[0].writes
    assert settings.circonscription(uai).nom == "Lyon 4"
    assert str(settings.circonscription(uai).timezone) == "Europe/Paris"
    assert settings.politiques[0].distance_min == 540
    assert settings.politiques[0].themes_min == {"mathematiques": 360, "francais": 360}
    assert settings.politiques[0].decide_le == date(2026, 9, 15)
    assert settings.derogations[0].du == 720
    assert settings.courrier is not None
    assert settings.courrier.serveur == "smtp.exemple.fr"


def test_overseas_time_zone(tmp_path: Path) -> None:
    uai = uai_with_key("9740001")
    settings = load(tmp_path, f'[[circonscription]]\nuai = "{uai}"\nnom = "Saint-Denis 1"\nacademie = "La Réunion"\n')
    assert str(settings.circonscription(uai).timezone) == "Indian/Reunion"


def test_no_file_is_an_empty_configuration(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    assert settings.moodle == ()
    assert settings.dsn == f"sqlite:///{tmp_path / 'registre.db'}"


def test_all_errors_at_once_each_with_its_key(tmp_path: Path) -> None:
    message = refused(
        tmp_path,
        """
[bases]
dsn = "sqlite:///registre.db"
[base]
conservation_brut = "400"
[[moodle]]
adresse = "https://moodle.exemple.fr"
[[moodle]]
adresse = "moodle.exemple.fr"
jeton = "abcdef"
[[acces]]
identifiant = "ien"
role = "inspecteur"
[[derogation]]
identifiant = "E1"
annee_scolaire = "2026-2028"
du = "douze heures"
""",
    )
    lines = message.splitlines()
    assert all(line.startswith(f"{tmp_path / FILE} : ") for line in lines)
    said = "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")
    assert "[bases] : la clé « bases » est inconnue ici (vouliez-vous dire « base » ?)." in said
    assert "[base], conservation_brut : un nombre de jours est attendu ici" in said
    assert "[[moodle]] n° 2, adresse : adresse web attendue" in said
    assert "[[moodle]] n° 2, jeton : la clé « jeton » est inconnue ici" in said
    assert "[[acces]] n° 1, role : valeur « inspecteur » inconnue" in said
    assert "[[derogation]] n° 1, annee_scolaire" in said
    assert "[[derogation]] n° 1, du : durée « douze heures » incomprise" in said
    assert "[[derogation]] n° 1, motif : la clé obligatoire « motif » manque" in said
    assert len(lines) == 8


def test_a_refused_value_is_never_the_token_itself(tmp_path: Path) -> None:
    assert "abcdef0123456789" not in refused(
        tmp_path, '[[moodle]]\nadresse = "https://m.exemple.fr"\njeton = "abcdef0123456789"\n'
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('[[moodle]]\nadresse = "http://moodle.exemple.fr"\n', "voyagerait en clair"),
        ('[moodle]\nadresse = "https://moodle.exemple.fr"\n', "entre doubles crochets"),
        ('[[moodle]]\nadresse = "https://m.exemple.fr"\nprotocole = "xmlrpc"\n', "valeurs admises\xa0: rest, soap"),
        ('[[courrier]]\nserveur = "smtp.exemple.fr"\n', "entre crochets simples"),
        ('[[moodle]]\nadresse = "https://u:p@moodle.exemple.fr"\n', "ni identifiant ni mot de passe"),
        (
            '[[moodle]]\nadresse = "https://a.exemple.fr"\n[[moodle]]\nadresse = "https://A.exemple.fr/"\n',
            "adresse en double",
        ),
        (
            '[[moodle]]\nadresse = "https://a.exemple.fr"\n[[moodle]]\nadresse = "https://b.exemple.fr"\n',
            "un seul site peut se passer de « jeton_fichier »",
        ),
        (
            "".join(
                f'[[lrs]]\nadresse = "https://{name}.exemple.fr"\nidentifiant = "p"\nsecret_fichier = "s"\n'
                'usage = "ecriture"\n'
                for name in "ab"
            ),
            "un seul LRS peut recevoir",
        ),
        ('[base\ndsn = "x"\n', "ligne 1, colonne 6"),
        ('[base]\ndsn = "', "TOML valide"),
    ],
)
def test_refusals(tmp_path: Path, text: str, part: str) -> None:
    message = refused(tmp_path, text)
    assert part in message
    assert str(tmp_path / FILE) in message


def test_plain_http_on_this_machine_or_when_asked(tmp_path: Path) -> None:
    text = (
        '[[moodle]]\nadresse = "http://127.0.0.1:8080"\n'
        '[[moodle]]\nadresse = "http://m.exemple.fr"\nsans_https = true\njeton_fichier = "j"\n'
    )
    settings = load(tmp_path, text)
    assert [site.adresse for site in settings.moodle] == ["http://127.0.0.1:8080", "http://m.exemple.fr"]


def one_site(folder: Path, extra: str = "") -> Settings:
    return load(folder, f'[[moodle]]\nadresse = "https://moodle.exemple.fr"\n{extra}')


def test_token_from_its_file(tmp_path: Path) -> None:
    settings = one_site(tmp_path, 'jeton_fichier = "jeton"\n')
    file = tmp_path / "jeton"
    file.write_text("abcdef0123456789\n", encoding="utf-8")
    file.chmod(0o600)
    token = settings.moodle_token(settings.moodle_site())
    assert token.get_secret_value() == "abcdef0123456789"
    assert "abcdef" not in repr(token)
    assert "abcdef" not in repr(settings)


def test_the_variable_wins_over_the_file_of_the_only_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("jeton", "autre"):
        (tmp_path / name).write_text(f"{name}-du-fichier\n", encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    monkeypatch.setenv(TOKEN_VARIABLE, "de-la-variable")
    settings = one_site(tmp_path, 'jeton_fichier = "jeton"\n')
    assert settings.moodle_token(settings.moodle_site()).get_secret_value() == "de-la-variable"
    second = '[[moodle]]\nadresse = "https://b.exemple.fr"\njeton_fichier = "autre"\n'
    settings = one_site(tmp_path, f'jeton_fichier = "jeton"\n{second}')
    assert [settings.moodle_token(site).get_secret_value() for site in settings.moodle] == [
        "jeton-du-fichier",
        "autre-du-fichier",
    ]


def test_token_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = one_site(tmp_path)
    monkeypatch.setenv(TOKEN_VARIABLE, " abcdef0123456789 ")
    assert settings.moodle_token(settings.moodle_site()).get_secret_value() == "abcdef0123456789"
    monkeypatch.delenv(TOKEN_VARIABLE)
    with pytest.raises(ConfigError, match="Il manque le jeton"):
        settings.moodle_token(settings.moodle_site())


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_secret_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    settings = one_site(tmp_path, 'jeton_fichier = "jeton"\n')
    file = tmp_path / "jeton"
    file.write_text("abcdef0123456789", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        settings.moodle_token(settings.moodle_site())


@pytest.mark.parametrize(
    ("content", "part"), [(None, "ne peut pas être lu"), (b"", "est vide. Copiez-y le secret"), (b"\xff\xfe", "texte")]
)
def test_a_secret_that_cannot_be_used(tmp_path: Path, content: bytes | None, part: str) -> None:
    settings = one_site(tmp_path, 'jeton_fichier = "jeton"\n')
    if content is not None:
        (tmp_path / "jeton").write_bytes(content)
        (tmp_path / "jeton").chmod(0o600)
    with pytest.raises(ConfigError, match=part):
        settings.moodle_token(settings.moodle_site())


def test_sites_and_circonscriptions_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Aucun site Moodle"):
        Settings.load(tmp_path).moodle_site()
    with pytest.raises(ConfigError, match=r"\[\[circonscription\]\]"):
        Settings.load(tmp_path).circonscription("0693456G")
    two = load(
        tmp_path,
        '[[moodle]]\nadresse = "https://a.exemple.fr"\njeton_fichier = "j"\n[[moodle]]\nadresse = "https://b.exemple.fr"\n',
    )
    with pytest.raises(ConfigError, match="--site"):
        two.moodle_site()
    with pytest.raises(ConfigError, match="n'est pas dans"):
        two.moodle_site("https://c.exemple.fr")
    assert two.moodle_site("https://B.exemple.fr/").adresse == "https://b.exemple.fr"


WORDS = ["adresse", "uai", "nom", "usage", "themes_min", "circonscription", "dossiers", "annee_scolaire", "du", "x"]
VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=8) | st.sampled_from(["lecture", "9h"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=6,
)
SECTIONS = st.sampled_from([*(field.alias or name for name, field in Settings.model_fields.items()), "autre"])


@given(st.dictionaries(SECTIONS, VALUES, max_size=4))
def test_whatever_the_file_holds_each_error_is_a_sentence(document: dict[str, object]) -> None:
    said: list[str] = []
    expected = 0
    try:
        Settings.model_validate(document)
    except ValidationError as exc:
        said, expected = sentences(exc, document, Settings), exc.error_count()
    assert len(said) == expected
    assert all(sentence.endswith(".") and " : " in sentence for sentence in said)


LRS = '[[lrs]]\nadresse = "https://lrs.exemple.fr/xAPI/"\n'
BASIC = 'identifiant = "p"\nsecret_fichier = "s"\n'


def test_how_an_lrs_is_reached(tmp_path: Path) -> None:
    text = (
        'jeton_fichier = "jeton"\nautorite = "ca.pem"\nmandataire = "http://Mandataire.exemple.fr:3128/"\ndelai = 120\n'
    )
    (lrs,) = load(tmp_path, LRS + text + 'version = "2.0.0"\n').lrs
    assert (lrs.fichier, lrs.identifiant, lrs.delai, lrs.version) == ("jeton", None, 120, "2.0.0")
    assert lrs.mandataire == "http://mandataire.exemple.fr:3128"
    (plain,) = load(tmp_path, LRS + BASIC).lrs
    assert (plain.fichier, plain.delai, plain.version, plain.mandataire) == ("s", 60, "1.0.3", None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "donnez « identifiant » et « secret_fichier », ou bien « jeton_fichier »"),
        (BASIC + 'jeton_fichier = "j"\n', "l'un des deux, et un seul"),
        ('identifiant = "p"\njeton_fichier = "j"\n', "« identifiant » et « secret_fichier » vont ensemble"),
        (BASIC + "delai = 0\n", "un nombre entier de secondes"),
        (BASIC + 'delai = "1min"\n', "un nombre entier de secondes"),
        (BASIC + 'mandataire = "http://a:b@m.exemple.fr"\n', "ni identifiant ni mot de passe"),
        (BASIC + 'version = "0.95"\n', "version"),
    ],
)
def test_how_an_lrs_cannot_be_reached(tmp_path: Path, text: str, sentence: str) -> None:
    said = refused(tmp_path, LRS + text)
    assert "[[lrs]] n° 1" in said
    assert sentence in said


@pytest.mark.parametrize(
    ("content", "words"), [(None, "ne peut pas être lu"), ("rien", "ne contient pas de certificat")]
)
def test_an_authority_that_is_none(tmp_path: Path, content: str | None, words: str) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content, encoding="utf-8")
    settings = load(tmp_path, LRS + BASIC + 'autorite = "ca.pem"\n')
    with pytest.raises(ConfigError, match=words):
        settings.lrs_authority(settings.lrs[0])


def test_an_authority_is_the_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(Path(certifi.where()).read_bytes())
    settings = load(tmp_path, LRS + BASIC + 'autorite = "ca.pem"\n')
    assert settings.lrs_authority(settings.lrs[0]) == tmp_path / "ca.pem"
