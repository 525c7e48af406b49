"""The form's lines and the form, to and from: numbers for what is chosen, words for the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from counter_app.domain.masks import mask
from counter_app.domain.money import format_fen, parse_fen
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention_contract import Contract
from counter_app.domain.retention_fields import PORT_OUT
from counter_app.domain.retention_form import ID_KINDS, Agent, Form, FormFacts, check_form
from counter_app.domain.retention_rules import Choice, RetentionRules
from counter_app.ui.formats import amount
from counter_app.ui.language import language_in_use, later, tr
from counter_app.ui.retention.screen import FormScreen, Option
from counter_app.ui.retention.words import own_name, reasons_words
from counter_app.ui.wording import sentences

WORDS = ("other_words", "former_use", "rating_words", "later_contact", "suggestions", "id_number")
"""Lines that go into the form as they are typed."""

LINES = ("reasons", "other_words", "former_use", "interests", "rating", "rating_words", "next_tool", "later_contact",
         "contact_times", "suggestions", "contract", "contract_until", "agent_name", "agent_order_no", "agent_id_kind",
         "agent_id_number", "id_kind", "id_number")  # fmt: skip
"""Every line of the form, in reading order."""

_ID_KINDS = {
    "resident_id": later("居民身份证"),
    "uscc": later("统一社会信用代码"),
    "passport": later("护照"),
    "other": later("其他证件"),
}
_LINE_OF = {
    "reason": "reasons",
    "further": "reasons",
    "agreed_at": "later_contact",
    "agent": "agent_name",
    "agent.name": "agent_name",
    "agent.id_kind": "agent_id_kind",
    "agent.id_number": "agent_id_number",
    "agent.order_no": "agent_order_no",
}
USUAL_KIND = "resident_id"
"""The document of nearly everybody who comes: nothing is typed for it."""

_PARTS = re.compile(r"[\s,、，;；/]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the lines, and what is ticked."""

    texts: Mapping[str, str]
    is_agreed: bool = False


def typed_of(form: Form, rules: RetentionRules) -> Typed:
    """The lines of a form that was kept."""
    texts = {name: str(getattr(form, name)) for name in WORDS}
    texts["reasons"] = " ".join(_reason_number(code, rules) for code in form.reasons)
    texts["interests"] = " ".join(_numbers(form.interests, rules.interests))
    texts["next_tool"] = " ".join(_numbers((form.next_tool,) if form.next_tool else (), rules.next_tools))
    texts["contact_times"] = " ".join(_numbers(form.contact_times, rules.contact_times))
    texts["rating"] = str(form.rating or "")
    # what was kept is shown masked; an empty line leaves it as it is
    texts["id_number"] = ""
    kinds = [Choice(kind, "", "") for kind in ID_KINDS]
    texts["id_kind"] = " ".join(_numbers((form.id_kind,) if form.id_kind else (), kinds))
    agent = form.agent
    texts["agent_id_kind"] = " ".join(_numbers((agent.id_kind,) if agent.id_kind else (), kinds))
    texts |= {"agent_name": agent.name, "agent_id_number": "", "agent_order_no": agent.order_no}
    texts["contract"] = format_fen(form.contract_fen, grouping=False) if form.contract_fen else ""
    texts["contract_until"] = form.contract_until_on.isoformat() if form.contract_until_on else ""
    return Typed(texts, form.is_contact_agreed)


