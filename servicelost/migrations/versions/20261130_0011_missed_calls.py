"""Calls missed and not answered yet are found by what was lost and when, for the list of follow-ups."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NAME = "ix_servicelost_opportunity_lost"
_TABLE = "servicelost_opportunity"


def upgrade() -> None:
    op.create_index(_NAME, _TABLE, ["dealership_id", "lost_event", "opened_at"])


def downgrade() -> None:
    op.drop_index(_NAME, _TABLE)
