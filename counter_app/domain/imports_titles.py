"""The column names that halls' own exports use, by field, and when two are the same."""

from __future__ import annotations

import re
import unicodedata

CUSTOMER_NO = ("客户编号", "客户号", "客户编码", "客户代码", "customer_no", "customer_number", "customer_id", "cust_no")
NAME = (
    "客户名称", "客户姓名", "姓名", "户名", "用户名称", "用户姓名", "用户名", "户主", "户主姓名", "业主",
    "业主姓名", "名称", "name", "customer_name", "full_name",
)  # fmt: skip
KIND = ("客户类型", "kind", "customer_type")
CUSTOMER_CLASS = ("客户类别", "customer_class")
ID_KIND = ("证件类型", "证件种类", "id_kind", "id_type")
ID_NUMBER = (
    "证件号码", "证件号", "身份证号", "身份证号码", "身份证", "统一社会信用代码", "id_number", "id_no", "id_card",
    "id_card_no",
)  # fmt: skip
GROUP_NAME = ("集团名称", "集团", "集团客户名称", "所属集团", "group_name", "group")
MANAGER = ("客户经理", "manager", "account_manager")
SINCE_ON = (
    "入网日期", "立户日期", "开户日期", "入网时间", "立户时间", "开户时间", "since_on", "open_date", "opened_on",
)  # fmt: skip
FLAGS = ("客户标记", "标记", "客户标签", "flags")
MOBILE = (
    "手机", "手机号", "手机号码", "移动电话", "联系手机", "用户手机", "客户手机", "mobile", "mobile_no",
    "mobile_number", "mobile_phone", "cell_phone",
)  # fmt: skip
LANDLINE = ("固定电话", "固话", "座机", "座机号码", "landline", "landline_no")
PHONE = (
    "联系电话", "电话", "电话号码", "联系方式", "联系号码", "用户电话", "客户电话", "phone", "phone_no",
    "phone_number", "telephone", "tel", "contact_phone", "contact_number",
)  # fmt: skip
MAIL = ("邮箱", "电子邮箱", "电子邮件", "mail", "e-mail", "mail_address", "email_address")
CONTACT_PERSON = ("联系人", "联系人姓名", "contact_person", "contact", "contact_name")
ACCOUNT_NO = (
    "户号", "账户号", "账户编号", "用户号", "用户编号", "用户编码", "缴费户号", "缴费编号", "用电户号", "用水户号",
    "用气户号", "用热户号", "account_no", "account", "account_number", "account_id", "acct_no",
)  # fmt: skip
ADDRESS = (
    "地址", "用电地址", "用水地址", "用气地址", "用热地址", "供热地址", "装机地址", "安装地址", "用户地址",
    "客户地址", "房屋地址", "详细地址", "address", "service_address", "installation_address",
)  # fmt: skip
OTHER_ADDRESS = ("联系地址", "通讯地址", "通信地址", "mailing_address", "postal_address")
AREA = ("片区", "区域", "所属片区", "所属区域", "area", "district", "region")
CONTRACT_NO = ("合同编号", "合同号", "contract_no", "contract_number", "contract_id")
SERVICE_KIND = ("业务类型", "产品类型", "服务类型", "service_kind", "service_type")
SERVICE_NUMBER = (
    "业务号码", "服务号码", "产品号码", "设备号码", "用户号码", "计费号码", "service_number", "service_no",
    "line_number",
)  # fmt: skip
PLAN = ("套餐", "套餐名称", "资费", "资费名称", "plan", "tariff")
STATE = ("状态", "服务状态", "用户状态", "客户状态", "业务状态", "state", "status", "service_state", "service_status")
STATE_SINCE_ON = ("状态日期", "停机日期", "state_since_on", "status_date")
STATE_REASON = ("状态原因", "停机原因", "state_reason", "status_reason")
METER_NO = (
    "表号", "电表号", "水表号", "气表号", "燃气表号", "热表号", "电表编号", "水表编号", "气表编号", "表具编号",
    "表计编号", "电能表编号", "meter_no", "meter", "meter_number", "meter_id",
)  # fmt: skip
PREPAID = ("预存余额", "预存款", "预存款余额", "账户余额", "预存", "prepaid", "prepaid_balance", "account_balance")
GIFT = ("赠款余额", "赠款", "赠送余额", "赠金余额", "gift", "gift_balance")

