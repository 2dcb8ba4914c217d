"""The ground floor: database, time, money, actors, events and the one unit of work.

Nothing here may name a visit, a loss or any other thing of the trade; and nothing here may
import another room of the house.
"""
