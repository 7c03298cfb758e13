"""0001: Everything that is kept at the beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID, HASH, MOMENT = sa.String(32), sa.LargeBinary(32), sa.BigInteger()


def upgrade() -> None:
    """Creates every table."""
    _accounts()
    _groups()
    _throttle()
    _agreements()
    _invitations()
    _meetings()
    _members()
    _starts()
    _visits()
    _acts()
    _bars()
    _consents()
    _mutes()
    _help_lines()


def downgrade() -> None:
    """There is nothing before the beginning: an older Hearth is started on the copy made before the step."""
    raise NotImplementedError("There is nothing before the beginning.")


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("login", sa.String(24), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
    )


def _groups() -> None:
    op.create_table(
        "groups",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
    )


def _throttle() -> None:
    op.create_table(
        "throttle",
        sa.Column("key", HASH, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("wait_until", MOMENT, nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_throttle"),
    )


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("group_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(20000), nullable=False),
        sa.Column("edited_by", ID, nullable=True),
        sa.Column("edited_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "version", name="pk_agreements"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_agreements_group_id", ondelete="CASCADE"),
    )


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("invited_by", ID, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_invitations_group_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["invited_by"], ["accounts.id"], name="fk_invitations_invited_by", ondelete="CASCADE"),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
    )
    op.create_index("ix_invitations_group_id", "invitations", ["group_id"])


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", ID, nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("salt", HASH, nullable=True),
        sa.Column("receipt_salt", HASH, nullable=True),
        sa.Column("reports_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_meetings"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_meetings_group_id", ondelete="CASCADE"),
    )
    op.create_index(
        "one_open_meeting",
        "meetings",
        ["group_id"],
        unique=True,
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("folded", sa.String(200), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_members_group_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_members_account_id", ondelete="CASCADE"),
        sa.UniqueConstraint("group_id", "account_id", name="uq_members_group_id_account_id"),
        sa.UniqueConstraint("group_id", "folded", name="uq_members_group_id_folded"),
    )
    op.create_index("ix_members_account_id", "members", ["account_id"])


def _starts() -> None:
    op.create_table(
        "starts",
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_starts"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_starts_account_id", ondelete="CASCADE"),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("agent", sa.String(40), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("idle_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_visits_account_id", ondelete="CASCADE"),
        sa.UniqueConstraint("token_hash", name="uq_visits_token_hash"),
    )
    op.create_index("ix_visits_account_id", "visits", ["account_id"])


def _acts() -> None:
    op.create_table(
        "acts",
        sa.Column("id", ID, nullable=False),
        sa.Column("room_id", ID, nullable=False),
        sa.Column("act", sa.String(12), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("to_id", ID, nullable=True),
        sa.Column("reason", sa.String(20), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(8), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_acts"),
        sa.ForeignKeyConstraint(["room_id"], ["meetings.id"], name="fk_acts_room_id", ondelete="CASCADE"),
    )
    op.create_index("ix_acts_room_id", "acts", ["room_id"])


def _bars() -> None:
    op.create_table(
        "bars",
        sa.Column("id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("room_id", ID, nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("set_by", ID, nullable=True),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bars"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_bars_group_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_bars_account_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["meetings.id"], name="fk_bars_room_id", ondelete="CASCADE"),
    )
    op.create_index("ix_bars_group_id_account_id", "bars", ["group_id", "account_id"])
    op.create_index("ix_bars_room_id", "bars", ["room_id"])


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("member_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "version", name="pk_consents"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_consents_member_id", ondelete="CASCADE"),
    )


def _mutes() -> None:
    op.create_table(
        "mutes",
        sa.Column("room_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("set_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("room_id", "account_id", name="pk_mutes"),
        sa.ForeignKeyConstraint(["room_id"], ["meetings.id"], name="fk_mutes_room_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_mutes_account_id", ondelete="CASCADE"),
    )


def _help_lines() -> None:
    op.create_table(
        "help_lines",
        sa.Column("digest", HASH, nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_help_lines"),
    )
