"""0023: Whoever was taken out of a group reads on their page that they were, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def _key(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_partings_{column}_{to}", ondelete="CASCADE")


def upgrade() -> None:
    """Nobody was."""
    op.create_table(
        "partings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        _key("account_id", "accounts"),
        _key("group_id", "groups"),
        sa.PrimaryKeyConstraint("id", name="pk_partings"),
    )
    op.create_index("ix_partings_account_id", "partings", ["account_id"])


def downgrade() -> None:
    """Forgets it."""
    op.drop_table("partings")
