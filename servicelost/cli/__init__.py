"""The command line, shared by `servicelost` and `flask servicelost`: one command, one service call.

Commands read arguments and print answers; they decide nothing. What only the standalone application can do
is added there.
"""
