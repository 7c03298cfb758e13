"""0013: An act may be done on a page, in no meeting; and an invitation outlives its link for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OWNER = "fk_acts_group_id_groups"


def upgrade() -> None:
    """Empty columns where there were none; acts go with their group, too."""
    with op.batch_alter_table("acts") as acts:
        acts.alter_column("room_id", existing_type=sa.String(32), nullable=True)
        acts.create_foreign_key(OWNER, "groups", ["group_id"], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("invitations") as invitations:
        invitations.alter_column("token_hash", existing_type=sa.LargeBinary(32), nullable=True)


def downgrade() -> None:
    """Forgets what does not fit any more."""
    op.execute("DELETE FROM acts WHERE room_id IS NULL")
    op.execute("DELETE FROM invitations WHERE token_hash IS NULL")
    with op.batch_alter_table("invitations") as invitations:
        invitations.alter_column("token_hash", existing_type=sa.LargeBinary(32), nullable=False)
    with op.batch_alter_table("acts") as acts:
        acts.drop_constraint(OWNER, type_="foreignkey")
        acts.alter_column("room_id", existing_type=sa.String(32), nullable=False)
