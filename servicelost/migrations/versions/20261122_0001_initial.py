"""The first tables."""

from alembic import op

from servicelost.migrations.initial import directory, ground, opportunities, signals, workflow
from servicelost.migrations.initial.metadata import METADATA

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (ground, directory, workflow, signals, opportunities)


def upgrade() -> None:
    METADATA.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    METADATA.drop_all(op.get_bind(), checkfirst=False)
