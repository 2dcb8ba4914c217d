"""Opportunities become cards of the board: where each stands, since when, and whose it is.

What stands there already is placed by one statement that says the rule of `opportunities/pipeline/board`
once more, in SQL.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE = "servicelost_opportunity"
_INDEX = "ix_servicelost_opportunity_board"
_HELD = (
    "dealership_id", "board_column", "board_at", "id", "board_owner_id", "amount_minor", "version",
    "category_id", "source", "severity",
)  # fmt: skip
_ON_BOARD = "board_column IS NOT NULL"
_WIN_BACK = timedelta(days=30)

# Of a need that several lines named, the last one says where it stands.
_LAST = """(SELECT p.{column} FROM servicelost_presentation AS p WHERE p.opportunity_id = o.id
           ORDER BY p.presented_at DESC, p.id DESC LIMIT 1)"""
_NAMED = f"""
    SELECT o.id, o.owner_id, o.advisor_id, o.state, o.opened_at, o.last_decision_at,
           CASE WHEN o.presentations > 1 THEN {_LAST.format(column="presented_at")} END AS named_at,
           CASE WHEN o.part_request_id IS NOT NULL THEN NULL
                WHEN o.presentations > 1 THEN {_LAST.format(column="visit_id")} ELSE o.visit_id END AS visit_id
    FROM servicelost_opportunity AS o WHERE o.live = 1"""
_DATED = f"""
    SELECT n.id, n.state, n.visit_id, coalesce(n.owner_id, v.advisor_id, n.advisor_id) AS owner_id,
           v.state AS visit_state,
           CASE WHEN coalesce(n.last_decision_at, n.opened_at) > n.opened_at THEN n.last_decision_at
                ELSE n.opened_at END AS decided_at, n.named_at
    FROM ({_NAMED}) AS n LEFT JOIN servicelost_visit AS v ON v.id = n.visit_id"""
_CARDS = f"""
    SELECT d.id, d.owner_id, d.visit_id,
           CASE WHEN d.named_at > d.decided_at THEN d.named_at ELSE d.decided_at END AS at,
           CASE WHEN d.owner_id IS NULL THEN 'UNSORTED'
                WHEN d.visit_state IN ('PLANNING', 'RECEPTION', 'WORK', 'QUALITY_CONTROL', 'DELIVERY')
                THEN d.visit_state ELSE 'FOLLOW_UP' END AS place, d.state
    FROM ({_DATED}) AS d"""  # noqa: S608 - our own text
PLACE_CARDS = f"""
    UPDATE servicelost_opportunity
    SET board_column = c.place, board_at = c.at, board_owner_id = c.owner_id, board_visit_id = c.visit_id
    FROM ({_CARDS}) AS c
    WHERE c.id = servicelost_opportunity.id AND (c.state <> 'LOST' OR c.at >= :win_back_since)"""  # noqa: S608


def place_cards(connection: sa.Connection, now: datetime) -> None:
    """Make cards of all live opportunities."""
    since = sa.bindparam("win_back_since", now - _WIN_BACK, sa.DateTime(timezone=True))
    connection.execute(sa.text(PLACE_CARDS).bindparams(since))


def upgrade() -> None:
    for column in _columns():
        op.add_column(_TABLE, column)
    place_cards(op.get_bind(), datetime.now(UTC))
    where = sa.text(_ON_BOARD)
    op.create_index(_INDEX, _TABLE, list(_HELD), postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    op.drop_index(_INDEX, _TABLE)
    for column in _columns():
        op.drop_column(_TABLE, column.name)


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("board_column", sa.String(40)),
        sa.Column("board_at", sa.DateTime(timezone=True)),
        sa.Column("board_owner_id", sa.BigInteger),
        sa.Column("board_visit_id", sa.BigInteger),
    ]
