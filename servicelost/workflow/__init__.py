"""The service workflow: appointments, visits, lines, quotes, quality control, invoices, the logs.

It states facts and knows nothing of losses, opportunities or reports: who listens is decided in
the wiring. Every public verb is a function in one of the service files, `verb_noun(book, ...)`.
"""
