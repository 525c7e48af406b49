"""Password verifiers: argon2id, with the numbers of the hall."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from counter_app.domain.refusals import Refused
from counter_app.domain.staff import WeakPassword

MINIMUM_LENGTH = 10
"""Reliability 4.4, preset GB/T."""

_STRONG = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
_COMMON = frozenset(
    {"1234567890", "0123456789", "password12", "qwertyuiop", "1111111111", "0000000000", "aaaaaaaaaa", "8888888888"}
)


def make_verifier(password: str, *, is_cheap: bool = False) -> str:
    """The argon2id verifier of a password; `is_cheap` is for demo halls, whose passwords are on the page anyway."""
    return (_CHEAP if is_cheap else _STRONG).hash(password)


def is_right(verifier: str, password: str) -> bool:
    """Whether the password belongs to the verifier; takes as long for a wrong one."""
    try:
        return _STRONG.verify(verifier, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def waste_time(password: str) -> None:
    """What a sign-in costs when nobody has that staff number, so that the answer's time tells nothing."""
    _STRONG.hash(password)


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
