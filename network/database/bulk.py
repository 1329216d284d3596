"""Many rows at once, by the driver's own executemany: the hot path of a pull."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")
CHUNK = 500
"""Keys in one IN (…): far below every database's limit of parameters."""


async def insert_rows(
    connection: AsyncConnection, table: Table, columns: tuple[str, ...], rows: list[tuple[object, ...]]
) -> None:
    """Insert rows given as tuples in the order of `columns`; values go to the driver as they are."""
    if rows:
        await connection.exec_driver_sql(_insert_sql(connection.dialect.name, table, columns), rows)


async def update_rows(
    connection: AsyncConnection,
    table: Table,
    columns: tuple[str, ...],
    keys: tuple[str, ...],
    rows: list[tuple[object, ...]],
) -> None:
    """Update rows given as tuples: the values of `columns`, then the `keys` that name the row."""
    if rows:
        await connection.exec_driver_sql(_update_sql(connection.dialect.name, table, columns, keys), rows)


async def rows_in(
    connection: AsyncConnection,
    table: Table,
    columns: tuple[str, ...],
    key: str,
    values: Sequence[object],
    *,
    locked: bool = False,
) -> list[tuple[Any, ...]]:
    """The rows whose `key` is one of these values, as tuples in the order of `columns`, by id; `locked` until the
    transaction ends (in SQLite, whoever writes has locked everything).

    SQLAlchemy's own IN costs 40 µs a value, which is more than the whole look-up.
    """
    found: list[tuple[Any, ...]] = []
    for some in chunks(values):
        sql = _select_sql(connection.dialect.name, table, columns, key, len(some))
        if locked and connection.dialect.name == "postgresql":
            sql += " FOR UPDATE"
        found.extend(tuple(row) for row in await connection.exec_driver_sql(sql, tuple(some)))
    return found


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Pieces short enough for one statement."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


@cache
def _insert_sql(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    mark = _mark(dialect)
    names = ", ".join(f'"{name}"' for name in columns)
    # Names are those of tables.py, never a visitor's text.
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join(mark for _ in columns)})'  # noqa: S608


@cache
def _update_sql(dialect: str, table: Table, columns: tuple[str, ...], keys: tuple[str, ...]) -> str:
    mark = _mark(dialect)
    values = ", ".join(f'"{name}" = {mark}' for name in columns)
    return f'UPDATE "{table.name}" SET {values} WHERE {" AND ".join(f"{name} = {mark}" for name in keys)}'  # noqa: S608


@cache
def _select_sql(dialect: str, table: Table, columns: tuple[str, ...], key: str, count: int) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join([_mark(dialect)] * count)
    return f'SELECT {names} FROM "{table.name}" WHERE "{key}" IN ({marks}) ORDER BY id'  # noqa: S608 - as above


def _mark(dialect: str) -> str:
    return "?" if dialect == "sqlite" else "%s"
