"""Opportunities become cards of the board: where each stands, since when, and whose it is.

What stands there already is placed by one statement that says the rule of `opportunities/pipeline/board`
once more, in SQL.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
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
PLACE_CARDS = """
WITH last AS (
    SELECT o.id, (SELECT p.id FROM servicelost_presentation AS p WHERE p.opportunity_id = o.id
                  ORDER BY p.presented_at DESC, p.id DESC LIMIT 1) AS presentation_id
    FROM servicelost_opportunity AS o WHERE o.live = 1 AND o.presentations > 1
), named AS (
    SELECT o.id, o.owner_id, o.advisor_id, o.state, o.opened_at, p.presented_at AS named_at,
           coalesce(o.last_decision_at, o.opened_at) AS decided_at,
           CASE WHEN o.part_request_id IS NULL THEN coalesce(p.visit_id, o.visit_id) END AS visit_id
    FROM servicelost_opportunity AS o
    LEFT JOIN last ON last.id = o.id
    LEFT JOIN servicelost_presentation AS p ON p.id = last.presentation_id
    WHERE o.live = 1
), dated AS (
    SELECT n.id, n.state, n.visit_id, n.named_at, v.state AS visit_state,
           coalesce(n.owner_id, v.advisor_id, n.advisor_id) AS owner_id,
           CASE WHEN n.decided_at > n.opened_at THEN n.decided_at ELSE n.opened_at END AS decided_at
    FROM named AS n LEFT JOIN servicelost_visit AS v ON v.id = n.visit_id
), card AS (
    SELECT d.id, d.state, d.owner_id, d.visit_id,
           CASE WHEN d.named_at > d.decided_at THEN d.named_at ELSE d.decided_at END AS at,
           CASE WHEN d.owner_id IS NULL THEN 'UNSORTED'
                WHEN d.visit_state IN ('PLANNING', 'RECEPTION', 'WORK', 'QUALITY_CONTROL', 'DELIVERY')
                THEN d.visit_state ELSE 'FOLLOW_UP' END AS place
    FROM dated AS d
)
UPDATE servicelost_opportunity
SET board_column = card.place, board_at = card.at, board_owner_id = card.owner_id,
    board_visit_id = card.visit_id
FROM card
WHERE card.id = servicelost_opportunity.id AND (card.state <> 'LOST' OR card.at >= :win_back_since)
"""


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
