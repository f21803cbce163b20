"""The ledger's tables.

Facts (`evidence`, `void`, `conflict`, `snapshot`, `moodle_account`, `journal`) are only ever added to.
`mailbox`, `resolution`, `line` and `balance` are derived from them and from the roster: they may be thrown away and
rebuilt.
Instants are integers, microseconds since 1970 UTC: the same on SQLite and PostgreSQL, ordered, exact.
An open bound is `MIN_US` or `MAX_US`, so that no comparison meets a NULL. Durations are whole minutes.
"""

from __future__ import annotations

import sqlalchemy as sa

MIN_US = -(2**62)
MAX_US = 2**62

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# --- People -------------------------------------------------------------------------------------------------

teacher = sa.Table(
    "teacher",
    metadata,
    sa.Column("id", _id, primary_key=True, autoincrement=True),
    sa.Column("identifiant", sa.Text, nullable=False, unique=True),
    sa.Column("nom", sa.Text, nullable=False),
    sa.Column("prenom", sa.Text, nullable=False),
)

service = sa.Table(
    "service",
    metadata,
    sa.Column("id", _id, primary_key=True, autoincrement=True),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("uai", sa.Text, nullable=False),
    sa.Column("ecole", sa.Text, nullable=False),
    sa.Column("circonscription", sa.Text, nullable=False),
    sa.Column("departement", sa.Text, nullable=False),
    sa.Column("academie", sa.Text, nullable=False),
    sa.Column("degre", sa.Text, nullable=False),
    sa.Column("situation", sa.Text, nullable=False),
    sa.Column("quotite", sa.Integer, nullable=False, comment="thousandths of a percent: 62.5 % is 62500"),
    sa.Column("debut", sa.Date, nullable=True),
    sa.Column("fin", sa.Date, nullable=True, comment="included"),
    sa.Column("start_us", sa.BigInteger, nullable=False, comment="midnight of debut in the académie, or MIN_US"),
    sa.Column("end_us", sa.BigInteger, nullable=False, comment="midnight after fin, or MAX_US; excluded"),
    sa.Column("imputation_min", sa.Integer, nullable=False, server_default="0"),
)

teacher_key = sa.Table(
    "teacher_key",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False, comment="mbox | mbox_sha1sum | account"),
    sa.Column("value", sa.Text, nullable=False, comment="lower-case e-mail, its hash, or homePage|name normalised"),
    sa.Column("main", sa.Boolean, nullable=False, comment="the e-mail in the roster's courriel column"),
    sa.PrimaryKeyConstraint("kind", "value", "teacher_id"),
    comment="How a person is recognised, as the roster says it.",
)

moodle_account = sa.Table(
    "moodle_account",
    metadata,
    sa.Column("site", sa.Text, nullable=False, comment="the site's address, normalised like a homePage"),
    sa.Column("userid", sa.BigInteger, nullable=False),
    sa.Column("username", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False, comment="lower case"),
    sa.Column("first_seen_us", sa.BigInteger, nullable=False),
    sa.Column("last_seen_us", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("site", "userid", "username", "email"),
    sa.Index("ix_moodle_account_email", "email"),
    comment="Identities learnt from Moodle: the history of each account's names and e-mails.",
)

mailbox = sa.Table(
    "mailbox",
    metadata,
    sa.Column("email", sa.Text, primary_key=True, comment="lower case"),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("main", sa.Boolean, nullable=False, comment="the e-mail in the roster's courriel column"),
    comment="Whose each address is, by the roster and by Moodle; derived. One of several people is not there.",
)

# --- Sessions -----------------------------------------------------------------------------------------------

session = sa.Table(
    "session",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("matricule", sa.Text, nullable=False),
    sa.Column("parcours_key", sa.Text, nullable=False, comment="the matricule without its version: one parcours"),
    sa.Column("titre", sa.Text, nullable=False),
    sa.Column("nature", sa.Text, nullable=False),
    sa.Column("theme", sa.Text, nullable=True),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("circonscription", sa.Text, nullable=False),
    sa.Column("annee_scolaire", sa.Text, nullable=False),
    sa.Column("cadre", sa.Text, nullable=False),
    sa.Column("validation", sa.Text, nullable=False),
    sa.Column("debut", sa.Date, nullable=False),
    sa.Column("fin", sa.Date, nullable=True),
    sa.Column("fuseau", sa.Text, nullable=False),
    sa.Column("window_start_us", sa.BigInteger, nullable=False, comment="midnight of debut, local"),
    sa.Column("window_end_us", sa.BigInteger, nullable=False, comment="midnight after fin + 31 days, local; excluded"),
    sa.Column("revision", sa.Integer, nullable=False, comment="of the newest snapshot, at its source"),
    comment="A session as its newest snapshot says.",
)

snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("published_us", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, comment="the site it was read from, or fichier"),
    sa.PrimaryKeyConstraint("code", "source", "revision", "published_us", "sha256"),
    comment="Every publication: a site and a folder number theirs apart; `published_us` orders them all.",
)

