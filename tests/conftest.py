"""What tests share: databases (SQLite and a real PostgreSQL), the fictional coalition's sites, a browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from network.database.engine import Database, open_database

SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have a Vecinos of their own configured."""
    for name in os.environ:
        if name.startswith("VECINOS_") and not name.startswith("VECINOS_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """No test talks to anybody but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(
            ("127.", "::1", "localhost")
        ):
            raise AssertionError(f"a test tried to connect to {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real feeds and other people's texts; it is not part of the project."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared (other people's feeds), which is not part of the project")
    return SHARED


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server of this test process's own. Whoever stops it starts it again."""
    programs = _postgres_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL must be there in CI: scripts/test-services installs it")
        pytest.skip("PostgreSQL is not installed (scripts/test-services installs it where it can)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Not in pytest's own folder, which any other run of the tests closes to other users again.
    with tempfile.TemporaryDirectory(prefix="vecinos-postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(programs, Path(folder), port)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres(postgres_server: PostgresServer) -> str:
    """The URL of that server, without a database's name."""
    return postgres_server.url


def _postgres_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    name = shutil.which("initdb")
    return Path(name).parent if name else None


class PostgresServer:
    """A server in a folder of its own; run by the user `postgres` where we are root, which the server refuses to be."""

    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self.url = f"postgresql://vecinos@127.0.0.1:{port}"
        self._programs, self._data, self._port = programs, folder / "data", port
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(folder, "postgres")

    def make(self) -> None:
        """Make its folder, once."""
        self._run(
            "initdb", "-D", str(self._data), "-U", "vecinos", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )

    def start(self) -> None:
        """Let it answer, with what it had when it was stopped."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -k {self._data}"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Pull its plug: connections break off, and what was not committed is gone."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [*self._as, str(self._programs / program), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self._data.parent,
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once in SQLite, once in PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'vecinos.db'}"
    server: str = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server.replace('postgresql:', 'postgresql+psycopg:')}/{name}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with the schema of this program, once in SQLite, once in PostgreSQL."""
    opened = await open_database(database_url)
    yield opened
    await opened.close()
