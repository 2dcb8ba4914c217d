"""The module on the web: who asks, what they may do, the API and the pages.

Nothing of the trade is decided here: a view reads a request, calls one function of a domain room and shows
what came back. Nothing is registered on the host application except blueprints of our own.
"""
