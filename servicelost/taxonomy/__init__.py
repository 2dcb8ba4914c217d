"""The words of the trade as data: stages, loss events, causes and which goes with which.

Codes are stored, labels and help texts are English and translated at the edge. Only data and
pure checks live here: no database, no amounts, nothing that knows one dealership.
"""
