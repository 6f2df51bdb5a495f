"""Alembic's entry: runs the migrations on the connection that `opening.migrate` hands over."""

from alembic import context

from prisma_tool.store.engine.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller owns the transaction
)
context.run_migrations()
