"""People who sign in with OpenID Connect."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

ALIVE = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    """Make the tables of those who were let in, and of their sign-ins."""
    op.create_table(
        "identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        _instant("created_at", server_default=sa.text("now()"), nullable=False),
        _instant("last_used_at"),
        _instant("revoked_at"),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_identities_region_id_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
    )
    op.create_index(op.f("ix_identities_region_id"), "identities", ["region_id"])
    op.create_index("uq_identities_email", "identities", ["email"], unique=True, postgresql_where=ALIVE)
    op.create_index("uq_identities_subject", "identities", ["issuer", "subject"], unique=True, postgresql_where=ALIVE)
    op.create_table(
        "sign_ins",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        _instant("created_at", server_default=sa.text("now()"), nullable=False),
        _instant("ends_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identities.id"], ondelete="CASCADE", name=op.f("fk_sign_ins_identity_id_identities")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_identity_id"), "sign_ins", ["identity_id"])


def _instant(name: str, *, nullable: bool = True, server_default: sa.TextClause | None = None) -> sa.Column[object]:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=nullable, server_default=server_default)
