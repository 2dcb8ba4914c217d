"""Pages go out packed where the browser takes that: of a board of two hundred kilobytes a twelfth is left.

Only in the standalone application: in a host it is for the host to say. What forms prove is masked anew on
each page (`web.csrf`), so that the length of a packed page tells nobody anything.
"""

import gzip

from flask import Response, request

_LEAST_BYTES = 1000
# Beyond it a page costs more processor time and hardly fewer bytes.
_LEVEL = 4


def pack(answer: Response) -> Response:
    """After every request: pack a page."""
    if answer.mimetype != "text/html":
        return answer
    answer.vary.add("Accept-Encoding")
    if answer.is_streamed or answer.content_encoding or not request.accept_encodings.quality("gzip"):
        return answer
    plain = answer.get_data()
    if len(plain) >= _LEAST_BYTES:
        answer.set_data(gzip.compress(plain, _LEVEL, mtime=0))
        answer.content_encoding = "gzip"
    return answer
