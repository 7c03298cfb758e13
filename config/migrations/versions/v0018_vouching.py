"""0018: A facilitator vouches for a member who cannot sign in any more."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has vouched yet."""
    with op.batch_alter_table("starts") as starts:
        starts.add_column(sa.Column("member_id", sa.String(32), nullable=True))
        starts.create_foreign_key("fk_starts_member_id_members", "members", ["member_id"], ["id"], ondelete="CASCADE")


def downgrade() -> None:
    """Forgets it."""
    with op.batch_alter_table("starts") as starts:
        starts.drop_constraint("fk_starts_member_id_members", type_="foreignkey")
        starts.drop_column("member_id")