BILL_NO = (
    "账单号", "账单编号", "账单号码", "账单流水号", "应收编号", "bill_no", "bill_number", "bill_id", "invoice_no",
)  # fmt: skip
MONTH = (
    "账期", "账单月", "账单月份", "月份", "费用年月", "费用月份", "电费年月", "水费年月", "气费年月", "应收年月",
    "计费月份", "计费年月", "所属月份", "month", "bill_month", "billing_month", "period", "bill_period",
    "billing_period",
)  # fmt: skip
ISSUED_ON = ("出账日期", "账单日期", "开账日期", "发行日期", "issued_on", "issue_date", "bill_date", "billing_date")
DUE_ON = (
    "缴费期限", "到期日", "应缴日期", "应缴日", "到期日期", "缴费截止日期", "缴费截止日", "截止日期",
    "最迟缴费日期", "due_on", "due_date", "due", "payment_due",
)  # fmt: skip
BILLED = (
    "应收金额", "应收", "金额", "本金", "账单金额", "应缴金额", "应收电费", "应收水费", "应收气费", "principal",
    "amount", "bill_amount", "billed",
)  # fmt: skip
OWED = (
    "欠费", "欠费金额", "欠费本金", "未缴金额", "费用", "费用金额", "amount_due", "outstanding", "arrears", "total",
    "charges",
)  # fmt: skip
COST = ("催收费用", "cost", "collection_cost")
ACCRUAL_START_ON = ("违约金起算日", "违约金起算日期", "accrual_start_on")
ACCRUAL_STOP_ON = ("违约金止算日", "违约金止算日期", "accrual_stop_on")
IS_DISPUTED = ("争议", "有争议", "是否争议", "is_disputed", "disputed")
IS_LATE_FEE_DEFERRED = ("违约金暂缓", "is_late_fee_deferred")
ITEM = ("费用项目", "费用类型", "费项", "收费项目", "费目", "item", "fee_type")

SETTLEMENT_ID = (
    "销账流水号", "流水号", "缴费流水号", "交易流水号", "支付流水号", "收费流水号", "销账编号", "settlement_id",
    "settlement_no", "transaction_id", "payment_id",
)  # fmt: skip
SETTLED_ON = (
    "销账日期", "缴费日期", "收费日期", "支付日期", "付款日期", "实收日期", "交易日期", "销账时间", "缴费时间",
    "settled_on", "settlement_date", "payment_date", "paid_on", "paid_date", "date_paid",
)  # fmt: skip
SETTLED = ("本金", "金额", "销账金额", "销账本金", "实收本金", "缴费金额", "principal", "amount")
RECEIVED = (
    "实收金额", "实收", "实缴金额", "收费金额", "支付金额", "paid", "amount_paid", "paid_amount", "payment_amount",
)  # fmt: skip
LATE_FEE = ("违约金", "滞纳金", "实收违约金", "late_fee", "penalty")
CHANNEL = (
    "渠道", "缴费渠道", "缴费方式", "支付方式", "收费方式", "收费渠道", "channel", "payment_channel",
    "payment_method",
)  # fmt: skip
REFERENCE = (
    "凭证号", "参考号", "凭证编号", "票据号", "收据号", "reference", "reference_no", "voucher_no", "receipt_no",
)  # fmt: skip

RECORD_NO = ("挽留单号", "挽留编号", "record_no", "case_no")
RETAINED_NUMBER = ("手机号码", "手机号", "手机", "业务号码", "用户号码", "号码", "number", "phone_number", "mobile")
LEAVE_REASON = ("退网原因", "离网原因", "原因", "reason", "churn_reason")
LEAVE_WORDS = ("原文原因", "原始原因", "source_reason")
MEASURE = ("挽留措施", "措施", "measure", "offer")
RESULT = ("挽留结果", "结果", "result", "outcome")
ENDED_ON = ("日期", "挽留日期", "办结日期", "离网日期", "退网日期", "date", "ended_on")

_BRACKETS = re.compile(r"[(\[{<【〔〈《「].*?[)\]}>】〕〉》」]")
_SIGNS = re.compile(r"[\s_\-·.:*#/]+")


def loose_key(title: str) -> str:
    """The form in which a title is known as one of these names: case, spaces, signs and full width do not count, nor
    does what stands in brackets, and 帐 is 账.
    """
    plain = unicodedata.normalize("NFKC", title).casefold()
    bare = _SIGNS.sub("", _BRACKETS.sub("", plain))
    return (bare or _SIGNS.sub("", plain)).replace("帐", "账")
