"""Signing in and out, and the staff page; each change is an entry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from counter_app.deferred import deferred
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Role, Session, Staff, StaffState, may
from counter_app.storage import staff as rows
from counter_app.storage.hall import SYSTEM, OpenHall
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.trouble import NotThisKey

if TYPE_CHECKING:
    import hmac

    from counter_app.domain import journal as entries
    from counter_app.domain import staff_refusals as refusals
    from counter_app.services import authority, passwords, upstream
    from counter_app.storage import strangers
else:
    # the sign-in page stands before a password is asked for
    hmac = deferred("hmac")
    entries = deferred("counter_app.domain.journal")
    refusals = deferred("counter_app.domain.staff_refusals")
    authority = deferred("counter_app.services.authority")
    passwords = deferred("counter_app.services.passwords")
    upstream = deferred("counter_app.services.upstream")
    strangers = deferred("counter_app.storage.strangers")

TRIES_BEFORE_PAUSE = 5
TRIES_BEFORE_LOCK = 10
FIRST_PAUSE = timedelta(minutes=15)


def sign_in(hall: OpenHall, staff_no: str, password: str) -> Session:
    """Sign somebody in.

    Five failed tries pause the sign-in for 15 minutes, each further one doubles it, ten lock it until a supervisor or
    admin releases it (reliability 4.4). A number that nobody has, or whose owner has left, is answered and slowed down
    in the same way, so that counting answers tells nobody which numbers there are.

    Raises:
        Refused: `WrongSignIn`, `SignInLocked`.
        NotThisKey: the secret that the hall's passwords need is not on this machine.
    """
    staff_no = staff_no.strip()
    now, pepper = hall.clock.now(), hall.pepper
    with hall.reading() as reading:
        found = rows.find_staff(reading, staff_no)
        mark = "" if found is not None and found.state is not StaffState.LEFT else _mark(hall, staff_no, pepper)
        who = strangers.find_stranger(reading, mark) if mark or found is None else found
        # a stranger's password is held against somebody's verifier: it takes as long, and never fits
        verifier = rows.any_verifier(reading) if mark else rows.verifier_of(reading, staff_no)
    _refuse_locked(who, now)
    if pepper is None and passwords.has_pepper(verifier):
        raise NotThisKey(f"no pepper in {hall.keys.words}")
    if not passwords.is_right(verifier, password, pepper=pepper) or mark:
        raise Refused(_failed(hall, who, now, mark))
    if not hall.store.is_writable:
        # a file that may only be looked at keeps no trace of who looks; money is off there anyway
        return Session(who.staff_no, who.name, who.role, now, who.must_change_password)
    is_outdated = passwords.is_outdated(verifier, pepper=pepper, is_cheap=hall.hall.is_demo)
    stronger = _verifier(hall, password) if is_outdated else ""
    with hall.writing() as work:
        rows.set_tries(work, staff_no, 0, None, StaffState.ACTIVE)
        if stronger:
            rows.set_verifier(work, staff_no, stronger, must_change=who.must_change_password)
        _write(hall, work, "login", staff_no, {"staff_no": staff_no, "role": who.role.value})
    return Session(who.staff_no, who.name, who.role, now, who.must_change_password)


def unlock(hall: OpenHall, session: Session, password: str) -> None:
    """Give a locked screen back to the person who is signed in.

    Raises:
        Refused: `WrongSignIn`, `SignInLocked`.
    """
    sign_in(hall, session.staff_no, password)


def sign_out(hall: OpenHall, session: Session) -> None:
    """Write down that somebody left the counter."""
    with hall.writing() as work:
        _write(hall, work, "logout", session.staff_no, {"staff_no": session.staff_no})


def change_own_password(hall: OpenHall, session: Session, old: str, new: str) -> None:
    """Change the password of the person who is signed in. Where the hall has a hub, the other counters get it through
    that: its entry carries a verifier that needs no secret of this machine, and each counter makes its own of it.

    Raises:
        Refused: `WrongSignIn`, `SignInLocked`, `WeakPassword`.
    """
    passwords.check_strength(new, session.staff_no)
    sign_in(hall, session.staff_no, old)
    verifier = _verifier(hall, new)
    body: dict[str, object] = {"staff_no": session.staff_no}
    with hall.reading() as reading:
        if upstream.has_hub(reading):
            body["verifier"] = passwords.make_verifier(new, is_cheap=hall.hall.is_demo)
    with hall.writing() as work:
        rows.set_verifier(work, session.staff_no, verifier, must_change=False)
        _write(hall, work, "staff.password", session.staff_no, body)


def everybody(hall: OpenHall) -> tuple[Staff, ...]:
    """All staff, for the settings page."""
    with hall.reading() as reading:
        return rows.all_staff(reading)


def who_may(hall: OpenHall, right: Right) -> frozenset[str]:
    """The numbers of everybody at work here who holds a right: where that is one person alone, what she has worked on
    herself waits for somebody else.
    """
    return frozenset(one.staff_no for one in everybody(hall) if one.state is StaffState.ACTIVE and may(one.role, right))


def demo_sign_ins(hall: OpenHall) -> tuple[tuple[str, str, Role, str], ...]:
    """What the demo hall's sign-in page shows; nothing in a real hall."""
    if not hall.hall.is_demo:
        return ()
    with hall.reading() as reading:
        return rows.hints(reading)


