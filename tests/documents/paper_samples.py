"""Papers of a retention case for the tests: a valued customer who leaves, with everything filled in."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import date, datetime, timedelta

from counter_app.domain.retention_papers import (
    ExitSlipFacts,
    Head,
    PaperAgent,
    PaperCustomerSignature,
    PaperFacts,
    PaperFeedback,
    PaperGate,
    PaperKind,
    PaperMeasure,
    PaperMonth,
    PaperSignature,
    PaperVisit,
    Party,
    RegisterFacts,
    WorkOrderFacts,
    paper_number,
)
from tests.documents.samples import CHINA, HOSTILE, ISSUED_AT, ORIGINAL, RARE_NAMES, SECOND_REPRINT

__all__ = ["HOSTILE", "ORIGINAL", "RARE_NAMES", "SECOND_REPRINT"]

AT = datetime(2026, 11, 21, 10, 4, tzinfo=CHINA)
AGENT = PaperAgent("张三丰", "居民身份证", "310***********1234", "WT-2026-0087")
SIGNED = PaperCustomerSignature("drawing", "6b3c", "ab12" * 16, AT + timedelta(minutes=40))
GATES = (
    PaperGate("有效证件", "王芳 1001", AT + timedelta(minutes=41)),
    PaperGate("话费结清", "王芳 1001", AT + timedelta(minutes=42)),
    PaperGate("签字齐全", "李静 1002", AT + timedelta(minutes=43)),
)
SIGNATURES = (
    PaperSignature("客服经理", "赵敏 2001", AT + timedelta(minutes=6)),
    PaperSignature("接待人", "王芳 1001", AT + timedelta(minutes=31), "经理外出，超过 10 分钟未到"),
)


def head(kind: PaperKind, *, is_demo: bool = False, replaces: str = "") -> Head:
    """The head of a paper of this kind."""
    return Head(
        hall_name="城东营业厅",
        company="滨江市通信有限公司",
        hall_id="6f1c2f7e",
        counter_id="03",
        counter_name="3 号柜台",
        address="滨江市城东区解放路 100 号",
        hotline="10000（24 小时）",
        paper_no=paper_number(kind, hall_code="HZ01", counter_code="03", year=2026, serial=17),
        kind=kind.value,
        year=2026,
        serial=17,
        case_id="c0ffee",
        case_no="HZ01-03-20261121-0003",
        issued_at=ISSUED_AT,
        staff_no="1001",
        staff_name="王芳",
        replaces=replaces,
        is_demo=is_demo,
    )


def party(name: str = "张伟", *, agent: PaperAgent = AGENT) -> Party:
    """The holder with one mobile line."""
    return Party(
        name=name,
        id_kind="居民身份证",
        id_masked="110***********002X",
        agent=agent,
        customer_no="C10002345",
        customer_class="居民",
        account_no="10002345",
        service_number="13810002345",
        service="移动电话 58 元套餐",
    )


def register(text: str = "", *, is_demo: bool = False) -> RegisterFacts:
    """A register; `text` stands in every field that somebody typed."""
    return RegisterFacts(
        head=head(PaperKind.REGISTER, is_demo=is_demo, replaces="HZ01-03-2026-DJ000011"),
        party=party(text or "张伟"),
        accepted_at=AT,
        accepted_by="王芳 1001",
        marks=("VIP", "保护客户"),
        average_fen=12_345,
        average_months=3,
        is_valued=True,
        owed_fen=6_789,
        contract_until_on=date(2027, 3, 31),
        contract_fen=20_001,
        contract_waived_by="赵敏 2001",
        reasons=("资费贵/套餐不合适（月费高）", "网络覆盖/质量差", "其他（必填说明）"),
        other_words=text or "搬到郊区后信号不稳，家人都换了网",
        used=(
            PaperMonth("2026-08", 11_800, "套餐月费 58.00、流量 60.00"),
            PaperMonth("2026-09", 12_235, "套餐月费 58.00、流量 64.35"),
            PaperMonth("2026-10", 13_000, "套餐月费 58.00、国际漫游 72.00"),
        ),
        former_use=text or "每月约 30GB 流量，通话 200 分钟，常用漫游。",
        interests=("更低月费", "家庭共享"),
        rating=3,
        rating_words=text or "人员态度好，排队久",
        next_tool="其他运营商",
        later_contact=text or "13987654321",
        is_contact_agreed=True,
        agreed_at=AT + timedelta(minutes=20),
        suggestions=text or "希望增加周末窗口",
        measures=(
            PaperMeasure(1, "赠费", "10 元/月 × 3 个月", 3_000, "拒绝"),
            PaperMeasure(2, "套餐优惠", "20%/月 × 3 个月", 7_407, "接受", "赵敏 2001"),
        ),
        cost_fen=7_407,
        result="离网",
        ended_at=AT + timedelta(minutes=50),
        signatures=SIGNATURES,
        customer_signature=SIGNED,
        gates=GATES,
        audit="不合格：证件、签字（证件号不清）",
        audited_by="严正 8001",
        audited_at=AT + timedelta(days=1),
        visits=(
            PaperVisit(1, date(2027, 2, 21), "王芳 1001", "满意"),
            PaperVisit(2, date(2027, 5, 21), "王芳 1001"),
        ),
        held_until=date(2027, 5, 21),
        feedbacks=(
            PaperFeedback(
                "王芳 1001",
                AT + timedelta(minutes=51),
                text or "郊区基站少，家人都换了网",
                "赵敏 2001",
                AT + timedelta(minutes=70),
                "已报网络部，下月有新站",
            ),
            PaperFeedback("李静 1002", AT + timedelta(days=2), text or "新站开通后仍有掉线"),
        ),
    )


def work_order(text: str = "") -> WorkOrderFacts:
    """A work order that was carried out."""
    return WorkOrderFacts(
        head=head(PaperKind.WORK_ORDER),
        party=party(text or "张伟"),
        order_id="01JD5Y7Q2M9K3T8W4X6Z0A1B2C",
        accepted_at=AT,
        reasons=("资费贵/套餐不合适",),
        other_words=text,
        result="离网",
        owed_fen=0,
        contract_fen=20_001,
        contract_waived_by="赵敏 2001",
        gates=GATES,
        equipment=(("光猫", "已回收"), ("机顶盒", "缺失")),
        signatures=SIGNATURES,
        customer_signature=SIGNED,
        processed_by="王芳 1001",
        processed_at=AT + timedelta(minutes=45),
        closed_at=AT + timedelta(minutes=50),
        held_until=date(2027, 5, 21),
    )


def exit_slip(text: str = "") -> ExitSlipFacts:
    """A slip with consent and offers."""
    return ExitSlipFacts(
        head=head(PaperKind.EXIT_SLIP),
        party=replace(party(text or "张*"), agent=PaperAgent()),
        left_on=date(2026, 11, 21),
        held_until=date(2027, 5, 21),
        is_port_out=False,
        is_reentry_free=True,
        refund_fen=4_321,
        gift_fen=1_000,
        is_account_alive=False,
        is_contact_agreed=True,
        later_contact_masked=text or "139****4321",
        visits=(date(2027, 2, 21), date(2027, 5, 21)),
        offers=(text or "您感兴趣的业务：更低月费、家庭共享。", "有相关优惠时，我们将按您同意的方式告知。"),
    )


def of(kind: PaperKind, text: str = "") -> PaperFacts:
    """A paper of this kind."""
    match kind:
        case PaperKind.REGISTER:
            return register(text)
        case PaperKind.WORK_ORDER:
            return work_order(text)
        case PaperKind.EXIT_SLIP:
            return exit_slip(text)


def drawing(width: int = 600, height: int = 200, *, is_blank: bool = False) -> bytes:
    """A signature drawn as a wave: a PNG of eight-bit grey."""
    rows = []
    for y in range(height):
        row = bytearray(b"\xff" * width)
        for x in range(20, width - 20) if not is_blank else ():
            if abs(y - height // 2 - (x * 7 % 160 - 80) // 2) < 4:
                row[x] = 0
        rows.append(b"\x00" + bytes(row))
    return _png(width, height, b"".join(rows))


def _png(width: int, height: int, rows: bytes) -> bytes:
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = [struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
