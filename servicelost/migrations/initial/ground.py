"""The tables of the ground floor, of administration, access, jobs, intake and reports."""

import sqlalchemy as sa

from servicelost.migrations.initial.metadata import METADATA

sa.Table(
    "servicelost_api_token",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("hint", sa.String(20), nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("dealership_ids", sa.Text),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_by", sa.String(200), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_api_token"),
    sa.UniqueConstraint("name", name="uq_servicelost_api_token_name"),
    sa.UniqueConstraint("secret_hash", name="uq_servicelost_api_token_secret_hash"),
)

sa.Table(
    "servicelost_audit_entry",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("dealership_id", sa.BigInteger),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(40), nullable=False),
    sa.Column("subject_id", sa.BigInteger),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_audit_entry"),
    sa.Index("ix_servicelost_audit_entry_dealership", "dealership_id", "recorded_at"),
    sa.Index("ix_servicelost_audit_entry_subject", "subject", "subject_id"),
)

sa.Table(
    "servicelost_change_log",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("table_name", sa.String(60), nullable=False),
    sa.Column("row_ids", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_change_log"),
)

sa.Table(
    "servicelost_dealership_setting",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dealership_id", sa.BigInteger, nullable=False),
    sa.Column("key", sa.String(60), nullable=False),
    sa.Column("value", sa.String(200)),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_dealership_setting"),
    sa.UniqueConstraint("dealership_id", "key", name="uq_servicelost_dealership_setting_dealership_id_key"),
)

sa.Table(
    "servicelost_event_wait",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("received_event_id", sa.BigInteger, nullable=False),
    sa.Column("thing", sa.String(300), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_event_wait"),
    sa.Index("ix_servicelost_event_wait_thing", "thing"),
)

sa.Table(
    "servicelost_id_block",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("next_id", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_id_block"),
    sa.UniqueConstraint("name", name="uq_servicelost_id_block_name"),
)

sa.Table(
    "servicelost_job_slot",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
    sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("enqueued_at", sa.DateTime(timezone=True)),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_job_slot"),
    sa.UniqueConstraint("name", "slot", name="uq_servicelost_job_slot_name_slot"),
)

sa.Table(
    "servicelost_lake_mark",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("state", sa.String(36), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_lake_mark"),
)

sa.Table(
    "servicelost_received_event",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("event_id", sa.String(200), nullable=False),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("content_hash", sa.String(32), nullable=False),
    sa.Column("status", sa.String(40), nullable=False),
    sa.Column("dealership_id", sa.BigInteger),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("waits_for", sa.String(300)),
    sa.Column("why", sa.Text),
    sa.Column("payload", sa.Text),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_received_event"),
    sa.UniqueConstraint("source", "event_id", name="uq_servicelost_received_event_source_event_id"),
)

sa.Table(
    "servicelost_report_run",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("report", sa.String(40), nullable=False),
    sa.Column("params", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("state", sa.String(40), nullable=False),
    sa.Column("requested_by", sa.String(200), nullable=False),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True)),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("claim", sa.String(36)),
    sa.Column("claimed_until", sa.DateTime(timezone=True)),
    sa.Column("lake_version", sa.String(200)),
    sa.Column("duration_ms", sa.Integer),
    sa.Column("result", sa.Text),
    sa.Column("error", sa.Text),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_report_run"),
    sa.Index("ix_servicelost_report_run_digest", "digest", "state"),
    sa.Index("ix_servicelost_report_run_state", "state", "queued_at"),
)

sa.Table(
    "servicelost_standalone_account",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("username", sa.String(100), nullable=False),
    sa.Column("password_hash", sa.String(255), nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("dealership_ids", sa.Text),
    sa.Column("employee_id", sa.BigInteger),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_standalone_account"),
    sa.UniqueConstraint("username", name="uq_servicelost_standalone_account_username"),
)

sa.Table(
    "servicelost_standalone_sign_in_failure",
    METADATA,
    sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_servicelost_standalone_sign_in_failure"),
    sa.Index("ix_servicelost_standalone_sign_in_failure_subject", "subject", "failed_at"),
)
