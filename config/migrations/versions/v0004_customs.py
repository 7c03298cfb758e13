"""0004: How a group does things in its room."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the customs; a group without them keeps to the usual way."""
    op.add_column("groups", sa.Column("customs", sa.String(4000), nullable=True))


def downgrade() -> None:
    """Forgets the customs."""
    op.drop_column("groups", "customs")
