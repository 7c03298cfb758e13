"""0005: Reports, sealed, and who has opened them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the reports."""
    op.create_table(
        "reports",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("room_id", sa.String(32), nullable=False),
        sa.Column("reader", sa.String(13), nullable=False),
        sa.Column("reporter", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_reports_group_id_groups", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["meetings.id"], name="fk_reports_room_id_meetings", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
    )
    op.create_index("ix_reports_group_id", "reports", ["group_id"])
    op.create_index("ix_reports_room_id", "reports", ["room_id"])
    op.create_table(
        "report_looks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(32), nullable=False),
        sa.Column("by_id", sa.String(32), nullable=True),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name="fk_report_looks_report_id_reports", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_looks"),
        sa.UniqueConstraint("report_id", "by_id", "looked_on", name="uq_report_looks_report_id_by_id_looked_on"),
    )


def downgrade() -> None:
    """Forgets them."""
    op.drop_table("report_looks")
    op.drop_table("reports")
