"""A presentation keeps the last word against its line, so that a need of several visits can be told anew."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE = "servicelost_presentation"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.add_column(_TABLE, sa.Column("refusal", sa.Text))
    op.add_column(_TABLE, sa.Column("put_off_until", sa.Date))
    op.add_column(_TABLE, sa.Column("put_off_until_km", sa.Integer))


def downgrade() -> None:
    for name in ("put_off_until_km", "put_off_until", "refusal", "version"):
        op.drop_column(_TABLE, name)
