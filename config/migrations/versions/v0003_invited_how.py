"""0003: By which invitation somebody came, and whether they were invited just to listen."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns; of whoever is here already it is not known, and they take part."""
    op.add_column("invitations", sa.Column("listens", sa.Boolean(), nullable=True))
    op.add_column("members", sa.Column("invitation_id", sa.String(32), nullable=True))
    op.add_column("members", sa.Column("listens", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Forgets them."""
    op.drop_column("members", "listens")
    op.drop_column("members", "invitation_id")
    op.drop_column("invitations", "listens")
