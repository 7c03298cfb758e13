"""0017: Whether others use the device that somebody signed in on."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it; nobody has said so yet."""
    op.add_column("visits", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("visits") as visits:
        visits.alter_column("shared", server_default=None)


def downgrade() -> None:
    """Forgets it."""
    with op.batch_alter_table("visits") as visits:
        visits.drop_column("shared")
