"""0014: Which steps were taken when somebody may have been in danger."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the steps."""
    op.create_table(
        "crisis_steps",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("member_id", sa.String(32), nullable=False),
        sa.Column("by_id", sa.String(32), nullable=True),
        sa.Column("step", sa.String(9), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name="fk_crisis_steps_group_id_groups", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_crisis_steps_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_crisis_steps"),
    )
    op.create_index("ix_crisis_steps_group_id", "crisis_steps", ["group_id"])
    op.create_index("ix_crisis_steps_member_id", "crisis_steps", ["member_id"])


def downgrade() -> None:
    """Forgets them."""
    op.drop_table("crisis_steps")
