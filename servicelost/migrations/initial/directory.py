"""The tables of the directory: dealerships, people, cars, services."""

import sqlalchemy as sa

from servicelost.migrations.initial.metadata import METADATA

sa.Table(
    "servicelost_dealership",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("timezone", sa.String(60), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("locale", sa.String(35), nullable=False),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("subdivision", sa.String(10)),
    sa.Column("opening_hours", sa.Text, nullable=False),
    sa.Column("closed_days", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_dealership"),
    sa.UniqueConstraint("code", name="uq_servicelost_dealership_code"),
)

sa.Table(
    "servicelost_competitor",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_competitor"),
    sa.ForeignKeyConstraint(
        ["dealership_id"], ["servicelost_dealership.id"], name="fk_servicelost_competitor_dealership_id"
    ),
    sa.UniqueConstraint("dealership_id", "key", name="uq_servicelost_competitor_dealership_id_key"),
)

sa.Table(
    "servicelost_customer",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("source_id", sa.String(200), nullable=False),
    sa.Column("name", sa.String(200)),
    sa.Column("phone", sa.String(60)),
    sa.Column("phone_e164", sa.String(20)),
    sa.Column("email", sa.String(254)),
    sa.Column("email_key", sa.Text),
    sa.Column("fleet", sa.Boolean, nullable=False),
    sa.Column("language", sa.String(35)),
    sa.Column("moved_at", sa.DateTime(timezone=True)),
    sa.Column("deceased_at", sa.DateTime(timezone=True)),
    sa.Column("as_of", sa.DateTime(timezone=True)),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_customer"),
    sa.ForeignKeyConstraint(
        ["dealership_id"], ["servicelost_dealership.id"], name="fk_servicelost_customer_dealership_id"
    ),
    sa.UniqueConstraint(
        "dealership_id", "source", "source_id", name="uq_servicelost_customer_dealership_id_source_source_id"
    ),
    sa.Index("ix_servicelost_customer_email", "email_key"),
    sa.Index("ix_servicelost_customer_phone", "phone_e164"),
)

sa.Table(
    "servicelost_dealership_cause",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("label", sa.String(200), nullable=False),
    sa.Column("parent", sa.String(40), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_dealership_cause"),
    sa.ForeignKeyConstraint(
        ["dealership_id"], ["servicelost_dealership.id"], name="fk_servicelost_dealership_cause_dealership_id"
    ),
    sa.UniqueConstraint("dealership_id", "code", name="uq_servicelost_dealership_cause_dealership_id_code"),
)

sa.Table(
    "servicelost_employee",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("source_id", sa.String(200), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("as_of", sa.DateTime(timezone=True)),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_employee"),
    sa.ForeignKeyConstraint(
        ["dealership_id"], ["servicelost_dealership.id"], name="fk_servicelost_employee_dealership_id"
    ),
    sa.UniqueConstraint(
        "dealership_id", "source", "source_id", name="uq_servicelost_employee_dealership_id_source_source_id"
    ),
)

sa.Table(
    "servicelost_labor_operation",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("op_code", sa.String(60), nullable=False),
    sa.Column("description", sa.String(200)),
    sa.Column("standard", sa.String(40)),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_labor_operation"),
    sa.ForeignKeyConstraint(
        ["dealership_id"], ["servicelost_dealership.id"], name="fk_servicelost_labor_operation_dealership_id"
    ),
    sa.UniqueConstraint(
        "dealership_id", "op_code", name="uq_servicelost_labor_operation_dealership_id_op_code"
    ),
)

sa.Table(
    "servicelost_service_category",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("standard", sa.String(40)),
    sa.Column("distinct", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_service_category"),
    sa.ForeignKeyConstraint(
        ["dealership_id"], ["servicelost_dealership.id"], name="fk_servicelost_service_category_dealership_id"
    ),
    sa.UniqueConstraint("dealership_id", "key", name="uq_servicelost_service_category_dealership_id_key"),
)

sa.Table(
    "servicelost_consent",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("customer_id", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("status", sa.String(40), nullable=False),
    sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("evidence", sa.Text),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_consent"),
    sa.ForeignKeyConstraint(
        ["customer_id"], ["servicelost_customer.id"], name="fk_servicelost_consent_customer_id"
    ),
    sa.Index("ix_servicelost_consent_customer", "customer_id"),
)

sa.Table(
    "servicelost_employee_scope",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("employee_id", sa.BigInteger, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_employee_scope"),
    sa.ForeignKeyConstraint(
        ["dealership_id"], ["servicelost_dealership.id"], name="fk_servicelost_employee_scope_dealership_id"
    ),
    sa.ForeignKeyConstraint(
        ["employee_id"], ["servicelost_employee.id"], name="fk_servicelost_employee_scope_employee_id"
    ),
    sa.UniqueConstraint(
        "employee_id", "dealership_id", name="uq_servicelost_employee_scope_employee_id_dealership_id"
    ),
)

sa.Table(
    "servicelost_vehicle",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("source_id", sa.String(200), nullable=False),
    sa.Column("customer_id", sa.BigInteger),
    sa.Column("vin", sa.String(17)),
    sa.Column("vin_warning", sa.Boolean, nullable=False),
    sa.Column("plate", sa.String(20)),
    sa.Column("make", sa.String(60)),
    sa.Column("model", sa.String(120)),
    sa.Column("model_year", sa.Integer),
    sa.Column("sold_at", sa.DateTime(timezone=True)),
    sa.Column("totalled_at", sa.DateTime(timezone=True)),
    sa.Column("as_of", sa.DateTime(timezone=True)),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_vehicle"),
    sa.ForeignKeyConstraint(
        ["customer_id"], ["servicelost_customer.id"], name="fk_servicelost_vehicle_customer_id"
    ),
    sa.ForeignKeyConstraint(
        ["dealership_id"], ["servicelost_dealership.id"], name="fk_servicelost_vehicle_dealership_id"
    ),
    sa.UniqueConstraint(
        "dealership_id", "source", "source_id", name="uq_servicelost_vehicle_dealership_id_source_source_id"
    ),
    sa.Index("ix_servicelost_vehicle_customer", "customer_id"),
    sa.Index("ix_servicelost_vehicle_vin", "vin"),
)

sa.Table(
    "servicelost_odometer_reading",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("vehicle_id", sa.BigInteger, nullable=False),
    sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("km", sa.Integer, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_odometer_reading"),
    sa.ForeignKeyConstraint(
        ["vehicle_id"], ["servicelost_vehicle.id"], name="fk_servicelost_odometer_reading_vehicle_id"
    ),
    sa.Index("ix_servicelost_odometer_reading_vehicle", "vehicle_id"),
)
