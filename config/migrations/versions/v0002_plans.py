"""0002: How a group likes its meetings to go."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the plans."""
    op.create_table(
        "plans",
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("phases", sa.String(8000), nullable=False),
        sa.Column("texts", sa.String(8000), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_plans_group_id_groups", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", name="pk_plans"),
    )


def downgrade() -> None:
    """Forgets the plans."""
    op.drop_table("plans")
