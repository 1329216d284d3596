"""What every command does alike: read the settings, run, and say in one sentence what went wrong."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from feeds.errors import FeedsError
from network.errors import VecinosError
from network.settings import Settings
from network.settings import read as read_settings

P = ParamSpec("P")
T = TypeVar("T")


def settings(*, host: str = "127.0.0.1", port: int = 8000) -> Settings:
    """The settings of this process. Raises SettingError."""
    return read_settings(os.environ, host=host, port=port)


def told(function: Callable[P, T]) -> Callable[P, T]:
    """A command whose expected errors become one sentence on standard error and exit code 1."""

    @functools.wraps(function)
    def command(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except FeedsError as error:
            fail(" ".join(part for part in (error.sentence, f"({error.subject})" if error.subject else "") if part))
        except VecinosError as error:
            fail(str(error))
        except KeyboardInterrupt:
            sys.exit(130)

    return command


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and end with exit code 1."""
    click.echo(sentence, err=True)
    sys.exit(1)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on the fastest event loop there is."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def logging(level: str) -> None:
    """Log to standard error, one line an event."""
    import logging as log

    log.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    log.getLogger("asyncio").setLevel("WARNING")
    log.getLogger("alembic").setLevel("WARNING")
