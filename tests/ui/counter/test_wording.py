"""Every refusal and every trouble has its sentences, in both languages, short and without words of the workshop."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
import sys
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from types import UnionType

import pytest

import counter_app
from counter_app.commands.rules_cases import BadCase
from counter_app.domain import (
    allocation,
    day_report,
    imports,
    money,
    payment_refusals,
    relief_refusals,
    retention_form,
    retention_refusals,
    retention_rules,
    rule_checks,
    shift_close,
    shifts,
    signoffs,
    z_report,
)
from counter_app.domain import hall_refusals as hall
from counter_app.domain import staff_refusals as staff
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Act, Gate, Signer, Stage
from counter_app.domain.rights import Role
from counter_app.services import hall as halls
from counter_app.services import retention_after
from counter_app.services.printing import NotPrinted
from counter_app.storage.trouble import FoundAtStart
from counter_app.ui.language import LANGUAGES, Language, use_language
from counter_app.ui.wording import has_words, sentences, trouble_sentences
from counter_app.ui.wording_imports import MAP_FAULTS
from counter_app.ui.wording_reliefs import STATES
from counter_app.ui.wording_retention import FIELDS
from counter_app.ui.wording_trouble import finding_words

NOT_FOR_TELLERS = {Refusal, BadCase}
"""The root, and what only the command for case files says."""

WORKSHOP = re.compile(
    r"\b(sync|outbox|journal|entry|entries|intent|null|none|true|false|sql|wal|exception|error|tuple|dict)\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")

_WORDS: dict[tuple[type[Refusal], str], tuple[object, ...]] = {
    (money.BadAmount, "fault"): ("empty", "not_a_number", "too_many_decimals", "too_large", "negative"),
    (staff.WeakPassword, "why"): ("length", "common", "staff_no"),
    (staff.SignedOut, "why"): ("locked", "left", "role", "unknown"),
    (shifts.ReasonMissing, "what"): ("cash", "drawer", "difference", "note"),
    (shift_close.SlipsAreWrong, "tender"): ("card", "cheque"),
    (z_report.FiguresDiffer, "figure"): ("balance", "settled.late_fee", "expected.cash", "other.cash.in"),
    (day_report.DayDiffers, "figure"): ("taken.cash", "settled.late_fee", "other.cash.in"),
    (relief_refusals.ReliefMovedOn, "state"): tuple(STATES),
    (payment_refusals.ReferenceMissing, "field"): ("reference", "bank", "document_no"),
    (hall.BadHallSetting, "key"): ("name", "company", "counter_name", "hotline", "footer", "address", "hall_code",
                                   "counter_code", "trade", "admin_no", "admin_name", "staff_no", "person"),
    (hall.BadHallSetting, "expected"): ("not_empty", "at_most_60", "no_invoice_word", "code", "staff_no", "trade"),
    (hall.CounterSaid, "words"): ("没有导入。",),
    (imports.BadImportFile, "fault"): ("missing", "empty", "header_only", "encoding", "not_a_table", "row_too_long",
                                       "too_many_columns", "bad_quotes", "zip_too_large", "damaged", "encrypted",
                                       "no_sheet", "changed_while_read"),
    (imports.BadImportFile, "file"): ("六月.csv",),
    (imports.BadImportMap, "expected"): tuple(MAP_FAULTS),
    (imports.ColumnMissing, "field"): ("name",),
    **{(kind, "field"): tuple(FIELDS) for kind in (
        retention_form.FieldMissing, retention_form.FieldLength, retention_form.ChoiceUnknown,
        retention_form.ChoiceTwice, retention_form.IdNumberWrong, retention_form.ConsentNeeded,
        retention_after.WordUnknown,
    )},
    (retention_refusals.NotAtThisStage, "stage"): tuple(Stage),
    (retention_refusals.NotAtThisStage, "act"): tuple(Act),
    (retention_refusals.WordsNeeded, "act"): tuple(Act),
    (retention_refusals.GateUnmet, "gate"): tuple(Gate),
    (retention_refusals.GateUnmet, "owed_fen"): (0, 1_234),
    (retention_refusals.GateUnmet, "signers"): ((), (Signer.MANAGER,), tuple(Signer)),
    (retention_rules.OfferAboveRole, "who"): ((), (Role.SUPERVISOR,)),
    (signoffs.SignoffForOther, "what"): tuple(field.name for field in dataclasses.fields(signoffs.Challenge)),
}  # fmt: skip
"""The stable words that a refusal may carry; each of them is tried."""


def refusals() -> list[type[Refusal]]:
    """Every refusal of the package."""
    for module in pkgutil.walk_packages(counter_app.__path__, "counter_app."):
        if not module.name.startswith(("counter_app.ui", "counter_app.hub")) and "versions" not in module.name:
            importlib.import_module(module.name)
    found: list[type[Refusal]] = []
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    # a dataclass with slots is made a second time; only the one that the module holds is the program's
    ours = {kind for kind in found if getattr(sys.modules[kind.__module__], kind.__name__, None) is kind}
    return sorted((kind for kind in ours if kind.__module__.startswith("counter_app.")), key=lambda kind: kind.__name__)


KINDS = [kind for kind in refusals() if kind not in NOT_FOR_TELLERS]


def samples(kind: type[Refusal]) -> list[Refusal]:
    """The refusal with plausible facts, once for every stable word that it may carry."""
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    usual = {name: _fact(kind, name, hints[name]) for name in names}
    found = [kind(**usual)]
    for name in names:
        found += [kind(**{**usual, name: word}) for word in _WORDS.get((kind, name), ())]
        if _may_be_nothing(hints[name]):
            found.append(kind(**{**usual, name: None}))
        if hints[name] is bool:
            found.append(kind(**{**usual, name: not usual[name]}))
    return found


def _fact(kind: type[Refusal], name: str, hint: object) -> object:
    words = _WORDS.get((kind, name))
    if words:
        return words[0]
    if name == "tender":
        return "cash"
    if name == "allowed":
        return ("cash", "qr")
    if name == "errors":
        return (rule_checks.RuleError("telecom.toml", "late_fee[1].rate_per_day", "0.003", "3"),)
    return _of_type(hint)


def _of_type(hint: object) -> object:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, UnionType):
        return _of_type(next(part for part in typing.get_args(hint) if part is not type(None)))
    if origin is tuple:
        return (_of_type(typing.get_args(hint)[0]),)
    if origin is typing.Literal:
        return typing.get_args(hint)[0]
    if origin in (dict, Mapping):
        return {}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    plain: dict[object, object] = {
        int: 1_234,
        str: "10002345",
        bool: True,
        date: date(2026, 11, 21),
        datetime: datetime(2026, 11, 21, 2, 4, tzinfo=UTC),
    }
    return plain[hint] if hint in plain else plain[getattr(hint, "__supertype__", str)]


def _may_be_nothing(hint: object) -> bool:
    return type(None) in typing.get_args(hint)


def sentence_count(text: str, language: Language) -> int:
    """How many sentences a text has: full stops that end something, not those inside numbers and names."""
    if language == "zh":
        return len(re.findall(r"[。？！]", text))
    return len(re.findall(r"[.?!](?=\s|$)", text.replace("no. ", "no ").replace("…", "")))


def test_there_are_refusals_of_every_floor() -> None:
    assert len(KINDS) > 35
    assert {allocation.LateFeeUnpaid, imports.BadImportMap, hall.BadHallSetting} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_refusal_has_sentences_of_its_own(kind: type[Refusal]) -> None:
    assert has_words(kind), f"{kind.__name__} shows its code to the teller"
    said: dict[Language, set[str]] = {"zh": set(), "en": set()}
    for language in LANGUAGES:
        use_language(language)
        for refusal in samples(kind):
            text = sentences(refusal)
            said[language].add(text)
            assert 1 <= sentence_count(text, language) <= 3, text
            assert text.rstrip()[-1] in "。？！.?!", text
            bare = _without_facts(text, refusal)
            assert WORKSHOP.search(bare) is None, text
            assert _CODE.search(bare) is None, text
            assert bool(_CHINESE.search(bare)) == (language == "zh"), text
    assert not said["zh"] & said["en"]


def _without_facts(text: str, refusal: Refusal) -> str:
    """The sentences without what the refusal itself brought: file names and keys are the reader's own."""
    for value in sorted(_texts(dataclasses.asdict(refusal)), key=len, reverse=True):
        text = text.replace(value, "")
    return text


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, (list, tuple)):
        return [text for part in value for text in _texts(part)]
    return []


