"""Passwords: hashed with argon2id, made up where nobody chose one, never kept or logged."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
_LONGEST = 200
# Without the characters that people confuse when they read them out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_hasher = PasswordHasher()
# A check takes 64 MiB on purpose: one after the other, so that a morning's sign-ins do not add up.
_one_at_a_time = threading.Lock()
# Checked when there is no such account, so that an answer takes as long as for a real one.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    with _one_at_a_time:
        return _hasher.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits the hash; takes as long when there is none."""
    if len(password) > _LONGEST:
        return False
    try:
        with _one_at_a_time:
            _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether today's parameters would make another hash."""
    return _hasher.check_needs_rehash(password_hash)


def make_password() -> str:
    """A random password that can be typed from paper: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
