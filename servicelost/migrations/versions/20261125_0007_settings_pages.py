"""What the settings pages change: words of a cause by language, names of a competitor, the use of a token."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("servicelost_dealership_cause", sa.Column("labels", sa.Text))
    op.add_column(
        "servicelost_competitor", sa.Column("version", sa.Integer, nullable=False, server_default="1")
    )
    op.add_column(
        "servicelost_competitor", sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.add_column("servicelost_competitor", sa.Column("same_as_id", sa.BigInteger))
    op.add_column("servicelost_api_token", sa.Column("last_used_on", sa.Date))


def downgrade() -> None:
    op.drop_column("servicelost_api_token", "last_used_on")
    for name in ("same_as_id", "active", "version"):
        op.drop_column("servicelost_competitor", name)
    op.drop_column("servicelost_dealership_cause", "labels")
