"""The processes of a running site: the web, the worker, and the supervisor that keeps both alive.

The worker is a process of its own, so that pulling never slows a page. The supervisor does nothing but wait: it starts
a part again that crashed, passes on the wish to stop, and gives up when a part refuses to start (exit code 1 or 2: a
setting, the port, the database), since trying again would not help.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from network.settings import Settings

LOG = logging.getLogger(__name__)
REFUSED = (1, 2)
GRACE = 40.0
"""Seconds for which a part may finish what it has in hand."""
HEALTHY = 10.0
MAX_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name and the words after `vecinos`."""

    name: str
    words: tuple[str, ...]


def parts(host: str, port: int) -> tuple[Part, ...]:
    """The processes of `vecinos serve`."""
    return (
        Part("web", ("web", "--host", host, "--port", str(port), "--supervised")),
        Part("worker", ("worker", "--host", host, "--port", str(port), "--supervised")),
    )


async def supervise(parts: Sequence[Part], environ: Mapping[str, str] | None = None) -> int:
    """Keep these parts running until a signal comes or one of them refuses to start. Returns the exit code.

    `environ` is what they are started with (None: as this process was).
    """
    stopping = asyncio.Event()
    on_signals(stopping)
    async with asyncio.TaskGroup() as tasks:
        keeping = [tasks.create_task(_keep(part, stopping, environ)) for part in parts]
    return max(task.result() for task in keeping)


def on_signals(stopping: asyncio.Event) -> None:
    """Let SIGTERM and Ctrl-C set this event."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)


async def _keep(part: Part, stopping: asyncio.Event, environ: Mapping[str, str] | None) -> int:
    pause = 1.0
    while not stopping.is_set():
        started = time.monotonic()
        code = await _run(part, stopping, environ)
        if stopping.is_set():
            break
        if code in REFUSED:
            stopping.set()
            return code
        pause = 1.0 if time.monotonic() - started > HEALTHY else min(pause * 2, MAX_PAUSE)
        LOG.error("%s ended unexpectedly (%s); starting it again in %.0f s", part.name, code, pause)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)
    return 0


async def _run(part: Part, stopping: asyncio.Event, environ: Mapping[str, str] | None) -> int:
    """Run one process until it ends by itself or we are to stop; returns its exit code."""
    # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which then asks the parts to end.
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "network",
        *part.words,
        start_new_session=True,
        stdin=asyncio.subprocess.DEVNULL,
        env=environ,
    )
    ended = asyncio.create_task(child.wait())
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait((ended, asked), return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not ended.done():
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        await asyncio.wait((ended,), timeout=GRACE)
    if not ended.done():
        child.kill()
    return await ended


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at this address. Raises OSError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(2048)
    except OSError:
        found.close()
        raise
    return found


def serve_web(settings: Settings, listening: socket.socket, *, supervised: bool) -> None:
    """Answer visitors on this socket until a signal comes. No access log: no visitor's address is written down."""
    import uvicorn  # noqa: PLC0415 - only this process needs it

    from network.app import make_app  # noqa: PLC0415

    config = uvicorn.Config(
        make_app(settings), http="httptools", loop="uvloop", ws="none", lifespan="on", log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=10, h11_max_incomplete_event_size=16_384,
    )  # fmt: skip
    server = uvicorn.Server(config)

    async def main() -> None:
        async with _while_parent_lives(supervised, lambda: setattr(server, "should_exit", True)):
            await server.serve(sockets=[listening])

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.Runner(loop_factory=config.get_loop_factory()).run(main())
    if not server.started:
        sys.exit(1)


async def work(settings: Settings, concurrency: int, *, supervised: bool) -> None:
    """Pull what is due until a signal comes; what is in hand is finished and stored."""
    from network import jobs  # noqa: PLC0415 - only this process needs it
    from network.database.engine import open_database  # noqa: PLC0415
    from network.site import make_client  # noqa: PLC0415
    from network.websub.callbacks import Callbacks  # noqa: PLC0415

    stopping = asyncio.Event()
    on_signals(stopping)
    async with contextlib.AsyncExitStack() as stack:
        database = await open_database(settings.database_url)
        stack.push_async_callback(database.close)
        client = await stack.enter_async_context(make_client(settings))
        await stack.enter_async_context(_while_parent_lives(supervised, stopping.set))
        await jobs.run_all(jobs.Work(database, client, concurrency, stopping, Callbacks.of(settings)))


@contextlib.asynccontextmanager
async def _while_parent_lives(supervised: bool, stop: Callable[[], None]) -> AsyncIterator[None]:
    """Call `stop` when the supervisor is gone, even by SIGKILL: nobody must go on unwatched."""
    if not supervised:
        yield
        return
    parent = os.getppid()

    async def watch() -> None:
        while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells a process that its parent died
            await asyncio.sleep(1)
        stop()

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
