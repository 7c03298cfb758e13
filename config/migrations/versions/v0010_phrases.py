"""0010: A group's own phrases, which only its facilitators see."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the phrases; a group without them has none of its own."""
    op.add_column("groups", sa.Column("phrases", sa.String(30000), nullable=True))


def downgrade() -> None:
    """Forgets the phrases."""
    op.drop_column("groups", "phrases")
