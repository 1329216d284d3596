"""Read as many spoiled documents as there is time for, and tell which of them did harm.

    python -m tests.fuzz --minutes 10 [--from NUMBER]
    python -m tests.fuzz --again FILE…

Every input has a number, and the same number is the same input as long as the samples are the same: tests/data and, where
it is at hand, ../shared/corpus. Harm is: any exception but a ReadError; more than 2 seconds of CPU or 200 MB of memory;
something read that can't be stored, sent to another process or shown. Each input that does harm is kept in .cache/fuzz/
under its number, for --again and for a regression test. The last lines say how many were read, how it went, which one
was slowest and which took the most memory. Exit code 1 when there was harm.

Reading goes on in processes of its own, a new one every 500 inputs, so that one that dies or hangs is found too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from tests.feeds import mutation, survival

KEPT = Path(__file__).parents[1] / ".cache" / "fuzz"
BATCH = 500
HANGS_AFTER = 60.0
MAX_STEPS = 6
TYPES = (
    "",
    "text/xml; charset=iso-8859-1",
    "application/json",
    "text/calendar; charset=windows-1252",
    "x; charset=idna",
)
DOCUMENTS = mutation.documents()


@dataclass(slots=True)
class Report:
    """What came of all inputs so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int, str] = (0.0, 0, "")
    largest: tuple[float, int, str] = (0.0, 0, "")
    seconds: float = 0.0
    harm: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, reading: survival.Reading | str) -> None:
        """One more input: how it went, or what was raised."""
        if isinstance(reading, str):
            self.harm.append((number, reading))
            return
        self.outcomes[reading.outcome] += 1
        self.seconds += reading.seconds
        self.slowest = max(self.slowest, (reading.seconds, number, reading.outcome))
        self.largest = max(self.largest, (reading.megabytes, number, reading.outcome))
        self.harm += ((number, said) for said in _harm(reading))


def _harm(reading: survival.Reading) -> Iterator[str]:
    if reading.seconds > survival.MAX_SECONDS:
        yield f"{reading.seconds:.1f} s, {reading.outcome}"
    if reading.megabytes > survival.MAX_MEGABYTES:
        yield f"{reading.megabytes:.0f} MB, {reading.outcome}"
    yield from reading.faults[:3]


def document(number: int) -> tuple[bytes, str]:
    """The input of this number: its body and its Content-Type."""
    chance = random.Random(number)
    body = _sample(chance.random())
    count = 1 + int(MAX_STEPS * chance.random() ** 2)
    steps = [(chance.randrange(mutation.WAYS), chance.random(), chance.random()) for _ in range(count)]
    return mutation.mutated(body, steps, _sample), chance.choice(TYPES)


def _sample(place: float) -> bytes:
    return mutation.sample(DOCUMENTS, place)


def _work(first: int, told: Connection) -> None:
    for number in range(first, first + BATCH):
        told.send((number, None))
        try:
            reading: survival.Reading | str = survival.tried(*document(number))
        except BaseException:  # noqa: BLE001 - this is what is looked for
            reading = traceback.format_exc(limit=-4)
        told.send((number, reading))


def _batch(first: int, report: Report) -> None:
    """One process's share. What it was reading when it died or hung is harm, and the rest of its share is left out."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(first, theirs))
    worker.start()
    theirs.close()
    number, reading = first, None
    try:
        while ours.poll(HANGS_AFTER):
            number, reading = ours.recv()
            if reading is not None:
                report.add(number, reading)
    except EOFError:
        pass
    worker.kill()
    worker.join()
    if reading is None:
        report.add(number, "died or hung")


def _keep(report: Report) -> None:
    for number, _ in report.harm:
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / str(number)).write_bytes(document(number)[0])


def _show(report: Report) -> None:
    for number, said in report.harm:
        print(f"{number}: {said.strip()}\n")  # noqa: T201 - this is a command
    total = report.outcomes.total()
    print(f"{total} inputs, {1000 * report.seconds / max(total, 1):.1f} ms each, {len(report.harm)} that did harm")  # noqa: T201
    print(", ".join(f"{count} {name}" for name, count in report.outcomes.most_common()))  # noqa: T201
    print("slowest {:.2f} s (number {}, {})".format(*report.slowest))  # noqa: T201
    print("largest {:.0f} MB (number {}, {})".format(*report.largest))  # noqa: T201


def main() -> int:
    """Run for so many minutes from a number on, or read single files again."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--minutes", type=float, default=1.0)
    ask.add_argument("--from", type=int, default=0, dest="first", metavar="NUMBER")
    ask.add_argument("--again", type=Path, nargs="+", default=[], metavar="FILE")
    wished = ask.parse_args()
    report = Report()
    for number, path in enumerate(wished.again):
        report.add(number, survival.tried(path.read_bytes()))
    end = time.monotonic() + 60 * wished.minutes
    first = wished.first
    while not wished.again and time.monotonic() < end:
        _batch(first, report)
        first += BATCH
    if not wished.again:
        _keep(report)
    _show(report)
    return 1 if report.harm else 0


if __name__ == "__main__":
    sys.exit(main())
