"""Measurements side by side in one run: each line is JSON and names what it compares with.

No benchmark is a timed test: figures are read by people, on the machine that is stated.
"""
