"""Search: normalised keys by which customers, cars, orders and bookings are found, on any database alike.

What is searchable is declared by the rooms that own the rows; no row of the trade is known here.
"""
