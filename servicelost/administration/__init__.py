"""What is administered per dealership: its settings, and the log of who changed what.

Settings of the installation live in `config`, sign-ins in `standalone`, opening hours in `directory`.
"""
