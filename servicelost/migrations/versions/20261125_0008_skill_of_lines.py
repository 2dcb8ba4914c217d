"""A line says which skill its work needs, so that lost hours stand beside the hours of that skill."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLE = "servicelost_line"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("skill", sa.String(40)))


def downgrade() -> None:
    op.drop_column(_TABLE, "skill")
