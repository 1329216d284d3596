"""Every setting. The only module that reads the environment.

What an organizer decides (the network's name, time zone …) is kept in the database instead, see members/network.py.
Adding a setting: a field in Settings, a line in `NAMES`, a row in README.md (a test compares them).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from feeds.addresses import AllowedHosts
from feeds.errors import AddressError
from network.errors import DataFolderError, SettingError

NAMES = (
    "VECINOS_DATA_DIR",
    "VECINOS_DATABASE_URL",
    "VECINOS_BASE_URL",
    "VECINOS_SECRET_KEY",
    "VECINOS_CONTACT",
    "VECINOS_ALLOW_PRIVATE_HOSTS",
    "VECINOS_LOG_LEVEL",
)
LOG_LEVELS = ("debug", "info", "warning", "error")
VERSION = "0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process. `base_url` has no slash at its end."""

    data_dir: Path
    database_url: str
    base_url: str
    secret_key: bytes
    contact: str
    allow_private_hosts: str
    log_level: str

    @property
    def user_agent(self) -> str:
        """Says who asks and where to complain, on every request to a member's site."""
        told = f"{self.base_url}; {self.contact}" if self.contact else self.base_url
        return f"Vecinos/{VERSION} (+{told})"


def read(environ: Mapping[str, str], *, host: str = "127.0.0.1", port: int = 8000) -> Settings:
    """The settings in these environment variables; raises SettingError with the name of the bad one.

    The data folder is made when it does not exist (DataFolderError when it can't be). `host` and `port` give the base
    URL when none is set.
    """
    unknown = sorted(name for name in environ if name.startswith("VECINOS_") and name not in NAMES)
    if unknown:
        raise SettingError(name=unknown[0], why="there is no such setting. The README lists them all.")
    data_dir = Path(environ.get("VECINOS_DATA_DIR", "") or "data")
    _make_folder(data_dir)
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(environ.get("VECINOS_DATABASE_URL", ""), data_dir),
        base_url=_base_url(environ.get("VECINOS_BASE_URL", ""), host, port),
        secret_key=_secret_key(environ.get("VECINOS_SECRET_KEY", ""), data_dir),
        contact=environ.get("VECINOS_CONTACT", "").strip(),
        allow_private_hosts=_hosts(environ.get("VECINOS_ALLOW_PRIVATE_HOSTS", "").strip()),
        log_level=_log_level(environ.get("VECINOS_LOG_LEVEL", "")),
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".writable-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataFolderError(folder=str(folder)) from error


def _database_url(given: str, data_dir: Path) -> str:
    if not given:
        return f"sqlite+aiosqlite:///{data_dir / 'vecinos.db'}"
    scheme, _, rest = given.partition("://")
    drivers = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
    scheme = drivers.get(scheme, scheme)
    if scheme not in drivers.values():
        raise SettingError(name="VECINOS_DATABASE_URL", why="it must start with sqlite:/// or postgresql://")
    return f"{scheme}://{rest}"


def _base_url(given: str, host: str, port: int) -> str:
    if not given:
        shown = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - compared, not bound
        return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    parts = urlsplit(given)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.netloc
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise SettingError(
            name="VECINOS_BASE_URL",
            why="it must be the site's address without a path, such as https://vecinos.example.org",
        )
    return given.rstrip("/")


def _secret_key(given: str, data_dir: Path) -> bytes:
    if given:
        if len(given) < 32:  # noqa: PLR2004
            raise SettingError(name="VECINOS_SECRET_KEY", why="it must have 32 characters or more.")
        return given.encode()
    kept = data_dir / "secret.key"
    try:
        with kept.open("x") as file:
            kept.chmod(0o600)
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return kept.read_text().strip().encode()


def _hosts(given: str) -> str:
    try:
        AllowedHosts.parse(given)
    except AddressError as error:
        why = "it must be hosts or host:port separated by commas, or 1 for all."
        raise SettingError(name="VECINOS_ALLOW_PRIVATE_HOSTS", why=why) from error
    return given


def _log_level(given: str) -> str:
    level = given.strip().lower() or "info"
    if level not in LOG_LEVELS:
        raise SettingError(name="VECINOS_LOG_LEVEL", why=f"it must be one of {', '.join(LOG_LEVELS)}.")
    return level