def form_of(
    typed: Typed, kept: Form, rules: RetentionRules, now: datetime, contract: Contract | None = None
) -> tuple[Form, dict[str, str]]:
    """The form that the lines make, and what cannot be read, by line; a contract that the rows know is not read."""
    errors: dict[str, str] = {}
    text = typed.texts
    reasons = _read("reasons", text["reasons"], reason_numbers(rules), errors)
    interests = _read("interests", text["interests"], numbered(rules.interests), errors)
    times = _read("contact_times", text["contact_times"], numbered(rules.contact_times), errors)
    tools = _read("next_tool", text["next_tool"], numbered(rules.next_tools), errors)
    rating = _plain(text["rating"])
    if rating and rating not in ("1", "2", "3", "4", "5"):
        errors["rating"] = tr("评价是 1 到 5 的一个数字。请改正，或者空着。")
    if len(tools) > 1:
        errors["next_tool"] = tr("今后的通信工具只选一项。请留一个编号。")
    contract_fen, until_on = _contract(text, errors) if contract is None else contract
    words = {name: text[name] for name in WORDS}
    words["id_number"] = text["id_number"].strip().upper() or kept.id_number
    agent = _agent(text, kept.agent, errors)
    id_kind = _kind("id_kind", text, errors)
    agreed_at = (kept.agreed_at or now) if typed.is_agreed else None
    form = replace(
        kept,
        **words,  # type: ignore[arg-type]  # WORDS names lines of text only
        id_kind=id_kind or (USUAL_KIND if words["id_number"] else ""),
        agent=agent,
        reason=reasons[0] if reasons else "",
        further=tuple(reasons[1:]),
        interests=tuple(interests),
        next_tool=tools[0] if tools else "",
        rating=int(rating) if rating and "rating" not in errors else None,
        is_contact_agreed=typed.is_agreed,
        agreed_at=agreed_at,
        contact_times=tuple(times),
        contract_fen=contract_fen,
        contract_until_on=until_on,
    )
    return form, errors


def wrong_lines(
    form: Form, rules: RetentionRules, facts: FormFacts, now: datetime, *, is_final: bool
) -> dict[str, str]:
    """What is wrong with the form, one sentence or two for each line that has to change."""
    found: dict[str, str] = {}
    for refusal in check_form(form, rules, facts, today=now.date(), is_final=is_final):
        found.setdefault(line_of(refusal), sentences(refusal))
    return found


def line_of(refusal: Refusal) -> str:
    """The line beside which a refusal is said; empty for one that is about no line."""
    name = str(getattr(refusal, "field", ""))
    if type(refusal).__name__ == "TooManyReasons":
        name = "reasons"
    if type(refusal).__name__ == "RatingOutOfRange":
        name = "rating"
    name = _LINE_OF.get(name, name)
    return name if name in LINES else ""


def form_screen(
    typed: Typed,
    form: Form,
    rules: RetentionRules,
    errors: dict[str, str],
    *,
    is_open: bool,
    asks_id: bool,
    is_contract_known: bool,
) -> FormScreen:
    """The form as it is drawn; nothing of it can be changed once it is signed (`is_open` false). `asks_id`: master data
    has no document of the holder.
    """
    firsts = {rules.first_level(code) for code in form.reasons}
    reason = next((r for r in rules.reasons if form.reason and r.code == rules.first_level(form.reason)), None)
    tip = (reason.tip_en if language_in_use() == "en" else reason.tip_zh) if reason else ""
    seconds = [
        Option(f"{place}.{line}", own_name(second), second.code in form.reasons)
        for place, found in enumerate(rules.reasons, 1)
        if found.code in firsts
        for line, second in enumerate(found.second, 1)
    ]
    return FormScreen(
        texts=dict(typed.texts),
        reasons=tuple(Option(str(n), own_name(r), r.code in firsts) for n, r in enumerate(rules.reasons, 1)),
        seconds=tuple(seconds),
        interests=_options(rules.interests, form.interests),
        next_tools=_options(rules.next_tools, (form.next_tool,)),
        contact_times=_options(rules.contact_times, form.contact_times),
        chosen=reasons_words(form.reasons, rules),
        tip=tip,
        used=" · ".join(f"{month.month}  {amount(month.total_fen)}" for month in form.used) or tr("还没有账单"),
        is_agreed=typed.is_agreed,
        asks_other="OTHER" in form.reasons,
        asks_id=asks_id,
        id_kept=mask("resident_id", form.id_number) if form.id_number else "",
        agent_id_kept=mask("resident_id", form.agent.id_number) if form.agent.id_number else "",
        id_kinds=_kinds(form.id_kind),
        agent_kinds=_kinds(form.agent.id_kind),
        is_contract_known=is_contract_known,
        asks_agent=rules.is_agent_allowed,
        is_open=is_open,
        errors=errors,
    )


def _kinds(chosen: str) -> tuple[Option, ...]:
    return tuple(Option(str(n), tr(_ID_KINDS[kind]), kind == chosen) for n, kind in enumerate(ID_KINDS, 1))


