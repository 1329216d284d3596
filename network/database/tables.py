"""The whole schema.

Every moment is an integer, seconds since 1970 UTC. Lists of plain words (authors, categories) are JSON text, since
nothing is ever searched in them. Changing a table: change it here, add the next migration (README, "Changing the
database"); a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData

from sqlalchemy import SmallInteger, Table, Text, UniqueConstraint, text  # isort: skip - one name a line takes a page

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite numbers rows by itself only for INTEGER keys; PostgreSQL wants BIGINT for the same range.
Key = BigInteger().with_variant(Integer, "sqlite")

network = Table(
    "network",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("uid", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("contact", Text, nullable=False),
    # Raised in the transaction of every visible change; rendered bodies are kept under it (design: generation cache).
    Column("generation", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    # The last number given to an entry or event; taken in blocks by whoever writes.
    Column("last_item", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single"),
)

member = Table(
    "member",
    metadata,
    Column("id", Key, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("home_url", Text, nullable=False, unique=True),
    Column("town", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("postcode", Text, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("state", Text, nullable=False),
    Column("contact_name", Text, nullable=False),
    Column("contact_email", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),
    # No index on `state`: nearly all are approved, and SQLite would walk through every member's entries because of it.
    CheckConstraint("state in ('applied', 'approved', 'paused', 'declined')", name="state"),
)

member_language = Table(
    "member_language",
    metadata,
    Column("member_id", ForeignKey("member.id", ondelete="CASCADE"), primary_key=True),
    Column("language", Text, primary_key=True),
)

member_topic = Table(
    "member_topic",
    metadata,
    Column("member_id", ForeignKey("member.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", Text, primary_key=True),
)

source = Table(
    "source",
    metadata,
    Column("id", Key, primary_key=True),
    Column("member_id", ForeignKey("member.id", ondelete="CASCADE"), nullable=False),
    Column("url", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("format", Text, nullable=False, default=""),
    Column("parser", Text, nullable=False, default=""),
    Column("language", Text),
    Column("state", Text, nullable=False),
    Column("problem", Text, nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("body_hash", Text, nullable=False, default=""),
    Column("failures", Integer, nullable=False, default=0),
    Column("rhythm", Integer),
    Column("checked_at", BigInteger),
    # The last good answer (also "nothing new"), and the last time that a body was read.
    Column("good_at", BigInteger),
    Column("read_at", BigInteger),
    # Since when it has failed without a break; None while it answers.
    Column("failing_since", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    # The row is the job: whoever pulls it holds a lease that expires by itself.
    Column("lease_until", BigInteger, nullable=False, default=0),
    # Whose servers it is on (feeds.addresses.site_of); a site that asks for rest is left alone as a whole: table `host`.
    Column("site", Text, nullable=False, server_default=text("''")),
    # The software behind it, as far as it shows (feeds/diagnose.py): what the advice to its owner depends on.
    Column("platform", Text, nullable=False, server_default=text("''")),
    # For how many seconds its last body says that it stays fresh, and hours and days without news ("h1,2d5,6").
    Column("told", Integer),
    Column("skip", Text, nullable=False, server_default=text("''")),
    # When its newest entry was published or something last changed, and the usual seconds between entries: quiet or not.
    Column("newest_at", BigInteger),
    Column("usual", Integer),
    # How many items its last believed body listed.
    Column("listed", Integer, nullable=False, server_default="0"),
    # Why its last body is not believed yet ('' | 'shrunk' | 'empty'), since when, and how many pulls have said the same.
    Column("held", Text, nullable=False, server_default=text("''")),
    Column("held_at", BigInteger),
    Column("held_pulls", Integer, nullable=False, server_default="0"),
    # Where it says that it has moved for good, since when, and how often it has been seen to say so.
    Column("moved_to", Text),
    Column("moved_since", BigInteger),
    Column("moved_seen", Integer, nullable=False, server_default="0"),
    # The hub that it names, and the address that the hub knows it by (WebSub).
    Column("hub", Text),
    Column("topic", Text),
    CheckConstraint("kind in ('feed', 'calendar')", name="kind"),
    CheckConstraint("state in ('new', 'fine', 'broken', 'gone', 'paused')", name="state"),
    UniqueConstraint("member_id", "url"),
    Index(None, "due_at"),
)

entry = Table(
    "entry",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("member_id", ForeignKey("member.id", ondelete="CASCADE"), nullable=False),
    # Entries with the same item are one item for visitors: the smallest id that may be seen speaks for all.
    Column("item_id", BigInteger, nullable=False),
    Column("identity", Text, nullable=False),
    Column("link", Text),
    Column("link_key", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("authors", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("enclosures", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("language", Text),
    Column("image", Text),
    Column("published", BigInteger),
    Column("updated", BigInteger),
    Column("fingerprint", Text, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    # When visitors are told it was published: never in the future, never later than it was first seen.
    Column("dated", BigInteger, nullable=False),
    UniqueConstraint("source_id", "identity"),
    Index(None, "item_id"),
    Index(None, "link_key"),
    Index(None, "dated", "id"),
    Index(None, "member_id", "dated"),
)

event = Table(
    "event",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("member_id", ForeignKey("member.id", ondelete="CASCADE"), nullable=False),
    Column("item_id", BigInteger, nullable=False),
    Column("uid", Text, nullable=False),
    Column("uid_key", Text),
    Column("title", Text, nullable=False),
    Column("start", Text, nullable=False),
    Column("end", Text),
    Column("all_day", SmallInteger, nullable=False),
    Column("timezone", Text),
    Column("rrule", Text),
    Column("venue", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("link", Text),
    Column("organizer", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("sequence", Integer, nullable=False),
    Column("ical", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("dated", BigInteger, nullable=False),
    # The end of the last occurrence that is known; what decides whether the event is still in the combined feed.
    Column("last_end", BigInteger, nullable=False),
    # Set when the calendar that brought it no longer lists it.
    Column("gone_at", BigInteger),
    # Set while its calendar does not list it but is not believed (source.held); visitors still see it.
    Column("missing_at", BigInteger),
    # Where a search for words looks, as network/model.fold makes it.
    Column("folded", Text, nullable=False),
    UniqueConstraint("source_id", "uid"),
    Index(None, "item_id"),
    Index(None, "uid_key"),
    Index(None, "last_end"),
    Index(None, "dated", "id"),
    Index(None, "member_id"),
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("start_at", BigInteger, nullable=False),
    Column("end_at", BigInteger, nullable=False),
    Column("all_day", SmallInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("venue", Text, nullable=False),
    Column("status", Text, nullable=False),
    Index(None, "start_at"),
    Index(None, "end_at"),
)

# Sites that asked to be left alone (429, 503): none of their sources is pulled before `until`.
host = Table(
    "host",
    metadata,
    Column("name", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
)

# What we have asked of hubs (WebSub): one row a source that names one.
subscription = Table(
    "subscription",
    metadata,
    Column("source_id", ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    # The part of the callback's address that nobody can guess, and what the hub signs its pushes with.
    Column("token", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("problem", Text, nullable=False, server_default=text("''")),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("asked_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("pushed_at", BigInteger),
    # When the hub is to be asked (again).
    Column("due_at", BigInteger, nullable=False),
    CheckConstraint("state in ('new', 'asked', 'active', 'silent', 'denied')", name="state"),
    Index(None, "due_at"),
)

# What hubs have sent and the worker has not read yet.
push = Table(
    "push",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source_id", ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("came_at", BigInteger, nullable=False),
)

# Counts since the beginning, for /metrics: what was pulled, by outcome.
tally = Table("tally", metadata, Column("name", Text, primary_key=True), Column("count", BigInteger, nullable=False))

steward = Table(
    "steward",
    metadata,
    Column("id", Key, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("member_id", ForeignKey("member.id", ondelete="CASCADE")),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("role in ('organizer', 'steward')", name="role"),
)

# Only digests of links and sessions are kept: who reads the database can't sign in with what they find.
sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("steward_id", ForeignKey("steward.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

session = Table(
    "session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("steward_id", ForeignKey("steward.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("steward_id", ForeignKey("steward.id", ondelete="SET NULL")),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Index(None, "at"),
)
