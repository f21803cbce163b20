"""`parcours contextualiser`: a parcours has changed; what that means for a session that adapts it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.cli.publishing import session_argument, show
from connector.language import _, ngettext
from connector.publish.contextualising import accept, review
from connector.publish.display import Line
from connector.publish.session_named import session_code, session_file
from connector.publish.values import changed_lines, is_long
from connector.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.cli.main import Invocation
    from scenarios.three_way import Comparison, Difference


@click.command()
@session_argument
@click.option(
    "--base",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FICHIER",
    help="La version du parcours sur laquelle la session a été écrite, quand la session ne la garde pas.",
)
@click.option(
    "--accepter",
    is_flag=True,
    help="Prend acte du parcours d'aujourd'hui : il est gardé à côté de la session, qui le nomme dans « base ».",
)
@click.option("--json", "as_json", is_flag=True, help="Affiche la comparaison en JSON.")
@click.pass_context
def contextualiser(ctx: click.Context, session: str, base: Path | None, *, accepter: bool, as_json: bool) -> None:
    """Compare le parcours d'aujourd'hui à celui sur lequel une session (son fichier ou son code) a été écrite.

    Montre ce que la session reprend d'elle-même, ce qu'elle garde de sa contextualisation, et ce qui a changé des deux
    côtés : là, la session l'emporte, et c'est au formateur de décider. Rien n'est modifié, sauf avec --accepter, qui ne
    change que la clé « base ». Code de retour : 0 s'il n'y a rien à décider, 2 s'il y a quelque chose à décider, 1 si
    la session ne convient plus au parcours, ou en cas d'erreur.
    """
    invocation: Invocation = ctx.obj
    if accepter and base is not None:
        message = _("--accepter ne compare rien : retirez --base.")
        raise click.UsageError(message)
    path = session_file(Settings.load(invocation.donnees), session)
    code = session_code(str(path))
    if accepter:
        taken = accept(path)
        said = (
            _("a pour base {matricule}, gardé dans {fichier}", matricule=taken.matricule, fichier=taken.fichier)
            if taken
            else _("avait déjà pris acte de ce parcours")
        )
        document = {"session": code, "change": taken is not None, "base": taken.model_dump() if taken else None}
        click.echo(json.dumps(document, ensure_ascii=False) if as_json else f"{code} {said}.")
        return
    found = review(path, base)
    if as_json:
        click.echo(json.dumps(_document(code, found), ensure_ascii=False, indent=2))
    else:
        show(_lines(code, session, found))
    ctx.exit(1 if found.sans_objet else 2 if found.a_decider else 0)


def _lines(code: str, named: str, found: Comparison) -> Iterator[Line]:
    yield Line(_("{code} : {avant} → {apres}", code=code, avant=found.avant, apres=found.apres), "bold")
    if found.version:
        yield Line(_("Attention : {dit}.", dit=found.version), "yellow")
    for title, differences, style in (
        (_("Repris du parcours"), found.repris, ""),
        (_("Gardé de la session"), found.gardes, "green"),
        (_("À décider (la session l'emporte tant que vous ne la changez pas)"), found.a_decider, "yellow"),
    ):
        if differences:
            yield Line(_("{title} :", title=title), style)
        for one in differences:
            yield from _shown(one)
    if found.sans_objet:
        yield Line(
            _("À corriger : la session ne convient plus au parcours, et ne peut plus être publiée ainsi :"), "red"
        )
    for problem in found.sans_objet:
        yield Line(f"  {problem}")
    yield Line(_verdict(named, found), "bold")


def _verdict(named: str, found: Comparison) -> str:
    if found.sans_objet:
        return ngettext(
            "{n} point à corriger dans le fichier de la session.",
            "{n} points à corriger dans le fichier de la session.",
            len(found.sans_objet),
        )
    accepted = f"parcours contextualiser {named} --accepter"
    if found.a_decider:
        return ngettext(
            "{n} point à décider ; ensuite : {accepted}",
            "{n} points à décider ; ensuite : {accepted}",
            len(found.a_decider),
            accepted=accepted,
        )
    return _("Rien à décider. Pour prendre acte de ce parcours : {accepted}", accepted=accepted)


def _shown(one: Difference) -> Iterator[Line]:
    """Return one difference: whose, which key, each side's word; a long text by the lines that differ."""
    whose = {"parcours": "parcours", "sequence": _("étape"), "activite": _("activité")}[one.quoi]
    name = whose if one.quoi == "parcours" else _("{whose} « {titre} » ({id})", whose=whose, titre=one.titre, id=one.id)
    if one.cle is None:
        yield Line(_("  {fate} : {name}", fate=_fate(one), name=name))
        return
    changed = one.avant != one.apres
    if one.retiree:
        yield Line(_("  {name}, que la session retire, {cle} :", name=name, cle=one.cle))
    else:
        yield Line(
            _("  {name}, {cle} :", name=name, cle=one.cle)
            if changed
            else _("  {name}, {cle} : {short}", name=name, cle=one.cle, short=_short(one.local))
        )
    if changed:
        yield from _sides("parcours", one.avant, one.apres)
        if one.local is not None:
            yield from _sides("session", one.avant, one.local)


def _fate(one: Difference) -> str:
    if one.retiree:
        return _("retirée par la session")
    if one.local is not None:
        return _("ajoutée par la session")
    return _("nouvelle") if one.avant is None else _("supprimée")


def _sides(who: str, before: object, after: object) -> Iterator[Line]:
    old, new = _text(before), _text(after)
    if not is_long(old, new):
        yield Line(_("      {who} : {old} → {new}", who=who, old=old, new=new))
        return
    yield Line(_("      {who} :", who=who))
    for line in changed_lines(old, new):
        yield Line(f"        {line}", {"-": "red", "+": "green"}.get(line[0], ""))


def _short(value: object) -> str:
    first, *more = _text(value).splitlines() or [""]
    return f"{first} …" if more else first


def _text(value: object) -> str:
    if value is None:
        return _("(rien)")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=None)


def _document(code: str, found: Comparison) -> dict[str, Any]:
    return {
        "session": code,
        "avant": found.avant,
        "apres": found.apres,
        "version": found.version,
        **{name: [_object(one) for one in getattr(found, name)] for name in ("repris", "gardes", "a_decider")},
        "sans_objet": [
            {"fichier": one.file, "ligne": one.line, "colonne": one.column, "message": one.message}
            for one in found.sans_objet
        ],
    }


def _object(one: Difference) -> dict[str, Any]:
    return {
        "quoi": one.quoi, "id": one.id, "titre": one.titre, "cle": one.cle,
        "avant": one.avant, "apres": one.apres, "session": one.local, "retiree": one.retiree,
    }  # fmt: skip
