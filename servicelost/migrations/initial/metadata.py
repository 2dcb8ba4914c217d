"""What the tables of the first migration are collected in; the models have a metadata of their own."""

from sqlalchemy import MetaData

METADATA = MetaData()
