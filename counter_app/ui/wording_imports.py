"""The sentences of refusals about importing a hall's own files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import imports
from counter_app.domain.refusals import Refusal
from counter_app.ui.language import later, tr

_FILES = {
    "missing": later("读不到文件“{file}”（{detail}）。请核对位置和权限。"),
    "empty": later("文件“{file}”是空的。请核对。"),
    "header_only": later("文件“{file}”只有标题行，没有数据。请核对。"),
    "encoding": later("文件“{file}”第 {row} 行有不能识别的字节（{detail}）。请另存为 UTF-8 后再试。"),
    "not_a_table": later("文件“{file}”不是 CSV 或 XLSX 表格（{detail}）。请另存后再试。"),
    "row_too_long": later("文件“{file}”第 {row} 行超过 {detail} 个字符，不像表格。请核对。"),
    "too_many_columns": later("文件“{file}”的列数超过 {detail}。请核对。"),
    "bad_quotes": later("文件“{file}”第 {row} 行的引号不成对（{detail}）。请改正后再试。"),
    "zip_too_large": later("文件“{file}”展开后太大（上限 {detail}）。请另存为 CSV。"),
    "damaged": later("文件“{file}”已损坏（{detail}）。请重新导出。"),
    "encrypted": later("文件“{file}”设有密码。请去掉密码后再试。"),
    "no_sheet": later("文件“{file}”里没有这个工作表。现有：{detail}。请改正列对应表。"),
    "changed_while_read": later("读取期间文件“{file}”被改动，没有写入。请等改动结束后再试。"),
}

ROW_FAULTS = {
    "blank": later("不能为空"),
    "too_long": later("超过 {expected} 个字符"),
    "digits_lost": later("表格软件丢了数字位，请按文本保存"),
    "not_an_amount": later("不是金额，应为元，最多两位小数"),
    "negative": later("不能为负"),
    "not_a_date": later("不是日期，例如 2026-01-31"),
    "not_a_month": later("不是账期，例如 2026-01"),
    "not_yes_or_no": later("应为“是”或“否”"),
    "not_one_of": later("不在可选值中：{expected}"),
    "unknown_account": later("没有这个户号"),
    "unknown_bill": later("没有这个账单"),
    "no_bill_of_month": later("该户没有这个账期的账单：{expected}"),
    "several_bills": later("该户这个账期有多张账单：{expected}，请给出账单号"),
    "unknown_service": later("该户没有这个业务号码"),
    "twice": later("与第 {other_row} 行重复"),
    "disagrees": later("与第 {other_row} 行矛盾"),
    "other_content": later("编号已有，内容不同：{expected}"),
    "sum_differs": later("与各项目之和 {expected} 不符"),
    "opening_fixed": later("期初 {expected} 已入账，预存只在柜台变动"),
    "header_again": later("又是标题行"),
    "too_many_cells": later("单元格太多，应为 {expected}"),
    "too_few_cells": later("单元格太少，应为 {expected}"),
    "id_number_doubtful": later("证件号码可疑（{expected}），请核对"),
    "not_filled": later("没有填，新客户的资料不完整"),
    "column_absent": later("文件里没有这一列，新客户的资料不完整"),
}
"""What is wrong with a cell, by the stable word of the fault."""


def row_fault(fault: imports.RowFault) -> str:
    """One line for one fault of a file: row, column, value, and what is wrong with it."""
    other_row = fault.expected.removeprefix("row ")
    words = ROW_FAULTS.get(fault.fault, fault.fault)
    what = tr(words, expected=fault.expected, other_row=other_row)
    if not fault.column:
        return tr("第 {row} 行“{value}”：{what}", row=fault.row, value=fault.value, what=what)
    return tr(
        "第 {row} 行“{column}”为“{value}”：{what}", row=fault.row, column=fault.column, value=fault.value, what=what
    )


MAP_FAULTS = {
    "readable": later("能读取的文件（{detail}）"),
    "utf8": later("UTF-8 编码的文本"),
    "toml": later("TOML 格式的文本（{detail}）"),
    "part": later("一节 {detail}"),
    "one_of": later("以下之一：{detail}"),
    "names_and_columns": later("名称和列名的对应"),
    "column_or_constant": later("一个列名，或固定值（constant）"),
    "column_or_account_and_month": later("一个列名，或户号和账期各一列"),
    "column_or_items": later("金额所在的列名，或写 [bills.items]"),
    "column": later("一个列名"),
    "columns": later("几个列名的列表"),
    "column_or_table": later("一个列名，或一组写法"),
    "no_such_word": later("{detail} 旁没有这种写法，请删去"),
    "text": later("一段文字"),
    "count": later("{detail} 之间的整数"),
    "values": later("原值和新值的对应"),
    "formats": later("日期格式，例如 {detail}"),
}
"""What is expected in a map, by the stable word of the refusal."""


def _bad_map(r: imports.BadImportMap) -> str:
    expected = tr(MAP_FAULTS[r.expected], detail=r.detail)
    if not r.key:
        return tr("列对应表“{file}”不能使用，应为：{expected}。请改正。", file=r.file, expected=expected)
    return tr("列对应表“{file}”中 {key} 有误，应为：{expected}。请改正。", file=r.file, key=r.key, expected=expected)


def _columns_unclear(r: imports.ColumnsUnclear) -> str:
    return tr(
        "文件“{file}”里 {columns} 都可能是 {field}。请改名，或写列对应表。",
        file=r.file,
        field=r.field,
        columns=" / ".join(r.columns),
    )


def _column_missing(r: imports.ColumnMissing) -> str:
    return tr(
        "文件“{file}”缺少 {field} 所需的列：{columns}。现有：{found}。请改列名，或写列对应表。",
        file=r.file,
        field=r.field,
        columns=" / ".join(r.columns),
        found=", ".join(r.found),
    )


IMPORTS: dict[type[Refusal], Callable[[Any], str]] = {
    imports.BadImportFile: lambda r: tr(_FILES[r.fault], file=r.file, row=r.row, detail=r.detail),
    imports.BadImportMap: _bad_map,
    imports.ColumnMissing: _column_missing,
    imports.ColumnsUnclear: _columns_unclear,
    imports.ColumnTwice: lambda r: tr("文件“{file}”里有两列都叫“{column}”。请改名。", file=r.file, column=r.column),
}
