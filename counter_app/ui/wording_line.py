"""The words behind the light of the line to the hub: what is the matter, that money goes on, and who to ask."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from counter_app.ui.formats import clock, day_and_clock
from counter_app.ui.language import later, tr

if TYPE_CHECKING:
    from counter_app.sync.status import Light, SyncStatus


class LineState(NamedTuple):
    """One trouble of the line: its light, one calm sentence, what to do (empty: nothing), and who is named beside the
    light where somebody has to act now.
    """

    light: Light
    words: str
    do: str = ""
    ask: str = ""


_ADMIN, _SUPERVISOR = later("请找管理员"), later("请找班长")
_TELL = later("请告诉管理员。")
_JOIN = later("请管理员在“设置”的“上游连接”里用新的接入码再接入一次。")
_UPDATE = later("请告诉管理员更新程序。")

STATES: dict[str, LineState] = {
    "offline": LineState("warn", later("连不上上游，可能是网络断了。")),
    "slow": LineState("warn", later("上游答复太慢。")),
    "server": LineState("warn", later("上游出了故障，正在恢复。")),
    "busy": LineState("warn", later("上游正忙，请我们稍后再来。")),
    "full": LineState("warn", later("上游的磁盘满了，暂时收不下。"), later("请告诉管理员，由上游腾出空间。")),
    "too_large": LineState("warn", later("上游的答复大得不正常，没有采用。"), _TELL),
    "bad_reply": LineState("warn", later("上游的答复本程序看不懂，可能要更新程序。"), _TELL),
    "bad_message": LineState("warn", later("上游看不懂本程序的话，可能要更新程序。"), _TELL),
    "certificate": LineState(
        "warn", later("这个地址上不是本柜台认定的上游，证书不符，没有往来。"), later("请告诉管理员核对上游和网络。")
    ),
    "certificate_expired": LineState(
        "warn", later("上游的证书按本机日期已经过期。"), later("请先核对本机日期；日期没错，请告诉管理员换上游证书。")
    ),
    "certificate_early": LineState(
        "warn", later("上游的证书按本机日期还没有生效。"), later("请先核对本机日期；日期没错，请告诉管理员。")
    ),
    "not_the_hub": LineState(
        "warn", later("答话的不是本厅的上游，可能要先登录网络。"), later("请先登录网络；不是这个原因，请告诉管理员。")
    ),
    "old_protocol": LineState("warn", later("本程序版本太旧，上游不再接受。"), _UPDATE),
    "newer_than_hub": LineState("warn", later("本程序比上游新，上游还看不懂它的话。"), later("请告诉管理员更新上游。")),
    "unknown_device": LineState("warn", later("上游不认得这台电脑，可能上游换过数据。"), _JOIN),
    "late": LineState("warn", later("有记录等了一小时还没有传上去。")),
    "clock_off": LineState("warn", later("本机时间与上游差两分钟以上。"), later("请告诉管理员校准时间。")),
    "certificate_soon": LineState(
        "warn", later("上游的证书只到 {on}，过期以后就传不上去。"), later("请告诉管理员，由上游更换证书。")
    ),
    "restored": LineState(
        "bad",
        later("上游有本柜台更新的流水，本机数据像是旧备份。没有丢失，但暂停收款，请班长在“待办”里确认。"),
        ask=_SUPERVISOR,
    ),
    "cloned": LineState(
        "bad",
        later("本机数据在别处还有一份在用。暂停收款，请班长在“待办”里确认由哪一台继续。"),
        ask=_SUPERVISOR,
    ),
    "fork": LineState(
        "bad",
        later("本机流水与上游收到的不一致，像是复制过的数据。暂停收款，请班长在“待办”里确认。"),
        ask=_SUPERVISOR,
    ),
    "revoked": LineState("bad", later("上游已停用这台电脑，不能收款。"), later("请联系管理员。"), ask=_ADMIN),
    "too_late": LineState("bad", later("已有七天没有传上去。收款照常，但请马上告诉管理员。"), ask=_ADMIN),
}
"""Every trouble that the line can have, by the word that its status carries."""

_OTHER = LineState("warn", later("上游没有接受这次往来（{why}）。"), later("多次出现请告诉管理员。"))


def line_value(line: SyncStatus, now: datetime) -> str:
    """What stands beside the light: who to ask where somebody has to act now, else when the hub last answered."""
    if line.light == "bad":
        return tr(_state(line.why).ask or _SUPERVISOR)
    return tr("还未联系上") if line.answered_at is None else _when(line.answered_at, now)


def line_words(line: SyncStatus, now: datetime) -> str:
    """What is the matter, that money goes on, and what to do; of a line that is well, when the hub last answered."""
    if line.why:
        ends_at = line.certificate_ends_at
        return _trouble_words(line.why, "" if ends_at is None else ends_at.astimezone(now.tzinfo).date().isoformat())
    if line.answered_at is None:
        return tr("正在联系上游。收费照常。")
    return tr("与上游连接正常，{when} 刚联系过。", when=_when(line.answered_at, now))


def refused_words(count: int) -> str:
    """What is to be done about signatures and forms that the hub will not have."""
    return tr(
        "有 {count} 份签名或登记表上游没有收下，原件都在本机，每天自动再传一次；请告诉管理员，可能要更新上游。",
        count=count,
    )


def lost_words(count: int) -> str:
    """That contents which a disk has lost are on their way back, and when somebody has to ask."""
    return tr(
        "硬盘丢失的签名或登记表还有 {count} 份内容没有从上游取回，每天自动再取一次；几天不减少请告诉管理员。",
        count=count,
    )


def _trouble_words(why: str, on: str) -> str:
    state = _state(why)
    words = tr(state.words, why=why, on=on)
    if state.light == "warn":
        words = tr("{words}收费照常，记录都在本机，会自动再传。", words=words)
    return tr("{words}{do}", words=words, do=tr(state.do)) if state.do else words


def _state(why: str) -> LineState:
    return STATES.get(why, _OTHER)


def _when(at: datetime, now: datetime) -> str:
    """The time alone on the day itself."""
    local = at.astimezone(now.tzinfo)
    return clock(local) if local.date() == now.date() else day_and_clock(local)
