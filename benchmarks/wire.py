"""A client as light as can be, so that what is measured is the server: HTTP/1.1 over one open connection.

It understands what our server answers (a length, or chunks never) and nothing more of HTTP.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
_MOST = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request_bytes(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A whole request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer; the names in small letters."""
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in rest if line)
    return int(first.split(" ", 2)[1]), {name.lower(): value.strip() for name, value in pairs}


class Wire:
    """One open connection; requests go one after the other."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> Answer:
        """Send the request and wait for its answer."""
        self._socket.sendall(request)
        while (end := self._got.find(b"\r\n\r\n")) < 0:
            self._more()
        status, headers = read_head(self._got[:end])
        start, length = end + 4, int(headers.get("content-length", "0"))
        while len(self._got) < start + length:
            self._more()
        body, self._got = self._got[start : start + length], self._got[start + length :]
        return Answer(status, headers, body)

    def _more(self) -> None:
        received = self._socket.recv(_MOST)
        if not received:
            raise ConnectionError("the server hung up")
        self._got += received
