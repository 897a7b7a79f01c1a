"""A row to write to, by which the server knows that the database can be written."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "heartbeat", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("beat", sa.Integer(), nullable=False)
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("heartbeat")
