"""0015: A second step when signing in, codes to come back with, and since when it is sure who somebody is."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has any yet, and everybody is asked for their password again where that matters."""
    op.create_table(
        "second_steps",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_second_steps_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_second_steps"),
    )
    op.create_table(
        "spare_codes",
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_spare_codes_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name="pk_spare_codes"),
    )
    op.create_index("ix_spare_codes_account_id", "spare_codes", ["account_id"])
    op.add_column("visits", sa.Column("sure_until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forgets them."""
    with op.batch_alter_table("visits") as visits:
        visits.drop_column("sure_until")
    op.drop_table("spare_codes")
    op.drop_table("second_steps")
