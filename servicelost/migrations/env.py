"""How alembic runs our migrations: on the connection it is given, on our tables only.

Reached through `upgrading`, never started by alembic's own command line.
"""

from alembic import context

from servicelost.kernel.db import Base
from servicelost.migrations.scope import VERSION_TABLE, in_plain_types, is_ours, same_type

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    include_object=is_ours,
    compare_type=same_type,
    render_as_batch=True,
    render_item=in_plain_types,
    # SQLite can undo DDL as well as any other statement, once transactions are opened by us.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
