"""Password verifiers: argon2id with the numbers of the hall, over a pepper that is not in its file."""

from __future__ import annotations

import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from counter_app.domain.refusals import Refused
from counter_app.domain.staff_refusals import WeakPassword

MINIMUM_LENGTH = 10
"""Reliability 4.4, preset GB/T."""

_STRONG = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
"""Reliability 4.4: about 150 ms on a hall's PC."""
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
_PEPPERED = "hmac-sha256"
"""Stands before the argon2id text of a verifier that was made with a pepper."""
_COMMON = frozenset(
    {"1234567890", "0123456789", "password12", "qwertyuiop", "1111111111", "0000000000", "aaaaaaaaaa", "8888888888"}
)


def make_verifier(password: str, *, pepper: bytes | None = None, is_cheap: bool = False) -> str:
    """The argon2id verifier of a password; `is_cheap` is for demo halls, whose passwords are on the page anyway.

    With a pepper the password goes through HMAC-SHA256 first: without that secret, which is not in the hall's file,
    nobody can try passwords against the verifier.
    """
    text = _hasher(is_cheap=is_cheap).hash(_mixed(password, pepper))
    return text if pepper is None else _PEPPERED + text


def is_right(verifier: str, password: str, *, pepper: bytes | None = None) -> bool:
    """Whether the password belongs to the verifier; takes as long for a wrong one."""
    used = pepper if has_pepper(verifier) else None
    try:
        return _STRONG.verify(verifier.removeprefix(_PEPPERED), _mixed(password, used))
    except (VerificationError, InvalidHashError):
        return False


def has_pepper(verifier: str) -> bool:
    """Whether the verifier needs the hall's pepper to be checked."""
    return verifier.startswith(_PEPPERED)


def is_outdated(verifier: str, *, pepper: bytes | None, is_cheap: bool) -> bool:
    """Whether the hall would make a stronger verifier today: with its pepper, or with larger numbers."""
    if has_pepper(verifier) != (pepper is not None):
        return True
    try:
        return _hasher(is_cheap=is_cheap).check_needs_rehash(verifier.removeprefix(_PEPPERED))
    except InvalidHashError:
        return True


def check_strength(password: str, staff_no: str) -> None:
    """Hold a new password to the hall's rule.

    Raises:
        Refused: `WeakPassword`.
    """
    if len(password) < MINIMUM_LENGTH:
        raise Refused(WeakPassword("length", MINIMUM_LENGTH))
    if password.lower() in _COMMON or len(set(password)) < 4:
        raise Refused(WeakPassword("common", MINIMUM_LENGTH))
    if staff_no and staff_no.lower() in password.lower():
        raise Refused(WeakPassword("staff_no", MINIMUM_LENGTH))


def _hasher(*, is_cheap: bool) -> PasswordHasher:
    return _CHEAP if is_cheap else _STRONG


def _mixed(password: str, pepper: bytes | None) -> bytes:
    # half a pasted character is no text that could be encoded, but it is what somebody typed
    plain = password.encode("utf-8", "surrogatepass")
    return plain if pepper is None else hmac.digest(pepper, plain, "sha256")