def add(
    hall: OpenHall, session: Session, staff_no: str, name: str, role: Role, password: str, *, approver: str = ""
) -> None:
    """Add somebody with a first password that has to be changed.

    A second admin signs as soon as there is one (`approver` is his staff number, already proved by his password).

    Raises:
        Refused: `NoRight`, `SignedOut`, `OwnedUpstream`, `StaffNoTaken`, `WeakPassword`, `SecondPersonNeeded`.
    """
    session.need(Right.SETTINGS)
    verifier = _strong_verifier(hall, staff_no, password)
    with hall.writing() as work:
        authority.still(work, session, Right.SETTINGS)
        upstream.refuse_with_hub(work, "staff")
        if rows.find_staff(work, staff_no) is not None:
            raise Refused(refusals.StaffNoTaken(staff_no))
        _need_second(work, session, approver)
        rows.add_staff(work, staff_no, name, role, verifier, must_change=True)
        _write(hall, work, "staff.add", session.staff_no, {"staff_no": staff_no, "role": role.value}, approver)


def change(
    hall: OpenHall, session: Session, staff_no: str, *, name: str, role: Role, state: StaffState, approver: str = ""
) -> None:
    """Change somebody's name, role or state; another role needs the second person. Where the hall has a hub, only a
    sign-in that locked itself is opened again here.

    Raises:
        Refused: `NoRight`, `SignedOut`, `OwnedUpstream`, `StaffUnknown`, `SecondPersonNeeded`, `LastAdmin`.
    """
    with hall.writing() as work:
        authority.still(work, session, Right.SETTINGS)
        who = rows.find_staff(work, staff_no)
        if who is None:
            raise Refused(refusals.StaffUnknown(staff_no))
        is_opened = who.state is StaffState.LOCKED and who.failed_tries >= TRIES_BEFORE_LOCK
        if (name, role) != (who.name, who.role) or not (is_opened and state is StaffState.ACTIVE):
            upstream.refuse_with_hub(work, "staff")
        if role is not who.role:
            _need_second(work, session, approver)
        if who.role is Role.ADMIN and (role is not Role.ADMIN or state is not StaffState.ACTIVE):
            _keep_an_admin(work, staff_no)
        rows.set_staff(work, staff_no, name, role, state)
        if state is StaffState.ACTIVE:
            rows.set_tries(work, staff_no, 0, None, state)
        body = {
            "staff_no": staff_no,
            "role": [who.role.value, role.value],
            "state": [who.state.value, state.value],
            "is_renamed": name != who.name,
        }
        _write(hall, work, "staff.change", session.staff_no, body, approver)


def reset_password(hall: OpenHall, session: Session, staff_no: str, password: str, *, approver: str = "") -> None:
    """Give somebody a new first password; an admin's needs the second person, who could be impersonated otherwise.

    Raises:
        Refused: `NoRight`, `SignedOut`, `OwnedUpstream`, `StaffUnknown`, `WeakPassword`, `SecondPersonNeeded`.
    """
    session.need(Right.SETTINGS)
    verifier = _strong_verifier(hall, staff_no, password)
    with hall.writing() as work:
        authority.still(work, session, Right.SETTINGS)
        upstream.refuse_with_hub(work, "staff")
        who = rows.find_staff(work, staff_no)
        if who is None:
            raise Refused(refusals.StaffUnknown(staff_no))
        if who.role is Role.ADMIN and staff_no != session.staff_no:
            _need_second(work, session, approver)
        rows.set_verifier(work, staff_no, verifier, must_change=True)
        _write(hall, work, "staff.reset", session.staff_no, {"staff_no": staff_no}, approver)


