"""0008: Asking for another look at what a facilitator did."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the appeals."""
    op.create_table(
        "appeals",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("act_id", sa.String(32), nullable=False),
        sa.Column("member_id", sa.String(32), nullable=False),
        sa.Column("reader", sa.String(13), nullable=False),
        sa.Column("asking", sa.LargeBinary(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name="fk_appeals_act_id_acts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_appeals_member_id_members", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("act_id", name="uq_appeals_act_id"),
    )
    op.create_index("ix_appeals_member_id", "appeals", ["member_id"])


def downgrade() -> None:
    """Forgets the appeals."""
    op.drop_table("appeals")
