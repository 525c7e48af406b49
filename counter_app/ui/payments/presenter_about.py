"""From what the record says of a customer to the lines above the contacts: the stage, its signs, what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.completeness import Gap
from counter_app.domain.life_stage import Life, LifeStage, Sign
from counter_app.domain.masks import mask_phone
from counter_app.services.customer_about import About
from counter_app.ui.formats import amount, day
from counter_app.ui.language import later, tr

STAGES = {
    LifeStage.BEFORE: later("入网前"),
    LifeStage.JOINING: later("入网时"),
    LifeStage.IN_SERVICE: later("入网后"),
    LifeStage.LEANING: later("趋于离网"),
    LifeStage.LEFT: later("已离网"),
}
GAPS = {
    Gap.CONTACT: later("联系电话"),
    Gap.ID_NUMBER: later("证件号码"),
    Gap.ADDRESS: later("地址"),
    Gap.SINCE: later("入网日期"),
}


@dataclass(frozen=True, slots=True)
class AboutScreen:
    """What the record says: `stage` with its `signs` (both empty where the trade has no stages), and `missing`."""

    stage: str
    signs: str
    missing: str


def about_screen(about: About) -> AboutScreen:
    """The lines of one customer; numbers masked."""
    gaps = tr("、").join(tr(GAPS[gap]) for gap in about.gaps)
    missing = tr("资料还缺：{what}。方便时请客户补上。", what=gaps) if gaps else ""
    if about.life is None:
        return AboutScreen("", "", missing)
    life: Life = about.life
    stage = tr("客户阶段：{stage}", stage=tr(STAGES[life.stage]))
    return AboutScreen(stage, tr("依据：{signs}。", signs=tr("；").join(map(_sign_word, life.signs))), missing)


def _sign_word(sign: Sign) -> str:
    match sign.kind:
        case "no_service":
            return tr("还没有业务")
        case "all_closed":
            return tr("全部业务已销户，最后一项 {on}", on=day(sign.on))
        case "case":
            return tr("正在办挽留单 {no}", no=sign.words)
        case "idle":
            return tr("{number} 连续 {count} 个月没有使用", number=mask_phone(sign.words), count=sign.count)
        case "falling":
            share = f"{sign.count / 100:.0f}%"
            return tr("{number} 账单连降，少了 {share}", number=mask_phone(sign.words), share=share)
        case "joined":
            return tr("{on} 入网，第 {count} 天", on=day(sign.on), count=sign.count + 1)
        case "tenure":
            years, months = divmod(sign.count, 12)
            return tr("{on} 入网，{years} 年 {months} 个月", on=day(sign.on), years=years, months=months)
        case "since_unknown":
            return tr("入网日期不详")
        case "valued":
            return tr("有价值客户，月均 {average} 元", average=amount(sign.count))
        case "ordinary":
            return tr("普通客户，月均 {average} 元", average=amount(sign.count))
