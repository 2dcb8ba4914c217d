"""Aftersales opportunities: what could be sold, what was lost and why, and how it comes back.

Rooms within, each above the next: followup (contacts, tasks, problems, the stop list), pipeline
(opportunities), ledger (losses). A room knows only those below it.
"""
