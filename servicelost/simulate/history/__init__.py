"""Years of history of several dealerships written straight into lake files, by the million rows.

For benchmarks and tests of size only: it goes past the rules and the database, so nothing a user
sees is ever made here. Small, rule-abiding stories are told by the rest of `simulate`.
"""
