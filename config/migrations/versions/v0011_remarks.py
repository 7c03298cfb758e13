"""0011: Short notes that facilitators leave each other."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the remarks."""
    op.create_table(
        "remarks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("about_id", sa.String(32), nullable=True),
        sa.Column("by_id", sa.String(32), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_remarks_group_id_groups", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["about_id"], ["members.id"], name="fk_remarks_about_id_members", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_remarks"),
    )
    op.create_index("ix_remarks_group_id", "remarks", ["group_id"])
    op.create_index("ix_remarks_about_id", "remarks", ["about_id"])


def downgrade() -> None:
    """Forgets the remarks."""
    op.drop_table("remarks")
