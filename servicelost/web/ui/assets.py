"""Style sheets and scripts: our own, Bootstrap's and plotly's, each from its installed package.

Addresses carry a fingerprint of the content, so that browsers may keep the files for good. Nothing
is fetched from anywhere else.
"""

import gzip
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from io import BytesIO
from mimetypes import guess_type
from pathlib import Path

from flask import Response, abort, request, send_file, url_for

_YEAR = 365 * 24 * 3600
_OWN = Path(__file__).parent / "static"
# plotly is looked up without importing it: the web process only hands its script out.
_INSTALLED = {
    "bootstrap.css": ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css"),
    "plotly.js": ("plotly", "package_data/plotly.min.js"),
}


def asset_url(name: str) -> str:
    """The address of a style sheet or script."""
    return url_for(".asset", name=name, v=_fingerprint(name))


def send_asset(name: str) -> Response:
    """The file itself, packed where the browser takes that; kept for a year by an address of its content."""
    path = _path(name)
    if path is None:
        abort(404)
    fingerprint, packed = _fingerprint(name), request.accept_encodings.quality("gzip") > 0
    current = request.args.get("v") == fingerprint
    answer = send_file(
        BytesIO(_packed(name)) if packed else path,
        mimetype=guess_type(path.name)[0],
        etag=f"{fingerprint}-gzip" if packed else fingerprint,
        max_age=_YEAR if current else 0,
        conditional=True,
    )
    answer.vary.add("Accept-Encoding")
    if packed:
        answer.content_encoding = "gzip"
    answer.cache_control.public = True
    answer.cache_control.immutable = current
    return answer


@cache
def _fingerprint(name: str) -> str:
    path = _path(name)
    if path is None:
        raise LookupError(f"there is no asset {name!r}")
    return blake2b(path.read_bytes(), digest_size=8).hexdigest()


@cache
def _packed(name: str) -> bytes:
    """The content packed, once a process: of plotly's script a third is left."""
    path = _path(name)
    assert path is not None
    return gzip.compress(path.read_bytes(), mtime=0)


@cache
def _path(name: str) -> Path | None:
    if name in _INSTALLED:
        package, inside = _INSTALLED[name]
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise LookupError(f"the package {package} is not installed")
        return Path(spec.submodule_search_locations[0]) / inside
    own = {file.name: file for file in _OWN.iterdir() if file.is_file()}
    return own.get(name)
