"""What runs ask for beside their time, and scenarios that are a base with edits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column of runs, and the table of variants."""
    op.add_column("runs", sa.Column("ask", postgresql.JSONB(), nullable=True))
    op.create_table(
        "variants",
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("edits", postgresql.JSONB(), nullable=False),
        sa.Column("conflicts", postgresql.JSONB(), nullable=False),
        sa.Column("settled", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], ondelete="CASCADE", name=op.f("fk_variants_scenario_id_scenarios")
        ),
        sa.ForeignKeyConstraint(["base_id"], ["scenarios.id"], name=op.f("fk_variants_base_id_scenarios")),
        sa.PrimaryKeyConstraint("scenario_id", name=op.f("pk_variants")),
    )
    op.create_index(op.f("ix_variants_base_id"), "variants", ["base_id"])
