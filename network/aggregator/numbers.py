"""Item numbers and the generation of one transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from network.database.engine import raise_generation


class Numbers:
    """Hands out numbers for new items and remembers whether anything visible changed.

    The generation is raised once in a transaction, the first time that it is needed; it is a lock as well, so that two
    workers never hand out the same numbers.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._raised = False
        self._changed = False

    async def take(self, count: int) -> int:
        """The first of `count` numbers that nothing has yet."""
        self._raised = True
        return await raise_generation(self._connection, count)

    def changed(self) -> None:
        """Say that something visible changed, though nothing new was numbered."""
        self._changed = True

    async def settle(self) -> None:
        """Raise the generation where something changed and nobody has raised it yet."""
        if self._changed and not self._raised:
            await raise_generation(self._connection)
