"""An application of our own around the extension: accounts, sign-in, and the `servicelost` command.

A host that mounts the extension brings all this itself; nothing here is imported by any other room.
"""
