"""`counter-app rules`: answers every case of a case file with the engine that the screens use, as JSON on stdout."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

from counter_app.commands import rules_approvals, rules_money, rules_plain
from counter_app.commands.rules_cases import Answer, BadCase, Node, asked, cases_of
from counter_app.domain.refusals import Refused

KINDS = ("late-fee", "allocate", "pay-on-behalf", "books", "capital", "identify", "mask", "kpi", "approvals")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `rules` command to the program's commands."""
    parser = subparsers.add_parser("rules", help="answer a case file with the rules engine (JSON)")
    parser.add_argument("kind", choices=KINDS, help="what the cases are about")
    parser.add_argument("file", type=Path, metavar="FILE", help="the case file")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the answers; 0, or 2 with the file, case and field on stderr when the file cannot be answered."""
    file: Path = args.file
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"), parse_float=str)
        result = answer(args.kind, document)
    except OSError as error:
        return _complain(f"{file}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return _complain(f"{file}: not a UTF-8 file: byte {error.start}")
    except json.JSONDecodeError as error:
        return _complain(f"{file}: not a JSON file: line {error.lineno}, column {error.colno}: {error.msg}")
    except Refused as refused:
        return _complain(f"{file}: {_sentence(refused)}")
    print(_json(result))
    return 0


def answer(kind: str, document: object, *, today: date | None = None) -> dict[str, list[Answer]]:
    """The answers to all cases of a kind, in the file's order: `{"answers": [{"id": …, the fields of `expected`}]}`.

    `today` bounds birth dates; without it the machine's date counts.

    Raises:
        Refused: `BadCase` with the case and the field that cannot be used.
    """
    if not isinstance(document, dict):
        raise Node(document, "", "file").refuse("an object with lists of cases")
    lists = cast("Mapping[str, object]", document)
    day = today or datetime.now(UTC).astimezone().date()
    answers: Mapping[str, Callable[[], Iterable[Answer]]] = {
        "late-fee": lambda: _each(lists, "cases", lambda case: rules_money.answer_late_fee(case, _defaults(lists))),
        "allocate": lambda: _each(lists, "allocation_cases", rules_money.answer_allocation),
        "pay-on-behalf": lambda: _each(lists, "proxy_pay_cases", rules_money.answer_pay_on_behalf),
        "books": lambda: _each(lists, "ledger_cases", rules_money.answer_books),
        "capital": lambda: rules_plain.answers_capital(lists),
        "identify": lambda: rules_plain.answers_identify(lists, day),
        "mask": lambda: rules_plain.answers_mask(lists),
        "kpi": lambda: rules_plain.answers_kpi(lists),
        "approvals": lambda: rules_approvals.answers_approvals(lists),
    }
    return {"answers": list(answers[kind]())}


def _json(result: object) -> str:
    """JSON that any reader takes: Chinese as itself where stdout is UTF-8, else as escapes."""
    text = json.dumps(result, ensure_ascii=False, indent=1)
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    has_half_characters = any("\ud800" <= sign <= "\udfff" for sign in text)
    return text if is_utf8 and not has_half_characters else json.dumps(result, indent=1)


def _each(lists: Mapping[str, object], name: str, answer_one: Callable[[Node], Answer]) -> Iterable[Answer]:
    """Every case of a list; one that is for reading only (`use_as_test` false) may be beyond the engine and says so."""
    for case in cases_of(lists, name):
        try:
            yield asked(case, answer_one(case))
        except Refused as refused:
            if case.table().get("use_as_test") is not False:
                raise
            yield asked(case, {"error": refused.refusal.code})


def _defaults(lists: Mapping[str, object]) -> Mapping[str, object]:
    return Node(lists.get("default_policy"), "default_policy", "file").table()


def _sentence(refused: Refused) -> str:
    refusal = refused.refusal
    if isinstance(refusal, BadCase):
        field = f": {refusal.field}" if refusal.field else ""
        return f"{refusal.case_id}{field}: expected {refusal.expected}, found {refusal.found}"
    return refusal.code


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2
