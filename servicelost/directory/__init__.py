"""Who and what the service department deals with: dealerships, people, cars, services, competitors.

Rows are known by (dealership, source, source id) and hold what was last said about them. What
happens to them (visits, losses, contacts) belongs to the rooms above.
"""
