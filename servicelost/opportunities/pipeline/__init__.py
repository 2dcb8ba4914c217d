"""Opportunities: opened by themselves from the facts of the workflow, followed until decided.

A need recommended on several visits is one opportunity with each decision kept. Money that is lost
is written by the ledger; this room decides when.
"""
