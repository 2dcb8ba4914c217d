"""The lake read by Apache Spark, for one that is too large for a single machine; needs the extra `spark`.

How the session reaches a cluster is Spark's own configuration, not ours.
"""

import uuid
from collections.abc import Sequence
from importlib import import_module

import ibis


class Spark:
    """The Spark session of this process."""

    def __init__(self) -> None:
        self._session = import_module("pyspark.sql").SparkSession.builder.getOrCreate()
        self._backend = ibis.pyspark.connect(self._session)

    def scan(self, paths: Sequence[str]) -> ibis.Table:
        """The rows of these files as one table."""
        view = f"servicelost_{uuid.uuid4().hex}"
        self._session.read.parquet(*paths).createOrReplaceTempView(view)
        return self._backend.table(view)