def add_first_admin(hall: OpenHall, staff_no: str, name: str, password: str) -> None:
    """The first admin of a new hall; only while the hall has nobody.

    Raises:
        Refused: `StaffNoTaken` when there is somebody already, `WeakPassword`.
    """
    verifier = _strong_verifier(hall, staff_no, password)
    with hall.writing() as work:
        present = rows.all_staff(work)
        if present:
            raise Refused(refusals.StaffNoTaken(present[0].staff_no))
        rows.add_staff(work, staff_no, name, Role.ADMIN, verifier)
        _write(hall, work, "staff.add", staff_no, {"staff_no": staff_no, "role": Role.ADMIN.value})


def prove(hall: OpenHall, staff_no: str, password: str, right: Right) -> Staff:
    """Prove a second person at somebody else's screen; the session there is never raised.

    Raises:
        Refused: `WrongSignIn`, `SignInLocked`, `NoRight`, `PasswordMustChange`.
    """
    session = sign_in(hall, staff_no, password)
    session.need(right)
    return Staff(session.staff_no, session.name, session.role, StaffState.ACTIVE)


def _strong_verifier(hall: OpenHall, staff_no: str, password: str) -> str:
    passwords.check_strength(password, staff_no)
    return _verifier(hall, password)


def _verifier(hall: OpenHall, password: str) -> str:
    return passwords.make_verifier(password, pepper=hall.pepper, is_cheap=hall.hall.is_demo)


def _refuse_locked(who: Staff, now: datetime) -> None:
    if who.state is StaffState.LOCKED:
        raise Refused(refusals.SignInLocked(None))
    if who.locked_until is not None and now < who.locked_until:
        raise Refused(refusals.SignInLocked(who.locked_until))


def _mark(hall: OpenHall, typed: str, pepper: bytes | None) -> str:
    """What is kept of a number that nobody has: somebody may have typed a password in its place."""
    key = pepper or hall.hall.hall_id.encode()
    return hmac.digest(key, typed.encode("utf-8", "surrogatepass"), "sha256").hex()[:16]


def _failed(hall: OpenHall, who: Staff, now: datetime, mark: str) -> refusals.WrongSignIn | refusals.SignInLocked:
    tries = who.failed_tries + 1
    until = None
    state = who.state
    if tries >= TRIES_BEFORE_LOCK:
        state = StaffState.LOCKED
    elif tries >= TRIES_BEFORE_PAUSE:
        until = now + FIRST_PAUSE * 2 ** (tries - TRIES_BEFORE_PAUSE)
    with hall.writing() as work:
        if mark:
            strangers.keep_stranger(work, who._replace(failed_tries=tries, locked_until=until, state=state))
            _write(hall, work, "login.fail", SYSTEM, {"stranger": mark, "tries": tries})
        else:
            rows.set_tries(work, who.staff_no, tries, until, state)
            _write(hall, work, "login.fail", who.staff_no, {"staff_no": who.staff_no, "tries": tries})
    if state is StaffState.LOCKED or until is not None:
        return refusals.SignInLocked(until)
    return refusals.WrongSignIn(TRIES_BEFORE_PAUSE - tries)


def _need_second(reading: Reading, session: Session, approver: str) -> None:
    others = [s for s in rows.all_staff(reading) if s.role is Role.ADMIN and s.staff_no != session.staff_no]
    active = {s.staff_no for s in others if s.state is StaffState.ACTIVE}
    if active and approver not in active:
        raise Refused(refusals.SecondPersonNeeded(session.staff_no))


def _keep_an_admin(reading: Reading, staff_no: str) -> None:
    admins = [s for s in rows.all_staff(reading) if s.role is Role.ADMIN and s.state is StaffState.ACTIVE]
    if [s for s in admins if s.staff_no != staff_no] == []:
        raise Refused(refusals.LastAdmin(staff_no))


def _write(
    hall: OpenHall, work: Writing, kind: str, staff_no: str, body: dict[str, object], approver: str = ""
) -> None:
    hall.journal.append(
        work,
        entries.Draft(
            kind=kind,
            body=body,
            staff_no=staff_no,
            business_date=hall.clock.now().date(),
            approver_no=approver or None,
        ),
    )
