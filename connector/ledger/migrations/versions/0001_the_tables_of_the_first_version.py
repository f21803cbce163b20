"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915
    """Go forward; there is no way back: restore the copy made before the update."""
    op.create_table(
        "bookmark",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="the cursor, as JSON; moves in the transaction of its page"
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_bookmark")),
    )
    op.create_table(
        "closed_entry",
        sa.Column("numero", sa.Text(), nullable=False, comment="queue.Entry.numero"),
        sa.Column("reason", sa.Text(), nullable=False, comment="a code of queue.REASONS"),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_closed_entry")),
        comment="Entries of the queue that a person has closed: they no longer wait. The journal keeps the history.",
    )
    op.create_table(
        "conflict",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", "sha256", name=op.f("pk_conflict")),
        comment="A known id came back with another content: kept aside and reported.",
    )
    op.create_table(
        "course",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "course_id", name=op.f("pk_course")),
        comment="Which Moodle course holds which session.",
    )
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_code"), ["code"], unique=False)

    op.create_table(
        "dropped",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="verb and event of what is not evidence"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", name=op.f("pk_dropped")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Text(),
            nullable=False,
            comment="the LRS's address, or fichier:<name>#<digest of the path>",
        ),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False, comment="of what the statement says, whole"),
        sa.Column("kind", sa.Text(), nullable=False, comment="completion | attendance | attestation | decision"),
        sa.Column("state", sa.Text(), nullable=False, comment="done | undone | failed"),
        sa.Column("timestamp_us", sa.BigInteger(), nullable=False),
        sa.Column("stored_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "rank", sa.Integer(), nullable=False, comment="order among equal `stored`, where the source gives one"
        ),
        sa.Column("actor_kind", sa.Text(), nullable=False, comment="mbox | account | mbox_sha1sum | openid"),
        sa.Column("actor_value", sa.Text(), nullable=False, comment="normalised; homePage|name for an account"),
        sa.Column("object_id", sa.Text(), nullable=False, comment="the object's IRI, host in lower case"),
        sa.Column("site", sa.Text(), nullable=True, comment="Moodle site of the object, when it is a Moodle URL"),
        sa.Column("course_id", sa.BigInteger(), nullable=True),
        sa.Column("cmid", sa.BigInteger(), nullable=True),
        sa.Column(
            "idnumber", sa.Text(), nullable=True, comment="external-id extension of the object, or our own IRI's"
        ),
        sa.Column(
            "activity_hint", sa.Text(), nullable=True, comment="last part of idnumber: a duplicated course keeps it"
        ),
        sa.Column("event_name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_evidence_statement_id")),
        comment="Statements of the whitelist, stripped: no duration, no name, no score. Append-only.",
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_actor_kind_actor_value", ["actor_kind", "actor_value"], unique=False)
        batch_op.create_index("ix_evidence_site_course_id", ["site", "course_id"], unique=False)

    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        comment="Who did what, and every read of a person. Append-only.",
    )
    op.create_table(
        "module",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("cmid", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "cmid", name=op.f("pk_module")),
        comment="Which Moodle course module is which activity.",
    )
    with op.batch_alter_table("module", schema=None) as batch_op:
        batch_op.create_index("ix_module_code_activity_id", ["code", "activity_id"], unique=False)

    op.create_table(
        "moodle_account",
        sa.Column("site", sa.Text(), nullable=False, comment="the site's address, normalised like a homePage"),
        sa.Column("userid", sa.BigInteger(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="lower case"),
        sa.Column("first_seen_us", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "userid", "username", "email", name=op.f("pk_moodle_account")),
        comment="Identities learnt from Moodle: the history of each account's names and e-mails.",
    )
    with op.batch_alter_table("moodle_account", schema=None) as batch_op:
        batch_op.create_index("ix_moodle_account_email", ["email"], unique=False)

    op.create_table(
        "rejected",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="file and line, or page and position"),
        sa.Column("reason", sa.Text(), nullable=False, comment="a code of queue.UNREADABLE"),
        sa.Column("seen_us", sa.BigInteger(), nullable=False, comment="the last time"),
        sa.PrimaryKeyConstraint("source", "sha256", name=op.f("pk_rejected")),
        comment="What could not be read as a statement.",
    )
    op.create_table(
        "session",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("matricule", sa.Text(), nullable=False),
        sa.Column("parcours_key", sa.Text(), nullable=False, comment="the matricule without its version: one parcours"),
        sa.Column("titre", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("circonscription", sa.Text(), nullable=False),
        sa.Column("annee_scolaire", sa.Text(), nullable=False),
        sa.Column("cadre", sa.Text(), nullable=False),
        sa.Column("validation", sa.Text(), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("fuseau", sa.Text(), nullable=False),
        sa.Column("window_start_us", sa.BigInteger(), nullable=False, comment="midnight of debut, local"),
        sa.Column(
            "window_end_us", sa.BigInteger(), nullable=False, comment="midnight after fin + 31 days, local; excluded"
        ),
        sa.Column("revision", sa.Integer(), nullable=False, comment="of the newest snapshot, at its source"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_session")),
        comment="A session as its newest snapshot says.",
    )
    op.create_table(
        "snapshot",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_us", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the site it was read from, or fichier"),
        sa.PrimaryKeyConstraint("code", "source", "revision", "published_us", "sha256", name=op.f("pk_snapshot")),
        comment="Every publication: a site and a folder number theirs apart; `published_us` orders them all.",
    )
    op.create_table(
        "teacher",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("identifiant", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("prenom", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher")),
        sa.UniqueConstraint("identifiant", name=op.f("uq_teacher_identifiant")),
    )
    op.create_table(
        "void",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stored_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_void")),
        comment="Voiding statements, whenever they came; their target may come later or never.",
    )
    with op.batch_alter_table("void", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_void_target_id"), ["target_id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False, comment="MIN_US for the first version"),
        sa.Column("until_us", sa.BigInteger(), nullable=False, comment="excluded; MAX_US for the last one"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("titre", sa.Text(), nullable=False),
        sa.Column("modalite", sa.Text(), nullable=False),
        sa.Column("credite", sa.Boolean(), nullable=False),
        sa.Column("duree_min", sa.Integer(), nullable=False),
        sa.Column("locale", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False, comment="no longer in the newest snapshot"),
        sa.Column("has_slots", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["session.code"], name=op.f("fk_activity_code_session"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", "activity_id", "since_us", name=op.f("pk_activity")),
        comment="Versions of an activity: exactly one row holds at any instant.",
    )
    op.create_table(
        "actor",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False, comment="of the object, or empty"),
        sa.Column("alias", sa.Text(), nullable=True, comment="site|name, where the homePage is not the object's site"),
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="why there is no teacher: a code of queue.REASONS"),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_actor_teacher_id_teacher"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("kind", "value", "site", name=op.f("pk_actor")),
        comment="Every way in which statements have named somebody, and who that is; derived but for its key.",
    )
    with op.batch_alter_table("actor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_teacher_id"), ["teacher_id"], unique=False)

    op.create_table(
        "balance",
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("annee_scolaire", sa.Text(), nullable=False),
        sa.Column("circonscription", sa.Text(), nullable=False, comment="of the last service interval of the year"),
        sa.Column("uai", sa.Text(), nullable=False),
        sa.Column("ecole", sa.Text(), nullable=False),
        sa.Column("quotite", sa.Integer(), nullable=False, comment="of the last interval, thousandths of a percent"),
        sa.Column("due_min", sa.Integer(), nullable=False),
        sa.Column("presence_min", sa.Integer(), nullable=False),
        sa.Column("distance_min", sa.Integer(), nullable=False),
        sa.Column("formation_continue_min", sa.Integer(), nullable=False),
        sa.Column("animation_min", sa.Integer(), nullable=False),
        sa.Column(
            "fc_requis_min", sa.Integer(), nullable=False, comment="least formation continue, scaled to this due"
        ),
        sa.Column("retenu_min", sa.Integer(), nullable=False),
        sa.Column("reste_min", sa.Integer(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False, comment="dispense | atteint | incomplet"),
        sa.Column("manques", sa.JSON(), nullable=False),
        sa.Column("alertes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_balance_teacher_id_teacher"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("teacher_id", "annee_scolaire", name=op.f("pk_balance")),
    )
    with op.batch_alter_table("balance", schema=None) as batch_op:
        batch_op.create_index(
            "ix_balance_annee_scolaire_circonscription", ["annee_scolaire", "circonscription"], unique=False
        )

    op.create_table(
        "line",
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("annee_scolaire", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="credited"),
        sa.Column("minutes_prevues", sa.Integer(), nullable=False),
        sa.Column("modalite", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False, comment="credite | refuse | en_attente"),
        sa.Column("motif", sa.Text(), nullable=True, comment="FORMATS.md section 5; empty when credited"),
        sa.Column("instant_us", sa.BigInteger(), nullable=True, comment="of the deciding statement"),
        sa.Column("hors_liste", sa.Boolean(), nullable=False, comment="of the roster, not on the session's list"),
        sa.Column(
            "chevauchement",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
            comment="a signed slot of it gives way to another",
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_line_teacher_id_teacher"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("teacher_id", "code", "activity_id", name=op.f("pk_line")),
        comment="One line per teacher, session and activity for which there is evidence or a slot.",
    )
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.create_index("ix_line_annee_scolaire_teacher_id", ["annee_scolaire", "teacher_id"], unique=False)

    op.create_table(
        "mailbox",
        sa.Column("email", sa.Text(), nullable=False, comment="lower case"),
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False, comment="the e-mail in the roster's courriel column"),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_mailbox_teacher_id_teacher"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_mailbox")),
        comment="Whose each address is, by the roster and by Moodle; derived. One of several people is not there.",
    )
    with op.batch_alter_table("mailbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailbox_teacher_id"), ["teacher_id"], unique=False)

    op.create_table(
        "participant",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("groupe", sa.Text(), nullable=True),
        sa.Column("origine", sa.Text(), nullable=False),
        sa.Column("cadre", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["session.code"], name=op.f("fk_participant_code_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", "email", name=op.f("pk_participant")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index("ix_participant_email", ["email"], unique=False)

    op.create_table(
        "pending",
        sa.Column("evidence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_pending_evidence_id_evidence"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_pending")),
        comment="Evidence to resolve, for the first time or again.",
    )
    op.create_table(
        "resolution",
        sa.Column("evidence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("activity_id", sa.Text(), nullable=True),
        sa.Column("slot_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False, comment="resolved | waiting | set_aside"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it waits or is set aside: a code of queue.REASONS"),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_resolution_evidence_id_evidence"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_resolution_teacher_id_teacher"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_resolution")),
    )
    with op.batch_alter_table("resolution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resolution_code"), ["code"], unique=False)
        batch_op.create_index("ix_resolution_status_reason", ["status", "reason"], unique=False)
        batch_op.create_index(
            "ix_resolution_teacher_id_code_activity_id", ["teacher_id", "code", "activity_id"], unique=False
        )

    op.create_table(
        "service",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uai", sa.Text(), nullable=False),
        sa.Column("ecole", sa.Text(), nullable=False),
        sa.Column("circonscription", sa.Text(), nullable=False),
        sa.Column("departement", sa.Text(), nullable=False),
        sa.Column("academie", sa.Text(), nullable=False),
        sa.Column("degre", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("quotite", sa.Integer(), nullable=False, comment="thousandths of a percent: 62.5 % is 62500"),
        sa.Column("debut", sa.Date(), nullable=True),
        sa.Column("fin", sa.Date(), nullable=True, comment="included"),
        sa.Column("start_us", sa.BigInteger(), nullable=False, comment="midnight of debut in the académie, or MIN_US"),
        sa.Column("end_us", sa.BigInteger(), nullable=False, comment="midnight after fin, or MAX_US; excluded"),
        sa.Column("imputation_min", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_service_teacher_id_teacher"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_teacher_id"), ["teacher_id"], unique=False)

    op.create_table(
        "slot",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("slot_id", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False, comment="MIN_US for the first version"),
        sa.Column("until_us", sa.BigInteger(), nullable=False, comment="excluded; MAX_US for the last one"),
        sa.Column("iri", sa.Text(), nullable=False, comment="the object of its attendance statements"),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("end_us", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lieu", sa.Text(), nullable=True),
        sa.Column("groupe", sa.Text(), nullable=True),
        sa.Column(
            "gone_us",
            sa.BigInteger(),
            nullable=False,
            comment="the publication that removed it; MAX_US while it is there",
        ),
        sa.ForeignKeyConstraint(["code"], ["session.code"], name=op.f("fk_slot_code_session"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", "activity_id", "slot_id", "since_us", name=op.f("pk_slot")),
        comment="Versions of a slot: exactly one row holds at any instant.",
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_iri"), ["iri"], unique=False)

    op.create_table(
        "teacher_key",
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="mbox | mbox_sha1sum | account"),
        sa.Column(
            "value", sa.Text(), nullable=False, comment="lower-case e-mail, its hash, or homePage|name normalised"
        ),
        sa.Column("main", sa.Boolean(), nullable=False, comment="the e-mail in the roster's courriel column"),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_teacher_key_teacher_id_teacher"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "value", "teacher_id", name=op.f("pk_teacher_key")),
        comment="How a person is recognised, as the roster says it.",
    )
    with op.batch_alter_table("teacher_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teacher_key_teacher_id"), ["teacher_id"], unique=False)

    op.create_table(
        "touched",
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_touched_teacher_id_teacher"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("teacher_id", name=op.f("pk_touched")),
        comment="Teachers whose evidence, roster or sessions changed since the last reconciliation.",
    )
    op.create_table(
        "trainer",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["session.code"], name=op.f("fk_trainer_code_session"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", "email", "role", name=op.f("pk_trainer")),
    )
    with op.batch_alter_table("trainer", schema=None) as batch_op:
        batch_op.create_index("ix_trainer_email", ["email"], unique=False)