activity = sa.Table(
    "activity",
    metadata,
    sa.Column("code", sa.ForeignKey("session.code", ondelete="CASCADE"), nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.Column("since_us", sa.BigInteger, nullable=False, comment="MIN_US for the first version"),
    sa.Column("until_us", sa.BigInteger, nullable=False, comment="excluded; MAX_US for the last one"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("titre", sa.Text, nullable=False),
    sa.Column("modalite", sa.Text, nullable=False),
    sa.Column("credite", sa.Boolean, nullable=False),
    sa.Column("duree_min", sa.Integer, nullable=False),
    sa.Column("locale", sa.Boolean, nullable=False),
    sa.Column("has_slots", sa.Boolean, nullable=False),
    sa.Column(
        "gone_us", sa.BigInteger, nullable=False, comment="the publication that removed it; MAX_US while it is there"
    ),
    sa.PrimaryKeyConstraint("code", "activity_id", "since_us"),
    comment="Versions of an activity: exactly one row holds at any instant.",
)

slot = sa.Table(
    "slot",
    metadata,
    sa.Column("code", sa.ForeignKey("session.code", ondelete="CASCADE"), nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.Column("slot_id", sa.Text, nullable=False),
    sa.Column("since_us", sa.BigInteger, nullable=False, comment="MIN_US for the first version"),
    sa.Column("until_us", sa.BigInteger, nullable=False, comment="excluded; MAX_US for the last one"),
    sa.Column("iri", sa.Text, nullable=False, index=True, comment="the object of its attendance statements"),
    sa.Column("start_us", sa.BigInteger, nullable=False),
    sa.Column("end_us", sa.BigInteger, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("lieu", sa.Text, nullable=True),
    sa.Column("groupe", sa.Text, nullable=True),
    sa.Column(
        "gone_us", sa.BigInteger, nullable=False, comment="the publication that removed it; MAX_US while it is there"
    ),
    sa.PrimaryKeyConstraint("code", "activity_id", "slot_id", "since_us"),
    comment="Versions of a slot: exactly one row holds at any instant.",
)

participant = sa.Table(
    "participant",
    metadata,
    sa.Column("code", sa.ForeignKey("session.code", ondelete="CASCADE"), nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("groupe", sa.Text, nullable=True),
    sa.Column("origine", sa.Text, nullable=False),
    sa.Column("cadre", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("code", "email"),
    sa.Index("ix_participant_email", "email"),
)

trainer = sa.Table(
    "trainer",
    metadata,
    sa.Column("code", sa.ForeignKey("session.code", ondelete="CASCADE"), nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("code", "email", "role"),
    sa.Index("ix_trainer_email", "email"),
)

course = sa.Table(
    "course",
    metadata,
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("course_id", sa.BigInteger, nullable=False),
    sa.Column("code", sa.Text, nullable=False, index=True),
    sa.PrimaryKeyConstraint("site", "course_id"),
    comment="Which Moodle course holds which session.",
)

module = sa.Table(
    "module",
    metadata,
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("cmid", sa.BigInteger, nullable=False),
    sa.Column("course_id", sa.BigInteger, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("site", "cmid"),
    sa.Index("ix_module_code_activity_id", "code", "activity_id"),
    comment="Which Moodle course module is which activity.",
)

# --- What happened ------------------------------------------------------------------------------------------

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("id", _id, primary_key=True, autoincrement=True),
    sa.Column("statement_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False, comment="the LRS's address, or fichier:<name>#<digest of the path>"),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False, comment="of what the statement says, whole"),
    sa.Column("kind", sa.Text, nullable=False, comment="completion | attendance | attestation | decision"),
    sa.Column("state", sa.Text, nullable=False, comment="done | undone | failed"),
    sa.Column("timestamp_us", sa.BigInteger, nullable=False),
    sa.Column("stored_us", sa.BigInteger, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False, comment="order among equal `stored`, where the source gives one"),
    sa.Column("actor_kind", sa.Text, nullable=False, comment="mbox | account | mbox_sha1sum | openid"),
    sa.Column("actor_value", sa.Text, nullable=False, comment="normalised; homePage|name for an account"),
    sa.Column("object_id", sa.Text, nullable=False, comment="the object's IRI, host in lower case"),
    sa.Column("site", sa.Text, nullable=True, comment="Moodle site of the object, when it is a Moodle URL"),
    sa.Column("course_id", sa.BigInteger, nullable=True),
    sa.Column("cmid", sa.BigInteger, nullable=True),
    sa.Column("idnumber", sa.Text, nullable=True, comment="external-id extension of the object, or our own IRI's"),
    sa.Column("activity_hint", sa.Text, nullable=True, comment="last part of idnumber: a duplicated course keeps it"),
    sa.Column("event_name", sa.Text, nullable=True),
    sa.Index("ix_evidence_actor_kind_actor_value", "actor_kind", "actor_value"),
    sa.Index("ix_evidence_site_course_id", "site", "course_id"),
    comment="Statements of the whitelist, stripped: no duration, no name, no score. Append-only.",
)

void = sa.Table(
    "void",
    metadata,
    sa.Column("statement_id", sa.Uuid, primary_key=True),
    sa.Column("target_id", sa.Uuid, nullable=False, index=True),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("stored_us", sa.BigInteger, nullable=False),
    comment="Voiding statements, whenever they came; their target may come later or never.",
)

conflict = sa.Table(
    "conflict",
    metadata,
    sa.Column("statement_id", sa.Uuid, nullable=False),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("seen_us", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("statement_id", "sha256"),
    comment="A known id came back with another content: kept aside and reported.",
)

rejected = sa.Table(
    "rejected",
    metadata,
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("place", sa.Text, nullable=False, comment="file and line, or page and position"),
    sa.Column("reason", sa.Text, nullable=False, comment="a code of queue.UNREADABLE"),
    sa.Column("seen_us", sa.BigInteger, nullable=False, comment="the last time"),
    sa.PrimaryKeyConstraint("source", "sha256"),
    comment="What could not be read as a statement.",
)

closed_entry = sa.Table(
    "closed_entry",
    metadata,
    sa.Column("numero", sa.Text, primary_key=True, comment="queue.Entry.numero"),
    sa.Column("reason", sa.Text, nullable=False, comment="a code of queue.REASONS"),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    comment="Entries of the queue that a person has closed: they no longer wait. The journal keeps the history.",
)

dropped = sa.Table(
    "dropped",
    metadata,
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="verb and event of what is not evidence"),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("source", "kind"),
)

bookmark = sa.Table(
    "bookmark",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False, comment="the cursor, as JSON; moves in the transaction of its page"),
)

actor = sa.Table(
    "actor",
    metadata,
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False, comment="of the object, or empty"),
    sa.Column("alias", sa.Text, nullable=True, comment="site|name, where the homePage is not the object's site"),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="SET NULL"), nullable=True, index=True),
    sa.Column("reason", sa.Text, nullable=True, comment="why there is no teacher: a code of queue.REASONS"),
    sa.PrimaryKeyConstraint("kind", "value", "site"),
    comment="Every way in which statements have named somebody, and who that is; derived but for its key.",
)

pending = sa.Table(
    "pending",
    metadata,
    sa.Column("evidence_id", sa.ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True),
    comment="Evidence to resolve, for the first time or again.",
)

# --- Derived ------------------------------------------------------------------------------------------------

resolution = sa.Table(
    "resolution",
    metadata,
    sa.Column("evidence_id", sa.ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=True),
    sa.Column("code", sa.Text, nullable=True, index=True),
    sa.Column("activity_id", sa.Text, nullable=True),
    sa.Column("slot_id", sa.Text, nullable=True),
    sa.Column("status", sa.Text, nullable=False, comment="resolved | waiting | set_aside"),
    sa.Column("reason", sa.Text, nullable=True, comment="why it waits or is set aside: a code of queue.REASONS"),
    sa.Index("ix_resolution_teacher_id_code_activity_id", "teacher_id", "code", "activity_id"),
    sa.Index("ix_resolution_status_reason", "status", "reason"),
)

line = sa.Table(
    "line",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.Column("annee_scolaire", sa.Text, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False, comment="credited"),
    sa.Column("minutes_prevues", sa.Integer, nullable=False),
    sa.Column("modalite", sa.Text, nullable=False),
    sa.Column("nature", sa.Text, nullable=False),
    sa.Column("theme", sa.Text, nullable=True),
    sa.Column("decision", sa.Text, nullable=False, comment="credite | refuse | en_attente"),
    sa.Column("motif", sa.Text, nullable=True, comment="FORMATS.md section 5; empty when credited"),
    sa.Column("instant_us", sa.BigInteger, nullable=True, comment="of the deciding statement"),
    sa.Column("hors_liste", sa.Boolean, nullable=False, comment="of the roster, not on the session's list"),
    sa.Column(
        "chevauchement",
        sa.Boolean,
        nullable=False,
        server_default=sa.text("false"),
        comment="a signed slot of it gives way to another",
    ),
    sa.PrimaryKeyConstraint("teacher_id", "code", "activity_id"),
    sa.Index("ix_line_annee_scolaire_teacher_id", "annee_scolaire", "teacher_id"),
    comment="One line per teacher, session and activity for which there is evidence or a slot.",
)

balance = sa.Table(
    "balance",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False),
    sa.Column("annee_scolaire", sa.Text, nullable=False),
    sa.Column("circonscription", sa.Text, nullable=False, comment="of the last service interval of the year"),
    sa.Column("uai", sa.Text, nullable=False),
    sa.Column("ecole", sa.Text, nullable=False),
    sa.Column("quotite", sa.Integer, nullable=False, comment="of the last interval, thousandths of a percent"),
    sa.Column("due_min", sa.Integer, nullable=False),
    sa.Column("presence_min", sa.Integer, nullable=False),
    sa.Column("distance_min", sa.Integer, nullable=False),
    sa.Column("formation_continue_min", sa.Integer, nullable=False),
    sa.Column("animation_min", sa.Integer, nullable=False),
    sa.Column("fc_requis_min", sa.Integer, nullable=False, comment="least formation continue, scaled to this due"),
    sa.Column("retenu_min", sa.Integer, nullable=False),
    sa.Column("reste_min", sa.Integer, nullable=False),
    sa.Column("etat", sa.Text, nullable=False, comment="dispense | atteint | incomplet"),
    sa.Column("manques", sa.JSON, nullable=False),
    sa.Column("alertes", sa.JSON, nullable=False),
    sa.PrimaryKeyConstraint("teacher_id", "annee_scolaire"),
    sa.Index("ix_balance_annee_scolaire_circonscription", "annee_scolaire", "circonscription"),
)

touched = sa.Table(
    "touched",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), primary_key=True),
    comment="Teachers whose evidence, roster or sessions changed since the last reconciliation.",
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", _id, primary_key=True, autoincrement=True),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    comment="Who did what, and every read of a person. Append-only.",
)
