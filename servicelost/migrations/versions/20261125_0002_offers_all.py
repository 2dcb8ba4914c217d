"""Quotes remember whether they were sent without naming lines."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("servicelost_quote", sa.Column("offers_all", sa.Boolean))


def downgrade() -> None:
    op.drop_column("servicelost_quote", "offers_all")
