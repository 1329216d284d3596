"""How often something may be done, counted for the whole site: no visitor's address is kept to tell them apart."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Budget:
    """`limit` times in any stretch of `seconds`."""

    limit: int
    seconds: int
    _spent: list[int] = field(default_factory=list)

    def spend(self, now: int) -> bool:
        """Take one, or say that there is none left."""
        self._spent = [at for at in self._spent if at > now - self.seconds]
        if len(self._spent) >= self.limit:
            return False
        self._spent.append(now)
        return True