def id_word(form: Form) -> str:
    """The document of the holder as the screen may show it."""
    if not form.id_number:
        return tr("没有登记")
    kind = form.id_kind if form.id_kind in ID_KINDS else "other"
    return f"{tr(_ID_KINDS[kind])} {mask('resident_id', form.id_number)}"


def is_port_out(form: Form) -> bool:
    """Whether the customer takes the number to another operator."""
    return PORT_OUT in form.reasons


def numbered(choices: Sequence[Choice]) -> dict[str, str]:
    """Codes by the number that is typed for each."""
    return {str(place): choice.code for place, choice in enumerate(choices, 1)}


def reason_numbers(rules: RetentionRules) -> dict[str, str]:
    """Codes of both levels: `3` is the third reason, `3.2` the second one below it."""
    found = {}
    for place, reason in enumerate(rules.reasons, 1):
        found[str(place)] = reason.code
        for line, second in enumerate(reason.second, 1):
            found[f"{place}.{line}"] = second.code
    return found


def toggled(text: str, number: str, *, most: int = 0) -> str:
    """The line after a click on one of its numbers: added, or taken away; a reason of the second level takes the place
    of its first. `most` 1: it takes the place of what stood there.
    """
    parts = [part for part in _PARTS.split(_plain(text)) if part]
    if number in parts:
        return " ".join(part for part in parts if part != number)
    if most == 1:
        return number
    first = number.split(".")[0]
    if "." in number and first in parts:
        return " ".join(number if part == first else part for part in parts)
    if "." not in number:
        kept = [part for part in parts if part.split(".")[0] != number]
        if len(kept) < len(parts):
            return " ".join(kept)
    return " ".join([*parts, number])


def _agent(text: Mapping[str, str], kept: Agent, errors: dict[str, str]) -> Agent:
    """Who comes for the holder: an empty number leaves that of the same person as it was kept."""
    kind, number = _kind("agent_id_kind", text, errors), text["agent_id_number"].strip().upper()
    agent = Agent(text["agent_name"].strip(), kind, number, text["agent_order_no"].strip())
    if not agent.is_there:
        return agent
    is_same = not number and agent.name == kept.name
    return replace(agent, id_kind=kind or USUAL_KIND, id_number=kept.id_number if is_same else number)


def _contract(text: Mapping[str, str], errors: dict[str, str]) -> tuple[int, date | None]:
    contract_fen, until_on = 0, None
    if text["contract"].strip():
        try:
            contract_fen = parse_fen(text["contract"].strip())
        except Refused as refused:
            errors["contract"] = sentences(refused.refusal)
    if text["contract_until"].strip():
        try:
            until_on = date.fromisoformat(_plain(text["contract_until"]))
        except ValueError:
            errors["contract_until"] = tr("日期写成 2026-11-21 这样。请改正，或者空着。")
    return contract_fen, until_on


def _kind(line: str, text: Mapping[str, str], errors: dict[str, str]) -> str:
    numbers = {str(place): kind for place, kind in enumerate(ID_KINDS, 1)}
    found = _read(line, text[line], numbers, errors)
    if len(found) > 1:
        errors[line] = tr("证件类型只选一项。请留一个编号。")
    return found[0] if found else ""


def _reason_number(code: str, rules: RetentionRules) -> str:
    return next((number for number, known in reason_numbers(rules).items() if known == code), code)


def _numbers(codes: Sequence[str], choices: Sequence[Choice]) -> list[str]:
    by_code = {code: number for number, code in numbered(choices).items()}
    return [by_code.get(code, code) for code in codes]


def _options(choices: Sequence[Choice], chosen: Sequence[str]) -> tuple[Option, ...]:
    return tuple(Option(str(n), own_name(c), c.code in chosen) for n, c in enumerate(choices, 1))


def _read(line: str, text: str, codes: Mapping[str, str], errors: dict[str, str]) -> list[str]:
    found = []
    for part in _PARTS.split(_plain(text)):
        number = part.rstrip(".")
        if not number:
            continue
        if number not in codes:
            errors[line] = tr("没有编号 {number}。请照下面的编号填，几项之间空一格。", number=number)
            continue
        found.append(codes[number])
    return found


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("。", ".").replace("、", " ")).strip()
