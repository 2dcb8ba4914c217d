"""A client as light as can be, so that what is measured is the server: HTTP/1.1 over one open connection.

It understands what our server answers (a length, or chunks never) and nothing more of HTTP.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    cookies: tuple[tuple[str, str], ...] = ()

    @property
    def length(self) -> int:
        """How long the body is."""
        return int(self.headers.get("content-length", "0"))


def request_bytes(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A whole request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_head(head: bytes) -> Answer:
    """An answer without its body; names of headers are in small letters."""
    first, *rest = head.decode("latin-1").split("\r\n")
    split = (line.partition(":") for line in rest if line)
    pairs = [(name.lower(), value.strip()) for name, _, value in split]
    cookies = (value.partition(";")[0].partition("=") for name, value in pairs if name == "set-cookie")
    return Answer(
        int(first.split(" ", 2)[1]), dict(pairs), b"", tuple((name, value) for name, _, value in cookies)
    )


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
        answer = read_head(self._got[:end])
        start, length = end + 4, answer.length
        while len(self._got) < start + length:
            self._more()
        body, self._got = self._got[start : start + length], self._got[start + length :]
        return replace(answer, body=body)

    def _more(self) -> None:
        received = self._socket.recv(_MOST)
        if not received:
            raise ConnectionError("the server hung up")
        self._got += received
