"""0021: A group may agree to keep what is said for a while; of the words nothing stands here, only a salt."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ADDED = (
    ("groups", "history_hours", sa.Integer()),
    ("meetings", "history_salt", sa.LargeBinary(32)),
    ("meetings", "history_until", sa.BigInteger()),
    ("members", "history_from", sa.BigInteger()),
)


def upgrade() -> None:
    """No group has."""
    for table, column, type_ in ADDED:
        op.add_column(table, sa.Column(column, type_, nullable=True))


def downgrade() -> None:
    """Forgets it; without the salts nothing that was kept can be opened."""
    for table, column, _ in ADDED:
        with op.batch_alter_table(table) as changed:
            changed.drop_column(column)
