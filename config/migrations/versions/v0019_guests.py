"""0019: Somebody may come as a guest, without an account."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has, and no invitation allows it yet."""
    op.add_column("accounts", sa.Column("guest_until", sa.BigInteger(), nullable=True))
    op.add_column("invitations", sa.Column("guests", sa.Boolean(), nullable=True))
    op.add_column("members", sa.Column("guest", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Forgets it; a guest's row is then an account that nobody can sign in to."""
    for table, column in (("members", "guest"), ("invitations", "guests"), ("accounts", "guest_until")):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(column)