TROUBLES: list[Exception] = [
    halls.NotRecorded("disk I/O"),
    halls.CommitUncertain("disk I/O"),
    halls.HallInUse("counter-app (pid 12)"),
    halls.NotThisKey("file is not a database"),
    halls.FileIsNewer("file version 9, program version 4"),
    halls.FileIsOlder("file version 1, program version 4"),
    halls.StoreTrouble("disk is full"),
    halls.MoneyIsOff((halls.Finding("free space", "", "1", "0"),)),
    OSError(28, "No space left on device"),
    NotPrinted("unreachable", "10.0.0.7:9100"),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: type(trouble).__name__)
def test_trouble_says_what_happened_and_what_to_do(trouble: Exception) -> None:
    texts = []
    for language in LANGUAGES:
        use_language(language)
        text = trouble_sentences(trouble)
        texts.append(text)
        assert "_" not in text.replace(str(trouble), "")
        assert bool(_CHINESE.search(text)) == (language == "zh"), text
        assert re.search("请|Please|please|try|Try|update|again|Press|Give", text), text
    assert texts[0] != texts[1]


@pytest.mark.parametrize("what", typing.get_args(FoundAtStart))
def test_a_finding_of_the_self_test_has_words(what: FoundAtStart) -> None:
    finding = halls.Finding(what, "here", "1", "2")
    for language in LANGUAGES:
        use_language(language)
        assert finding_words(finding) != str(finding)
        assert bool(_CHINESE.search(finding_words(finding))) == (language == "zh")
