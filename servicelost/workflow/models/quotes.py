"""Quotes in versions, and which line stood in which version at what price."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint

from servicelost.kernel.columns import Mapped
from servicelost.kernel.db import PREFIX, Base, Code, Minor, Ref, SourceId, Version
from servicelost.kernel.lookup import Lookup
from servicelost.workflow.models.visits import Visit


class Quote(Base):
    """One version of the priced offer for a visit; sending again makes the next version.

    `offers_all`: it was sent without naming lines, so it offers all that waited for a decision then.
    """

    __tablename__ = f"{PREFIX}quote"
    __captured__ = True
    __table_args__ = (
        UniqueConstraint("visit_id", "number"),
        Index("ix_servicelost_quote_expiry", "state", "valid_until"),
    )

    version: Mapped[Version]
    dealership_id: Mapped[Ref]
    visit_id: Mapped[Ref]
    number: Mapped[int]
    source_id: Mapped[SourceId | None]
    state: Mapped[Code]
    channel: Mapped[Code | None]
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    offers_all: Mapped[bool | None]


class QuoteLine(Base):
    """The price of a line in one version of a quote; append-only."""

    __tablename__ = f"{PREFIX}quote_line"
    __table_args__ = (UniqueConstraint("quote_id", "line_id"),)

    quote_id: Mapped[Ref]
    line_id: Mapped[Ref]
    amount_minor: Mapped[Minor | None]
    labour_minor: Mapped[Minor | None]
    parts_minor: Mapped[Minor | None]
    centihours: Mapped[int | None]


QUOTES_OF_VISIT = Lookup(Quote, "visit_id", many=True, parent=Visit)
LINES_OF_QUOTE = Lookup(QuoteLine, "quote_id", many=True, parent=Quote)
