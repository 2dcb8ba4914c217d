"""Why a number cannot be given, in words that reports share."""

NO_INVOICES = "the source has no invoices in this window"
SOME_WITHOUT = "not every dealership with losses has invoices in this window"
NOT_ON_INVOICES = "invoices do not carry what the selection is narrowed to"
NOT_ON_ORDERS = "orders do not carry what the selection is narrowed to"
NO_LOSS = "no loss is recorded"
NO_BASIS = "nothing to compute it from"
# Followed by how many whole periods there are of those it takes.
NO_HISTORY = "not enough history, whole periods"

REASONS = (NO_INVOICES, SOME_WITHOUT, NOT_ON_INVOICES, NOT_ON_ORDERS, NO_LOSS, NO_BASIS, NO_HISTORY)
