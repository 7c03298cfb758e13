"""0009: A meeting can have side rooms, each for one member and one facilitator."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHICH = sa.text("closed_on IS NULL AND beside IS NULL")
BEFORE = sa.text("closed_on IS NULL")


def upgrade() -> None:
    """A side room is a meeting beside another; a group still has one open meeting."""
    op.add_column("meetings", sa.Column("beside", sa.String(32)))
    op.add_column("meetings", sa.Column("guest", sa.String(32)))
    op.create_index("ix_meetings_beside", "meetings", ["beside"])
    op.drop_index("one_open_meeting", "meetings")
    _one_open(WHICH)


def downgrade() -> None:
    """Forgets the side rooms."""
    op.execute("DELETE FROM meetings WHERE beside IS NOT NULL")
    op.drop_index("one_open_meeting", "meetings")
    op.drop_index("ix_meetings_beside", "meetings")
    op.drop_column("meetings", "guest")
    op.drop_column("meetings", "beside")
    _one_open(BEFORE)


def _one_open(which: sa.TextClause) -> None:
    op.create_index(
        *("one_open_meeting", "meetings", ["group_id"]), unique=True, sqlite_where=which, postgresql_where=which
    )
