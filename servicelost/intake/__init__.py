"""How facts come in: the event stream and mapped exports, both ending in one catalogue of events.

`catalogue` says what can be told, `mapping` turns a dealer's export files into such events, and
`apply` carries them to the domain. Web requests and the command line only call these.
"""
