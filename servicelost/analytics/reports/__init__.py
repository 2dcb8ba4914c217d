"""What the reports compute, one file a report: Ibis expressions that aggregate in the engine.

Loaded by workers and the command line only. Descriptions and formulas in words are in `specs`.
"""
