"""The characters of GB 18030-2022 by implementation level, from Unicode blocks (docs/decisions/0003-fonts.md)."""

from __future__ import annotations

# 12 of the block of compatibility ideographs are unified ideographs in truth
_UNIFIED_IN_COMPATIBILITY = "\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27\ufa28\ufa29"
# 14 components that GBK already had in two bytes
_COMPONENTS = "⺁⺄⺈⺋⺌⺗⺧⺪⺮⺳⺶⺷⺻⻊"
# what 通用规范汉字表 (2013, 8,105 characters) has beyond level 1
_GENERAL_LIST_BEYOND_LEVEL_1 = (
    "𬉼𠳐𥻗𠙶𬣙𨙸𬇕𬣞𬘓𫭟𫭢𫇭𫐄𫵷𣲘𣲗𬇙𬣡𫸩𨚕𫘜𬘘𫘝𦭜𬨂𬀩𬀪𬬩𫍣𬣳𬩽𬮿𬯀𫰛𬳵𬳶𫠊𬍛𬜬𦰡"
    "𪾢𪨰𫓧𬬮𬬱𬬭𦙶𬘡𬳽𬘩𫄧𪟝𬍤𫭼𬜯𬂩𫠆𨐈𬌗𫑡𪨶𬬸𬬻𬬹𬬿𬭁𫢸𫗧𬊈𬒈𨺙𬳿𫄨𬘫𫮃𬱖𬟽𫓯𫟹𫟼"
    "𠅤𬇹𬍡𬤇𫍯𬤊𫍲𬯎𬘬𬘭𬴂𫘦𫟅𬘯𫘧𪣻𡎚𬃊𬷕𫐐𬹼𧿹𫶇𫖮𬭊𨱇𫓶𬭎𫖯𬱟𫛭𫷷𬮱𬊤𣸣𬴃𫘨𤧛𬪩𬒔"
    "𬨎𫐓𫫇𫓹𬭚𬭛𬕂𬶋𬶍𦝼𫔶𫌀𫖳𫘪𫘬𫞩𡐓𪤗𣗋𬸘𬒗𥔲𫚖𨱏𬭤𫚕𬶐𬶏𩽾𬸚𬤝𬙂𬭩𩾃𬸣𫍽𬴊𬞟𥕢𫟦"
    "𬺈𫠜𪩘𬭬𨱑𬭯𫗴𬸦𫄷𤩽𬭳𬭶𫔍𬭸𨱔𬭼𫔎𬸪𬶟𬶠𬶨𦈡𫄸𬟁𥖨𦒍𬙊𬶭𩾌𨟠𬶮𨭉𬙋𤫉𬺓𫚭"
)


def _block(first: int, last: int) -> set[str]:
    return {chr(code) for code in range(first, last + 1)}


URO = _block(0x4E00, 0x9FEF)
EXTENSION_A = _block(0x3400, 0x4DB5)
EXTENSION_B = _block(0x20000, 0x2A6D6)
EXTENSION_C = _block(0x2A700, 0x2B734)
EXTENSION_D = _block(0x2B740, 0x2B81D)
EXTENSION_E = _block(0x2B820, 0x2CEA1)
EXTENSION_F = _block(0x2CEB0, 0x2EBE0)
KANGXI_RADICALS = _block(0x2F00, 0x2FD5)

LEVEL_1 = URO | EXTENSION_A | set(_UNIFIED_IN_COMPATIBILITY) | set(_COMPONENTS)
LEVEL_2 = LEVEL_1 | set(_GENERAL_LIST_BEYOND_LEVEL_1)
IDEOGRAPHS = (LEVEL_2 - set(_COMPONENTS)) | EXTENSION_B | EXTENSION_C | EXTENSION_D | EXTENSION_E | EXTENSION_F
LEVEL_3 = IDEOGRAPHS | LEVEL_2 | KANGXI_RADICALS


def two_byte_symbols() -> set[str]:
    """The letters and signs that GB 18030 keeps in two bytes, as level 1 wants them too."""
    found = set()
    for lead in range(0xA1, 0xAA):
        for trail in range(0xA1, 0xFF):
            try:
                char = bytes((lead, trail)).decode("gb18030")
            except UnicodeDecodeError:
                continue
            if not "\ue000" <= char <= "\uf8ff":
                found.add(char)
    return found
