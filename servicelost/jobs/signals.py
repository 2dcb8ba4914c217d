"""Waiting that a signal ends, for the loops of scheduler and supervisor; what they do is not said here."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Any, Self

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """Within the block, SIGINT, SIGTERM and SIGHUP end nothing: they are counted and wake `sleep`.

    For the main thread only. A pipe and not an event: a handler must not touch a lock the main thread holds.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """Take over the signals."""
        self._read, self._write = os.pipe()
        self._before = {number: signal.signal(number, self._note) for number in _STOPPING}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signals back to whom they belonged."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def __bool__(self) -> bool:
        """Whether a stop was asked for."""
        return self.count > 0

    def sleep(self, seconds: float) -> None:
        """Wait so long, or until the next signal."""
        ready, _, _ = select.select([self._read], [], [], seconds)
        if ready:
            os.read(self._read, 1)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        os.write(self._write, b".")
