"""The sentences of trouble: disk, file, printer, and what is safe in spite of it."""

from __future__ import annotations

from counter_app.logs import ProgramFault
from counter_app.services import hall as halls
from counter_app.ui.language import later, tr

_FINDINGS = {
    "free space": later("磁盘空间不足（剩余 {found} 字节）。请清理磁盘。"),
    "file system": later("数据放在网络盘上（{found}）。请移到本机磁盘。"),
    "links": later("数据文件有多个链接（{found} 个），可能正被别处使用。请联系管理员。"),
    "access": later("数据文件是只读的。请检查文件权限。"),
    "journal behind its mark": later("数据文件比上次使用时旧，像是旧备份。请联系管理员确认。"),
    "journal behind the hub": later(
        "上游有本柜台更新的流水，本机数据像是旧备份。没有丢失，但暂停收款，请班长在本机确认。"
    ),
    "journal differs from the hub": later("本机流水与上游收到的不一致，像是复制过的数据。暂停收款，请班长在本机确认。"),
    "second copy": later("本机数据在别处还有一份在用。暂停收款，请班长确认哪一台继续。"),
    "device withdrawn": later("上游已停用这台电脑，不能收款。请联系管理员。"),
    "pragma": later("数据库设置 {where} 应为 {expected}，实为 {found}。请联系管理员。"),
    "sqlite": later("数据库组件版本 {found} 不安全。请更新程序。"),
}

_OF_THE_FILE: tuple[tuple[type[halls.StoreTrouble], str], ...] = (
    (halls.NotRecorded, later("磁盘报错，已查明：这笔没有记账。钱请退还客户，排除故障后再收。（{why}）")),
    (
        halls.CommitUncertain,
        later("磁盘报错，还不能确定这笔是否记账。请不要收下一位，也不要退钱。按“再查一次”。（{why}）"),
    ),
    (halls.NotThisKey, later("打不开本厅数据：密钥不符，或文件已损坏。请联系管理员。（{why}）")),
    (halls.FileIsNewer, later("本厅数据由更新版本的程序写成，只能查看。请更新程序。（{why}）")),
    (halls.FileIsOlder, later("本厅数据要先升级。请用 counter-app migrate 升级。（{why}）")),
    (halls.StoreTrouble, later("数据文件这时不能读写，什么也没有记。请稍候再试；多次出现请联系管理员。（{why}）")),
)
"""The first kind that fits; the last one fits all of them."""


def finding_words(finding: halls.Finding) -> str:
    """One finding of the self-test in words."""
    pattern = _FINDINGS.get(finding.what)
    if pattern is None:
        return str(finding)
    return tr(pattern, where=finding.where, expected=finding.expected, found=finding.found)


def _fault_behind(trouble: BaseException | None) -> ProgramFault | None:
    while trouble is not None and not isinstance(trouble, ProgramFault):
        trouble = trouble.__cause__
    return trouble


def trouble_words(trouble: BaseException) -> str:
    """What happened, whether money is safe, and what to do now."""
    if isinstance(trouble, ProgramFault):
        return tr(
            "程序出错，已记入日志（编号 {number}）。刚才的操作可能没有完成，请核对后再继续；多次出现请联系管理员。",
            number=trouble.number,
        )
    fault = _fault_behind(trouble)
    if isinstance(trouble, halls.NotRecorded) and fault is not None:
        return tr(
            "程序出错（编号 {number}），已查明：这笔没有记账。钱请退还客户，或者再收一次；再出错请联系管理员。",
            number=fault.number,
        )
    if isinstance(trouble, halls.CommitUncertain) and fault is not None:
        return tr(
            "程序出错（编号 {number}），还不能确定这笔是否记账。请不要收下一位，也不要退钱。按“再查一次”。",
            number=fault.number,
        )
    if isinstance(trouble, halls.MoneyIsOff):
        return tr("自检没有通过，暂不能收款。") + "".join(map(finding_words, trouble.findings))
    if isinstance(trouble, halls.HallInUse):
        return tr("本厅数据正被另一个程序使用：{owner}。请先关闭它。", owner=trouble.owner)
    for kind, words in _OF_THE_FILE:
        if isinstance(trouble, kind):
            return tr(words, why=trouble.why)
    return tr("设备或磁盘出错：{why}。请稍候再试；多次出现请联系管理员。", why=str(trouble) or type(trouble).__name__)
