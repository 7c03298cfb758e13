"""0016: The limits of a place belong to what is agreed to, and a consent says to exactly what."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever has agreed before is asked again, as nobody has told them the limits: such a version has none."""
    op.add_column("agreements", sa.Column("limits", sa.String(2000), nullable=True))
    op.add_column("agreements", sa.Column("digest", sa.LargeBinary(32), nullable=True))
    op.add_column("consents", sa.Column("digest", sa.LargeBinary(32), nullable=True))


def downgrade() -> None:
    """Keeps the versions."""
    op.drop_column("consents", "digest")
    op.drop_column("agreements", "digest")
    op.drop_column("agreements", "limits")
