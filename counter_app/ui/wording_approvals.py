"""What approvals are called, and why a signature is not given or not taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import approvals, signoffs
from counter_app.domain.approvals import ApprovalKind
from counter_app.domain.money import format_fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.staff import Role
from counter_app.ui.language import later, tr
from counter_app.ui.wording_roles import role_word

APPROVAL_KINDS = {
    ApprovalKind.REVERSE: later("冲正"),
    ApprovalKind.REFUND: later("退费"),
    ApprovalKind.REFUND_AFTER_MONTH: later("月结后退费"),
    ApprovalKind.MOVE: later("串户更正"),
    ApprovalKind.RETENDER: later("收款方式更正"),
    ApprovalKind.BOOK_MOVE: later("预存转用途"),
    ApprovalKind.BOOK_REFUND: later("销户退预存"),
    ApprovalKind.WAIVE: later("违约金减免"),
    ApprovalKind.DEFER: later("违约金暂缓"),
    ApprovalKind.DISPUTE: later("争议处理"),
    ApprovalKind.CASH_IN: later("钱箱存入现金"),
    ApprovalKind.CASH_OUT: later("钱箱取出现金"),
    ApprovalKind.FLOAT: later("发放备用金"),
    ApprovalKind.DROP: later("上缴金库"),
    ApprovalKind.DIFFERENCE: later("长短款"),
    ApprovalKind.HANDOVER: later("交接钱箱"),
    ApprovalKind.REPRINT_MANY: later("多次补打"),
    ApprovalKind.REDIRECT: later("先缴所选账单"),
    ApprovalKind.CASH_LIMIT: later("钱箱超限额收现金"),
    ApprovalKind.OVER_PAYMENT: later("多收转预存"),
    ApprovalKind.CREDIT: later("多收款退还"),
    ApprovalKind.CLOCK: later("电脑时间异常"),
    ApprovalKind.NEW_EPOCH: later("由本机继续"),
    ApprovalKind.LEAVE: later("离网经理签字"),
    ApprovalKind.RECEPTION: later("离网接待签字"),
    ApprovalKind.OFFER: later("挽留方案"),
    ApprovalKind.CONTRACT: later("合约违约金减免"),
}
_SIGNED_FOR = {
    "challenge": later("另一次签字"),
    "action": later("另一项操作"),
    "case_id": later("另一件事"),
    "outcome": later("另一个结果"),
    "amount_fen": later("另一个金额"),
    "shown": later("改动前的内容"),
    "asked_by": later("另一次登录"),
    "nonce": later("另一次签字"),
    "words": later("另一个理由"),
    "is_own_desk": later("另一处的签字"),
}
_NOT_HERE = later("工号 {no} 不能在这里签字：经手过这件事、请过审批，或不是本屏幕该签字的人。请换一位没有经手的人。")


def approval_word(kind: ApprovalKind) -> str:
    """An approval as the hall calls it."""
    return tr(APPROVAL_KINDS[kind])


def roles_words(roles: tuple[Role, ...]) -> str:
    """Some roles in one line."""
    return tr("、").join(role_word(role) for role in roles)


def _not_for_role(refusal: approvals.ApprovalNotForRole) -> str:
    return tr(
        "{role}不能申请“{what}”，按规则由{who}申请。请换人登录后办理。",
        role=role_word(refusal.role),
        what=approval_word(refusal.kind),
        who=roles_words(refusal.who),
    )


def _above_limit(refusal: approvals.ApprovalAboveLimit) -> str:
    what, sum_, no = approval_word(refusal.kind), format_fen(refusal.amount_fen), refusal.staff_no
    if not refusal.limit_fen:
        return tr("工号 {no} 不能给“{what}”签字。请请{who}来签。", no=no, what=what, who=roles_words(refusal.who))
    return tr(
        "“{what}”{sum} 元，超过工号 {no} 可签的 {limit} 元。请请{who}来签。",
        what=what,
        sum=sum_,
        no=no,
        limit=format_fen(refusal.limit_fen),
        who=roles_words(refusal.who),
    )


def _missing(refusal: approvals.ApprovalMissing) -> str:
    what = approval_word(refusal.kind)
    if refusal.signatures == 1:
        return tr("“{what}”要另一位同事签字，还没有签，没有办理。请请人签字。", what=what)
    return tr(
        "“{what}”要 {count} 位同事签字，现在签了 {given} 位，没有办理。请再请一位签字。",
        what=what,
        count=refusal.signatures,
        given=refusal.given,
    )


APPROVALS: dict[type[Refusal], Callable[[Any], str]] = {
    approvals.ApprovalNotForRole: _not_for_role,
    approvals.ApprovalAboveLimit: _above_limit,
    approvals.ApprovalAboveAll: lambda r: tr(
        "“{what}”{sum} 元，超过本厅可签的最高限额 {limit} 元，不能办理。请报上级处理。",
        what=approval_word(r.kind),
        sum=format_fen(r.amount_fen),
        limit=format_fen(r.limit_fen),
    ),
    approvals.ApprovalMissing: _missing,
    approvals.ApprovalTwice: lambda r: tr(
        "工号 {no} 已经签过一次，第二个签字要另一个人。请换一位来签。", no=r.staff_no
    ),
    approvals.ApprovalNotByCode: lambda r: tr(
        "按规则，“{what}”不能用一次性授权码。请有权的同事到本屏幕签字。", what=approval_word(r.kind)
    ),
    approvals.ApprovalNotConfigured: lambda r: tr(
        "现行规则里没有“{what}”的审批规定，不能办理。请告诉管理员。", what=approval_word(r.kind)
    ),
    signoffs.SignoffForOther: lambda r: tr(
        "这次签字签的是{what}，不能用在这里。请重新签字。", what=tr(_SIGNED_FOR[r.what])
    ),
    signoffs.SignoffExpired: lambda r: tr("签字已超过 {seconds} 秒，不再有效。请重新签字。", seconds=r.valid_seconds),
    signoffs.SignoffUsed: lambda r: tr("工号 {no} 的这次签字已经用过。请重新签字。", no=r.approver_no),
    signoffs.SignoffByWorker: lambda r: tr(_NOT_HERE, no=r.staff_no),
}
