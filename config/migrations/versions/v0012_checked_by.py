"""0012: Who checked a help line."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds their name to what was confirmed."""
    op.add_column("help_lines", sa.Column("confirmed_by", sa.String(40), nullable=True))


def downgrade() -> None:
    """Forgets it."""
    op.drop_column("help_lines", "confirmed_by")
