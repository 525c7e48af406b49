"""The words behind the light of the line to the hub: what is the matter, that money goes on, and who to ask."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from counter_app.ui.formats import clock, day_and_clock
from counter_app.ui.language import later, tr

if TYPE_CHECKING:
    from counter_app.sync.status import SyncStatus

_GOES_ON = {
    "offline": later("连不上上游，可能是网络断了。"),
    "slow": later("上游答复太慢。"),
    "server": later("上游出了故障，正在恢复。"),
    "busy": later("上游正忙，请我们稍后再来。"),
    "bad_reply": later("上游的答复本程序看不懂，可能要更新程序。请告诉管理员。"),
    "certificate": later("上游的证书不对或已过期。请告诉管理员。"),
    "not_the_hub": later("答话的不是本厅的上游，可能要先登录网络。请告诉管理员。"),
    "old_protocol": later("本程序版本太旧，上游不再接受。请告诉管理员更新程序。"),
    "late": later("有记录等了一小时还没有传上去。"),
    "clock_off": later("本机时间与上游差两分钟以上。请告诉管理员校准时间。"),
}
_OTHER = later("上游没有接受这次往来（{why}）。多次出现请告诉管理员。")

_STOPPED = {
    "restored": later("上游有本柜台更新的流水，本机数据像是旧备份。没有丢失，但暂停收款，请班长在“待办”里确认。"),
    "cloned": later("本机数据在别处还有一份在用。暂停收款，请班长在“待办”里确认由哪一台继续。"),
    "fork": later("本机流水与上游收到的不一致，像是复制过的数据。暂停收款，请班长在“待办”里确认。"),
    "revoked": later("上游已停用这台电脑，不能收款。请联系管理员。"),
    "too_late": later("已有七天没有传上去。收款照常，但请马上告诉管理员。"),
}
_ASK = {"revoked": later("请找管理员"), "too_late": later("请找管理员")}


def line_value(line: SyncStatus, now: datetime) -> str:
    """What stands beside the light: who to ask where somebody has to act now, else when the hub last answered."""
    if line.light == "bad":
        return tr(_ASK.get(line.why, later("请找班长")))
    return tr("还未联系上") if line.answered_at is None else _when(line.answered_at, now)


def line_words(line: SyncStatus, now: datetime) -> str:
    """What is the matter, in one or two sentences; of a line that is well, when the hub last answered."""
    if line.why in _STOPPED:
        return tr(_STOPPED[line.why])
    if line.why:
        words = tr(_GOES_ON.get(line.why, _OTHER), why=line.why)
        return tr("{words}收费照常，记录都在本机，会自动再传。", words=words)
    if line.answered_at is None:
        return tr("正在联系上游。收费照常。")
    return tr("与上游连接正常，{when} 刚联系过。", when=_when(line.answered_at, now))


def _when(at: datetime, now: datetime) -> str:
    """The time alone on the day itself."""
    local = at.astimezone(now.tzinfo)
    return clock(local) if local.date() == now.date() else day_and_clock(local)
