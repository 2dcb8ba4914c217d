"""The append-only loss ledger and its one gate.

Entries are never changed or deleted: a correction is a reversing entry, a recovery an entry.
Nothing here decides when work counts as lost; the pipeline does.
"""
