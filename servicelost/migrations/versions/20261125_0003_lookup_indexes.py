"""Every key that rows are looked up by has an index: without one, booking grew slower with each booking."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_servicelost_opportunity_need", "servicelost_opportunity", ["dealership_id", "need_key"]),
    ("ix_servicelost_opportunity_customer", "servicelost_opportunity", ["customer_id"]),
    ("ix_servicelost_opportunity_call", "servicelost_opportunity", ["call_id"]),
    ("ix_servicelost_appointment_visit", "servicelost_appointment", ["visit_id"]),
    ("ix_servicelost_task_opportunity", "servicelost_task", ["opportunity_id"]),
)


def upgrade() -> None:
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
