"""0022: Who was told in a room that their emergency contact was opened says that they have read it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has, so whoever has not seen it on their page is told when they come."""
    op.add_column("contact_openings", sa.Column("noted_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """They would be told again."""
    with op.batch_alter_table("contact_openings") as changed:
        changed.drop_column("noted_at")
