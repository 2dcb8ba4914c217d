"""Competitors' offers are found by the line or the service they were made for."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLE = "servicelost_competitor_offer"
_INDEXES = {
    "ix_servicelost_competitor_offer_line": ["line_id"],
    "ix_servicelost_competitor_offer_service": ["dealership_id", "category_id", "occurred_at"],
}


def upgrade() -> None:
    for name, columns in _INDEXES.items():
        op.create_index(name, _TABLE, columns)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, _TABLE)
