"""The lake read by Apache Spark, for one that is too large for a single machine; needs the extra `spark`.

How the session reaches a cluster is Spark's own configuration, not ours.
"""

from collections.abc import Sequence
from importlib import import_module

import ibis


class Spark:
    """The Spark session of this process."""

    def __init__(self) -> None:
        session = import_module("pyspark.sql").SparkSession.builder.getOrCreate()
        self._backend = ibis.pyspark.connect(session)

    def scan(self, paths: Sequence[str]) -> ibis.Table:
        """The rows of these files as one table."""
        return self._backend.read_parquet(list(paths))
