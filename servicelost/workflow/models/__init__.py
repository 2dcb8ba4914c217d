"""The rows of the service workflow, a file a thing.

Nothing here knows of losses, leads or reports; no rule and no query lives in this package.
"""
