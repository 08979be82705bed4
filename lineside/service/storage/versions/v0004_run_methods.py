"""How a run comes to its plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the method of each run; older ones searched."""
    op.add_column("runs", sa.Column("method", sa.String(), server_default="search", nullable=False))
