"""The sentences of refusals about customers who want to leave, and what their steps, gates and fields are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import (
    retention_feedback,
    retention_form,
    retention_form_text,
    retention_months,
    retention_refusals,
    retention_rules,
)
from counter_app.domain.money import format_fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Act, Gate, Signer, Stage
from counter_app.services import retention_after, retention_desk
from counter_app.ui.language import later, tr
from counter_app.ui.wording_roles import role_word

STAGES = {
    Stage.DRAFT: later("刚受理"),
    Stage.VALUE_CHECKED: later("已核价值"),
    Stage.MANAGER_SIGNED: later("经理已签字"),
    Stage.TALKING: later("正在挽留"),
    Stage.KEPT: later("挽留成功"),
    Stage.REFUSED: later("客户坚持离网"),
    Stage.RECEPTIONIST_SIGNED: later("接待人已签字"),
    Stage.CUSTOMER_SIGNED: later("客户已签字"),
    Stage.PROCESSING: later("正在退网"),
    Stage.CLOSED: later("已退网"),
    Stage.AUDITED: later("已稽核"),
    Stage.FOLLOW_UP: later("正在回访"),
    Stage.DONE: later("全部办结"),
    Stage.WITHDRAWN: later("客户撤回"),
}
ACTS = {
    Act.OPEN: later("受理"),
    Act.CHECK_VALUE: later("核价值"),
    Act.SAVE_FORM: later("保存登记表"),
    Act.ASK_SIGNATURE: later("请人签字"),
    Act.SIGN: later("签字"),
    Act.STAND_IN: later("无法签字说明"),
    Act.DECLINE: later("拒绝签字"),
    Act.TALK: later("开始挽留"),
    Act.OFFER: later("提出方案"),
    Act.ASK_OFFER: later("送审方案"),
    Act.DECLINE_OFFER: later("不同意方案"),
    Act.ANSWER: later("记录客户答复"),
    Act.KEEP: later("记为挽留成功"),
    Act.LEAVE: later("记为坚持离网"),
    Act.LEAVE_NOW: later("直接离网"),
    Act.WAIVE_CONTRACT: later("减免违约金"),
    Act.SIGN_CUSTOMER: later("客户签字确认"),
    Act.CORRECT: later("退回更正"),
    Act.CHECK_GATE: later("核对办理条件"),
    Act.PROCESS: later("下退网工单"),
    Act.RECOVER: later("登记设备回收"),
    Act.CLOSE: later("完成退网"),
    Act.WITHDRAW: later("撤回离网"),
    Act.AUDIT: later("稽核"),
    Act.PLAN_VISIT: later("安排回访"),
    Act.VISIT: later("登记回访"),
    Act.HAND_OVER: later("移交回访"),
    Act.REENTER: later("登记重新入网"),
    Act.FEED_BACK: later("反馈厅经理"),
    Act.TAKE_UP: later("答复反馈"),
}
SIGNERS = {Signer.MANAGER: later("客户经理"), Signer.RECEPTIONIST: later("接待人")}
FIELDS = {
    "case_no": later("挽留单号"),
    "hall": later("营业厅"),
    "staff_no": later("工号"),
    "service_number": later("业务号码"),
    "customer_class": later("客户等级"),
    "name": later("客户姓名"),
    "id_kind": later("证件类型"),
    "id_number": later("证件号码"),
    "agent": later("代办人"),
    "agent.name": later("代办人姓名"),
    "agent.id_kind": later("代办人证件类型"),
    "agent.id_number": later("代办人证件号码"),
    "agent.order_no": later("委托书编号"),
    "reason": later("退网原因"),
    "further": later("其他退网原因"),
    "other_words": later("原因说明"),
    "former_use": later("原使用情况"),
    "interests": later("感兴趣的功能"),
    "rating_words": later("服务评价说明"),
    "next_tool": later("退网后通信工具"),
    "later_contact": later("今后联系方式"),
    "agreed_at": later("同意回访的时间"),
    "contact_times": later("方便联系的时间"),
    "suggestions": later("意见建议"),
    "material": later("这次寄什么资料"),
    "customer_signature": later("客户签名"),
    "equipment": later("设备"),
    "recovery": later("设备去向"),
    "miss": later("稽核差错"),
    "outcome": later("回访结果"),
}


def field_word(name: str) -> str:
    """A field of the retention form as it is printed."""
    return tr(FIELDS[name]) if name in FIELDS else name


def stage_word(stage: Stage) -> str:
    """Where a case stands."""
    return tr(STAGES[stage])


def act_word(act: Act) -> str:
    """What a step is called."""
    return tr(ACTS[act])


def signer_word(signer: Signer) -> str:
    """Whose signature it is."""
    return tr(SIGNERS[signer])


def _not_at_this_stage(r: retention_refusals.NotAtThisStage) -> str:
    return tr(
        "挽留单 {no} 现在是“{stage}”，不能办“{act}”。请刷新后按页面上的下一步办理。",
        no=r.case_no,
        stage=stage_word(r.stage),
        act=act_word(r.act),
    )


def _manager_first(r: retention_refusals.ManagerFirst) -> str:
    if r.is_asked:
        return tr("高价值客户须先由客户经理签字，正在等经理。请等经理签字，或按规定时间后填写无法签字说明。")
    return tr("高价值客户须先请客户经理接待。请先请客户经理。")


def _measure_missing(r: retention_refusals.MeasureMissing) -> str:
    if r.is_taken:
        return tr("客户还没有接受任何挽留措施，不能记为挽留成功。请先记录客户接受的方案。")
    return tr("还没有提出任何挽留措施。请先提出一项方案，或办直接离网。")


def _above_ceiling(r: retention_refusals.MeasureAboveCeiling) -> str:
    return tr(
        "本单措施共 {cost} 元，超过您可以决定的 {ceiling} 元。请班长签字，或换一个方案。",
        cost=format_fen(r.cost_fen),
        ceiling=format_fen(r.ceiling_fen),
    )


def _already_signed(r: retention_refusals.AlreadySigned) -> str:
    return tr("{signer}的签字已经有了，签字人是工号 {no}。请继续下一步。", signer=signer_word(r.signer), no=r.staff_no)


def _still_awaited(r: retention_refusals.SignatureStillAwaited) -> str:
    until = r.until.astimezone().strftime("%H:%M")
    return tr(
        "{signer}的签字要等到 {until}。之前不能用说明代替。请再请本厅有权签字的人。",
        signer=signer_word(r.signer),
        until=until,
    )


def _gate(r: retention_refusals.GateUnmet) -> str:
    if r.gate is Gate.ID:
        return tr("还没有核对证件。请核对证件原件后确认。")
    if r.gate is Gate.SETTLED:
        if r.owed_fen > 0:
            return tr("还欠 {owed} 元（含违约金）。请按 F4 收清后再核对。", owed=format_fen(r.owed_fen))
        if r.contract_fen > 0:
            return tr(
                "合约还有违约金 {owed} 元，不在本机收取。别处收过后按“改登记”改为 0，或请班长签字减免。",
                owed=format_fen(r.contract_fen),
            )
        return tr("还没有核对结清情况。请核对账单后确认。")
    missing = [*map(signer_word, r.signers), *([tr("客户")] if r.is_customer_missing else [])]
    if not missing:
        return tr("还没有核对签字。请核对后确认。")
    return tr("还缺签字：{who}。请补齐签字后再核对。", who=tr("、").join(missing))


def _missing(r: retention_form.FieldMissing) -> str:
    return tr("“{field}”还没有填。请填写。", field=field_word(r.field))


def _length(r: retention_form.FieldLength) -> str:
    return tr(
        "“{field}”现在是 {length} 个字，应为 {shortest} 到 {longest} 个字。请改正。",
        field=field_word(r.field),
        length=r.length,
        shortest=r.shortest,
        longest=r.longest,
    )


def _consent(r: retention_form.ConsentNeeded) -> str:
    return tr("“{field}”须客户同意回访才能登记。请先问客户是否同意。", field=field_word(r.field))


def _out_of_range(r: retention_rules.OfferOutOfRange) -> str:
    return tr(
        "方案的值 {value}、{months} 个月超出规定。最多为 {largest}、{longest} 个月。请改小。",
        value=r.value,
        months=r.months,
        largest=r.largest,
        longest=r.longest,
    )


def _above_role(r: retention_rules.OfferAboveRole) -> str:
    if not r.who:
        return tr("这样本单措施共 {cost} 元，本厅无人可以决定。请换一个方案。", cost=format_fen(r.cost_fen))
    return tr(
        "这样本单措施共 {cost} 元，“{role}”不能单独决定。可以签字的是：{who}。",
        cost=format_fen(r.cost_fen),
        role=role_word(r.role),
        who=tr("、").join(map(role_word, r.who)),
    )


def _unknown_word(r: retention_after.WordUnknown) -> str:
    return tr("“{field}”里没有“{word}”。请从列表中选择。", field=field_word(r.field), word=r.word[:20])


_WORKED = later("工号 {no} 办理过这张挽留单，不能给它签字或稽核。请换一位没有经手的人。")

_CASES: dict[type[Refusal], Callable[[Any], str]] = {
    retention_refusals.NotAtThisStage: _not_at_this_stage,
    retention_refusals.ManagerFirst: _manager_first,
    retention_refusals.ReasonNeeded: lambda r: tr("挽留单 {no} 还没有退网原因。请先在登记表里选择原因。", no=r.case_no),
    retention_refusals.OffersLocked: lambda _r: tr("客户要携号转网，不能再提方案。请只说明影响转网的欠费和合约。"),
    retention_refusals.OfferWaits: lambda _r: tr("这个方案已经送审，正在等审批。请先办别的，或换一个方案。"),
    retention_refusals.OfferNotAsked: lambda _r: tr("这个方案已不在等待审批，可能刚有人决定过。请刷新列表。"),
    retention_refusals.MeasureMissing: _measure_missing,
    retention_refusals.MeasureUnanswered: lambda r: tr("第 {line} 项方案还没有客户答复。请先记录答复。", line=r.line),
    retention_refusals.MeasureAboveCeiling: _above_ceiling,
    retention_refusals.SignerWorkedOnCase: lambda r: tr(_WORKED, no=r.staff_no),
    retention_refusals.AlreadySigned: _already_signed,
    retention_refusals.SignatureNotNeeded: lambda r: tr(
        "这位客户不需要{signer}签字。请继续下一步。", signer=signer_word(r.signer)
    ),
    retention_refusals.SignatureNotAsked: lambda r: tr(
        "还没有请{signer}签字。请先请人签字。", signer=signer_word(r.signer)
    ),
    retention_refusals.SignatureStillAwaited: _still_awaited,
    retention_refusals.WordsNeeded: lambda r: tr("“{act}”须写明理由。请填写。", act=act_word(r.act)),
    retention_refusals.GateUnmet: _gate,
    retention_refusals.EquipmentOpen: lambda _r: tr("设备还没有登记去向。请先登记每件设备是否收回。"),
    retention_refusals.AlreadyAudited: lambda r: tr("挽留单 {no} 已经稽核过。请看下一张。", no=r.case_no),
    retention_refusals.VisitUnknown: lambda r: tr("第 {line} 次回访不在待办之列。请刷新回访列表。", line=r.line),
    retention_refusals.NothingToHandOver: lambda _r: tr("没有可移交的回访：都已做完，或已经是这位回访人。请看下一张。"),
    retention_after.OwnerUnfit: lambda r: tr(
        "本厅没有在岗的营业员或班长用工号 {no}。请改填另一个工号。", no=r.staff_no[:20]
    ),
    retention_refusals.VisitPlanned: lambda r: tr("第 {line} 次回访已经安排过。请刷新回访列表。", line=r.line),
    retention_refusals.SignerAtTheDesk: lambda r: tr(
        "工号 {no} 已在这张挽留单上签过字，不能再经办它。请由其他营业员继续。", no=r.staff_no
    ),
    retention_refusals.NothingToWaive: lambda _r: tr("没有需要减免的违约金，或已经减免过。请继续下一步。"),
    retention_refusals.NumberNotHeld: lambda _r: tr(
        "这张挽留单的号码没有为客户保留：已过期、已登记过重新入网，或转到了别的运营商。请按新入网办理。"
    ),
    retention_refusals.FeedbackWaits: lambda r: tr(
        "工号 {no} 已反馈过这张挽留单，正在等厅经理答复。答复后如有新情况可再反馈。", no=r.staff_no
    ),
    retention_refusals.FeedbackNotThere: lambda r: tr(
        "挽留单 {no} 的这条反馈已不在等待，可能刚有人答复过。请刷新列表。", no=r.case_no
    ),
    retention_refusals.FeedbackIsOwn: lambda r: tr(
        "工号 {no} 自己反馈的问题，不能由本人答复。请由另一位班长答复。", no=r.staff_no
    ),
    retention_feedback.FeedbackTooLong: lambda r: tr(
        "现在是 {length} 个字，最多 {longest} 个字。请缩短。", length=r.length, longest=r.longest
    ),
    retention_desk.NoRetentionForm: lambda _r: tr("本行业没有离网挽留登记。请按本厅销户办法办理。"),
    retention_desk.CaseUnknown: lambda _r: tr("本厅没有这张挽留单。请刷新列表。"),
    retention_desk.DoneAsAnotherStep: lambda _r: tr("刚才那一步已经办过，这次没有再办。请刷新后继续。"),
    retention_after.WordUnknown: _unknown_word,
    retention_after.MissNeeded: lambda _r: tr("写了问题却没有选差错种类，会被当作通过。请选择差错种类。"),
    retention_after.VisitTooEarly: lambda r: tr(
        "下次回访的日期 {day} 应在今天之后。请改正。", day=r.due_on.isoformat()
    ),
}
_FORM: dict[type[Refusal], Callable[[Any], str]] = {
    retention_form.FieldMissing: _missing,
    retention_form.FieldLength: _length,
    retention_form.ChoiceUnknown: lambda r: tr(
        "“{field}”里没有“{word}”。请从列表中选择。", field=field_word(r.field), word=r.choice[:20]
    ),
    retention_form.ChoiceTwice: lambda r: tr("“{field}”里有一项选了两次。请去掉一个。", field=field_word(r.field)),
    retention_form.TooManyReasons: lambda r: tr(
        "其他原因选了 {count} 个，最多 {most} 个。请减少。", count=r.count, most=r.most
    ),
    retention_form.NameDiffers: lambda _r: tr("姓名与机主不一致。请核对证件；代办请填代办人。"),
    retention_form.IdNumberWrong: lambda r: tr(
        "“{field}”核对不通过。请对照证件原件重新输入。", field=field_word(r.field)
    ),
    retention_form.AgentNotAllowed: lambda _r: tr("本厅的离网申请不接受代办。请机主本人来办。"),
    retention_form.ConsentNeeded: _consent,
    retention_form.RatingOutOfRange: lambda r: tr("服务评价应为 {low} 到 {high} 星。请改正。", low=r.low, high=r.high),
    retention_form.ServiceNotActive: lambda _r: tr("这个号码已经退网。请核对号码。"),
    retention_form.OtherCaseOpen: lambda r: tr("这个号码已有未办结的挽留单 {no}。请打开它继续办理。", no=r.case_no),
    retention_form_text.BadFormText: lambda _r: tr(
        "登记表的内容读不出来，可能已损坏。请不要继续办理，并通知厅管理员。"
    ),
    retention_rules.OfferUnknown: lambda r: tr("现行规则里没有方案“{offer}”。请重新选择。", offer=r.offer[:20]),
    retention_rules.OfferOutOfRange: _out_of_range,
    retention_rules.OfferAboveRole: _above_role,
}
_MONTHS: dict[type[Refusal], Callable[[Any], str]] = {
    retention_months.MonthNotOver: lambda r: tr(
        "{month} 还没有过完，不能签字上报。请在 {day} 以后签字。", month=f"{r.month:%Y-%m}", day=r.from_on.isoformat()
    ),
    retention_months.MonthTableChanged: lambda r: tr(
        "{month} 的离网月报刚刚有了变化，没有签字。请看过新的数字后再签。", month=f"{r.month:%Y-%m}"
    ),
    retention_months.ReviewTooLong: lambda r: tr(
        "复盘第 {box} 栏有 {length} 个字，最多 {longest} 个。请缩短。",
        box=r.box + 1,
        length=r.length,
        longest=r.longest,
    ),
    retention_months.MonthIsSigned: lambda r: tr(
        "{month} 的离网月报已由工号 {no} 签字，此后没有变化，不需要再签。", month=f"{r.month:%Y-%m}", no=r.signer_no
    ),
}
RETENTION: dict[type[Refusal], Callable[[Any], str]] = {**_CASES, **_FORM, **_MONTHS}
