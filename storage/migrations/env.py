"""Alembic's entry: runs the migrations over one synchronous connection."""

from alembic import context
from sqlalchemy import create_engine, pool

from storage.tables import Base

attributes = context.config.attributes
engine = create_engine(attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,  # also gives every constraint its conventional name
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
