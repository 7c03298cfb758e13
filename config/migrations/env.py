"""Runs the steps on the connection it is handed; there is no file of settings."""

from alembic import context
from sqlalchemy import Connection

connection = context.config.attributes["connection"]
if not isinstance(connection, Connection):
    raise TypeError("Migrations are run by config.migrate, which hands over its connection.")
context.configure(connection=connection, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()  # the transaction is the caller's: all steps hold, or none
