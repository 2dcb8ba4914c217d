"""One step of the lake: the files of each fact after a portion of changes, or from the whole database.

Files written here are nobody's until a manifest names them.
"""

from collections.abc import Callable, Collection

from sqlalchemy import Connection, func, select

from servicelost.analytics.lake import columns
from servicelost.analytics.lake.extract import Extract
from servicelost.analytics.lake.fact import Fact
from servicelost.analytics.lake.manifest import FactFiles
from servicelost.analytics.lake.parquet import FactWriter
from servicelost.analytics.lake.storage import Folder
from servicelost.analytics.lake.superseded import NOTHING, read_superseded
from servicelost.analytics.lake.tidy import tidied, with_files

Progress = Callable[[str, int, int], None]

# A report waits for a step: it tidies up only as much as it hardly notices, the rest is done between steps.
_TIDIED = 16_000
_TIDIED_PER_ROW = 2


class Step:
    """Writes the files that bring the lake to `number`, from one snapshot of the database."""

    def __init__(self, folder: Folder, number: int, connection: Connection) -> None:
        self.number = number
        self.rows = 0
        self.tidied = 0
        self._folder = folder
        self._connection = connection
        self._extract = Extract(connection)

    def changed(self, fact: Fact, before: FactFiles, ids: Collection[int]) -> FactFiles:
        """The fact's files with these rows as they are now."""
        if not ids:
            return before
        writer = FactWriter(self._folder, fact.name, self.number)
        for table in self._extract.rows(fact, ids):
            writer.append(table)
        fresh = writer.finish()
        written = sum(file.rows for file in fresh)
        self.rows += written
        void = NOTHING
        if not fact.append_only:
            known = max(file.max_id for file in before.files)
            void = read_superseded(self._folder, before).plus(
                [row for row in ids if row <= known], self.number
            )
        budget = max(_TIDIED, _TIDIED_PER_ROW * written)
        files, void, done = tidied(
            self._folder, fact.name, self.number, (*before.files, *fresh), void, budget
        )
        self.tidied += done
        return with_files(self._folder, fact.name, self.number, before, files, void)

    def whole(self, fact: Fact, progress: Progress | None) -> FactFiles:
        """The fact's files from all its rows; `progress` is told fact, rows written, rows in all."""
        total = 0
        if progress is not None:
            total = self._connection.execute(
                select(func.count()).select_from(fact.query.subquery())
            ).scalar_one()
        writer, rows = FactWriter(self._folder, fact.name, self.number), 0
        for table in self._extract.everything(fact):
            writer.append(table)
            rows += table.num_rows
            if progress is not None:
                progress(fact.name, rows, total)
        self.rows += rows
        return FactFiles(tuple(columns.signature(fact.name)), writer.finish())
