"""0007: Somebody reads at their own pace, for as long as their visit lasts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody does yet."""
    op.add_column("visits", sa.Column("calm", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("visits") as visits:
        visits.alter_column("calm", server_default=None)


def downgrade() -> None:
    """Forgets it."""
    with op.batch_alter_table("visits") as visits:
        visits.drop_column("calm")
