"""A simulated dealership: invented people, cars and months of events for demonstrations and benchmarks.

Everything here is made up and repeatable from a seed. It speaks the public event catalogue only, so
nothing gets past the rules that real sources meet; no rule of the trade is decided here.
"""
