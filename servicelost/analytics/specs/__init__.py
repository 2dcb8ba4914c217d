"""The descriptions of the reports, one file a report; what they compute is in `reports`.

The web process reads these, so nothing here may import an engine or data frames.
"""
