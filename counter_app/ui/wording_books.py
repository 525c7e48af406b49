"""What moves of prepaid money are called, and why it is not moved or not given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import book_refusals as books
from counter_app.domain import topups
from counter_app.domain.money import format_fen
from counter_app.domain.refusals import Refusal
from counter_app.ui.formats import day
from counter_app.ui.language import later, tr

MOVES = {
    "opening": later("期初"),
    "payment.take": later("缴费"),
    "payment.reverse": later("冲正"),
    "payment.refund": later("退费"),
    "payment.move": later("转到另一户号"),
    "credit.settled": later("多收退入预存"),
    "book.move": later("转用途"),
    "book.refund": later("销户退款"),
    "book.deduct": later("自动扣款"),
    "recover.import": later("凭收据补录"),
    "hub": later("上游退回"),
    "topup": later("渠道充值"),
    "": later("别处变动"),
}
_CHANNELS = {
    "online": later("网上"),
    "self_service": later("自助终端"),
    "bank": later("银行"),
    "card": later("充值卡"),
}
_KINDS = {"earmarked": later("专款"), "benefit": later("赠款"), "cash": later("预存")}


def move_word(what: str) -> str:
    """What moved the money, as the teller calls it."""
    return tr(MOVES[what]) if what in MOVES else what


def channel_word(channel: str) -> str:
    """Where a top-up was paid."""
    return tr(_CHANNELS[channel]) if channel in _CHANNELS else channel


def _noted(r: topups.TopupNoted) -> str:
    return tr(
        "这笔充值（流水 {no}）已由{where}开过收据，同一笔钱只开一次。要补打请到那里。",
        no=r.reference,
        where=r.counter_name or tr("别的柜台"),
    )


def _nothing(r: books.NothingToGiveBack) -> str:
    if r.kept_fen:
        return tr(
            "户号 {no} 没有可退的钱：账本里的 {kept} 是赠款或专款，按约定只能抵费，不退现金。",
            no=r.account_no,
            kept=format_fen(r.kept_fen),
        )
    return tr("户号 {no} 的账本里没有钱，不用退。", no=r.account_no)


BOOKS: dict[type[Refusal], Callable[[Any], str]] = {
    books.BookMoneyStays: lambda r: tr(
        "账本“{name}”是{kind}，按规则只能抵费，不能转出。请选客户自己存的钱。",
        name=r.book_name,
        kind=tr(_KINDS[r.kind]),
    ),
    books.BookExpired: lambda r: tr(
        "账本“{name}”到 {on} 为止，已经过期，不能再用，也不能转出。", name=r.book_name, on=day(r.valid_to)
    ),
    books.SameBook: lambda _r: tr("还没有选转到哪里，或选的就是原来的账本。请选另一个用途。"),
    books.BookSumMissing: lambda _r: tr("还没有填转多少。请填金额。"),
    books.BookHoldsLess: lambda r: tr(
        "账本“{name}”里只有 {left}，不够转 {wanted}。请改金额。",
        name=r.book_name,
        left=format_fen(r.left_fen),
        wanted=format_fen(r.wanted_fen),
    ),
    books.BookReasonMissing: lambda _r: tr("还没有写原因。预存转用和退款都要写明原因，请补上。"),
    books.BooksChanged: lambda r: tr(
        "户号 {no} 的账本刚有变动，没有办成。请看清现在的余额，再办一次。", no=r.account_no
    ),
    books.AccountStillOpen: lambda r: tr(
        "户号 {no} 还有 {count} 项业务没有销户，余款销户后才退。请先办销户；要停用预存可改作缴费。",
        no=r.account_no,
        count=r.services,
    ),
    books.AccountOwes: lambda r: tr(
        "户号 {no} 还有 {count} 张账单共 {owed} 没有缴清（含未到期和暂缓的）。请先缴清，可以用预存缴。",
        no=r.account_no,
        count=r.bills,
        owed=format_fen(r.owed_fen),
    ),
    books.NothingToGiveBack: _nothing,
    topups.TopupUnknown: lambda _r: tr("本厅没有这笔充值的记录，不能开收据。请核对流水号，或等记录到账后再来。"),
    topups.TopupNoted: _noted,
    books.BookActElse: lambda _r: tr("这次操作已经办过别的事，没有再办。请关闭后重新打开。"),
}
