"""0006: Acts are chained, so that none can be changed or taken out unnoticed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MARKS = ("prev", "hash", "by_mark", "to_mark", "outcome_tag")


def upgrade() -> None:
    """Adds the chains. Acts that are there already join theirs, in order, with the next act of their group.

    The key of the chains is made from the server's secret, which no step of the records knows.
    """
    op.add_column("acts", sa.Column("group_id", sa.String(32), nullable=True))
    op.add_column("acts", sa.Column("role", sa.String(13), nullable=True))
    op.add_column("acts", sa.Column("seq", sa.Integer(), nullable=True))
    for mark in MARKS:
        op.add_column("acts", sa.Column(mark, sa.LargeBinary(32), nullable=True))
    op.create_index("ix_acts_group_id_seq", "acts", ["group_id", "seq"], unique=True)
    op.execute("UPDATE acts SET group_id = (SELECT group_id FROM meetings WHERE meetings.id = acts.room_id)")
    op.create_table(
        "chains",
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_chains_group_id_groups", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", name="pk_chains"),
    )


def downgrade() -> None:
    """Forgets the chains; the acts stay."""
    op.drop_table("chains")
    op.drop_index("ix_acts_group_id_seq", "acts")
    for column in (*MARKS, "seq", "role", "group_id"):
        op.drop_column("acts", column)
