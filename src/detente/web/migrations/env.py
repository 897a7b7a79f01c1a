"""Run by Alembic: upgrade over the connection that the store gives."""

from alembic import context

from detente.web.store import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
