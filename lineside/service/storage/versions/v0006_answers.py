"""Runs that are about a plan, and what they found out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the plan that a run is about, and its answer; older runs have neither."""
    op.add_column("runs", sa.Column("about", sa.Uuid(), nullable=True))
    op.add_column("runs", sa.Column("answer", postgresql.JSONB(), nullable=True))
    op.create_index(op.f("ix_runs_about"), "runs", ["about"])
    op.create_foreign_key(op.f("fk_runs_about_plans"), "runs", "plans", ["about"], ["id"], ondelete="CASCADE")
