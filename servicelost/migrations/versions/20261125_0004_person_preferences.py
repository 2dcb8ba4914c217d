"""What a person has chosen for herself, such as the language of the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "servicelost_person_preference",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("value", sa.String(200)),
        sa.UniqueConstraint("person", "key", name="uq_servicelost_person_preference_person_key"),
    )


def downgrade() -> None:
    op.drop_table("servicelost_person_preference")
