"""Health of sources, sites that asked for rest, hubs, and what is not believed yet."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("platform", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.Column("skip", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("newest_at", sa.BigInteger(), nullable=True),
        sa.Column("usual", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("held", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("held_pulls", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moved_since", sa.BigInteger(), nullable=True),
        sa.Column("moved_seen", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("hub", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
    ):
        op.add_column("source", column)
    op.add_column("event", sa.Column("missing_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "host",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_host")),
    )
    op.create_table(
        "subscription",
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("pushed_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state in ('new', 'asked', 'active', 'silent', 'denied')", name=op.f("ck_subscription_state")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_subscription_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("token", name=op.f("uq_subscription_token")),
    )
    op.create_index(op.f("ix_subscription_due_at"), "subscription", ["due_at"])
    op.create_table(
        "push",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_push_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push")),
    )
    op.create_table(
        "tally",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tally")),
    )
    _fill_sites()


def _fill_sites() -> None:
    source = sa.table("source", sa.column("id"), sa.column("url"), sa.column("site"))
    connection = op.get_bind()
    for row_id, url in connection.execute(sa.select(source.c.id, source.c.url)).all():
        connection.execute(source.update().where(source.c.id == row_id).values(site=_site(url)))


def _site(url: str) -> str:
    """Whose servers an address is on, by the rule that held when this migration was written."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    labels = host.split(".")
    if ":" in host or len(labels) == 1 or host.replace(".", "").isdigit():
        return parts.netloc
    second_level = {"ac", "co", "com", "edu", "gob", "gov", "gub", "mil", "net", "nom", "or", "org", "sch"}
    country = len(labels[-1]) == 2 and len(labels) > 2 and labels[-2] in second_level  # noqa: PLR2004
    return ".".join(labels[-3:] if country else labels[-2:])
