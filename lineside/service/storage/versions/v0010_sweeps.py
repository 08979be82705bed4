"""Sweeps: grids of edits over scenarios, a run for each point; and runs that let others go first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column of runs, and the tables of sweeps; web processes and workers of before go on with both."""
    op.add_column("runs", sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("axes", postgresql.JSONB(), nullable=False),
        sa.Column("edits", postgresql.JSONB(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("margin", sa.Integer(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_sweeps_region_id_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
        sa.UniqueConstraint("region_id", "name", name=op.f("uq_sweeps_region_id_name")),
    )
    op.create_table(
        "sweep_points",
        sa.Column("sweep_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("is_made", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sweep_id"], ["sweeps.id"], ondelete="CASCADE", name=op.f("fk_sweep_points_sweep_id_sweeps")
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], ondelete="CASCADE", name=op.f("fk_sweep_points_scenario_id_scenarios")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], ondelete="CASCADE", name=op.f("fk_sweep_points_run_id_runs")),
        sa.PrimaryKeyConstraint("sweep_id", "number", name=op.f("pk_sweep_points")),
    )
    for column in ("scenario_id", "run_id"):
        op.create_index(op.f(f"ix_sweep_points_{column}"), "sweep_points", [column])
