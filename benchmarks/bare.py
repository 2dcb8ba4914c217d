"""What one decision costs without any rule: Flask, waitress, one SELECT, one INSERT and a commit in Core.

Started in a process of its own, as the product is. Nothing of the product may be used for answering here.
"""

import os
from datetime import UTC, datetime

import waitress
from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    select,
)

_KEPT = MetaData()
BARE = Table(
    "bare_decision",
    _KEPT,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("line_id", BigInteger, nullable=False),
    Column("cause", String(40)),
    Column("competitor", Text),
    Column("amount_minor", BigInteger),
    Column("at", DateTime(timezone=True)),
)
_LINE = Table("servicelost_line", MetaData(), Column("id", BigInteger), Column("amount_minor", BigInteger))


def bare_app(engine: Engine) -> Flask:
    """The smallest application that could be said to record a decision."""
    app = Flask("bare", static_folder=None)

    @app.get("/service/api/v1/health")
    def health() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.post("/lines/<int:line_id>/decline")
    def decline(line_id: int) -> ResponseReturnValue:
        said = request.get_json()
        with engine.begin() as connection:
            amount = connection.scalar(select(_LINE.c.amount_minor).where(_LINE.c.id == line_id))
            row = {"line_id": line_id, "cause": said["cause"], "competitor": said["competitor"]}
            connection.execute(BARE.insert().values(**row, amount_minor=amount, at=datetime.now(UTC)))
        return {"line_id": line_id, "amount_minor": amount}

    return app


def main() -> None:
    """Serve until stopped."""
    engine = create_engine(os.environ["SERVICELOST_DATABASE_URL"])
    _KEPT.create_all(engine)
    waitress.serve(bare_app(engine), host="127.0.0.1", port=int(os.environ["SERVICELOST_PORT"]), threads=8)


if __name__ == "__main__":
    main()
