"""Runs that plan with people to spare."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the margin of each run; older ones had none."""
    op.add_column("runs", sa.Column("margin", sa.Integer(), server_default="0", nullable=False))
