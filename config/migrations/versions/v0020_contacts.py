"""0020: Emergency contacts in boxes that two people open together."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")


def upgrade() -> None:
    """Adds the key, the boxes and who opened one."""
    op.create_table(
        "contact_keys",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("public", sa.LargeBinary(32), nullable=False),
        sa.Column("check_one", sa.LargeBinary(32), nullable=False),
        sa.Column("check_two", sa.LargeBinary(32), nullable=False),
        sa.Column("name_one", sa.String(40), nullable=False),
        sa.Column("name_two", sa.String(40), nullable=False),
        sa.Column("holder_one", sa.String(32), nullable=True),
        sa.Column("holder_two", sa.String(32), nullable=True),
        sa.Column("link_one", sa.LargeBinary(32), nullable=True),
        sa.Column("link_two", sa.LargeBinary(32), nullable=True),
        sa.Column("salt", sa.LargeBinary(32), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contact_keys"),
    )
    op.create_table(
        "contacts",
        sa.Column("member_id", sa.String(32), nullable=False),
        sa.Column("key_id", sa.String(32), nullable=True),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        _key("contacts", "member_id", "members"),
        _key("contacts", "key_id", "contact_keys"),
        sa.PrimaryKeyConstraint("member_id", name="pk_contacts"),
    )
    _openings()


def _openings() -> None:
    op.create_table(
        "contact_openings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("member_id", sa.String(32), nullable=False),
        sa.Column("by_id", sa.String(32), nullable=True),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("asking", sa.LargeBinary(), nullable=True),
        sa.Column("risk", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("one_by", sa.String(32), nullable=True),
        sa.Column("two_by", sa.String(32), nullable=True),
        sa.Column("one_risk", sa.Boolean(), nullable=True),
        sa.Column("two_risk", sa.Boolean(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=True),
        sa.Column("salt", sa.LargeBinary(32), nullable=True),
        _key("contact_openings", "group_id", "groups"),
        _key("contact_openings", "member_id", "members"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_openings"),
    )
    op.create_index("ix_contact_openings_group_id", "contact_openings", ["group_id"])
    op.create_index("ix_contact_openings_member_id", "contact_openings", ["member_id"])


def downgrade() -> None:
    """Forgets all of it."""
    for table in ("contact_openings", "contacts", "contact_keys"):
        op.drop_table(table)
