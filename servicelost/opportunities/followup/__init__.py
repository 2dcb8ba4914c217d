"""Following up: contacts, tasks, problems, and the one check before every touch.

Rules, schedules and cadences that create tasks by themselves come with the leads room. Nothing
here writes to the ledger.
"""
