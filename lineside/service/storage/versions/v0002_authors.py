"""Who saved a revision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the author of each revision; of older ones nobody knows."""
    op.add_column("revisions", sa.Column("author", sa.String(), server_default="", nullable=False))
