"""Tells numbers of people (telephone, identity, card, account) from those of goods, listings and
registers, by their form and the words before them."""

import re
from datetime import date

from stdnum import ean, luhn
from stdnum.th import pin as thai_identity

from sinks.lumen.scripts import UNSPACED

NUMBER = re.compile(
    rf"(?<![^\W{UNSPACED}])(?<![/.])\+?\(?[0-9](?:[ ()./ー-]{{0,2}}[0-9]){{6,22}}[Xx]?"
    rf"(?![^\W{UNSPACED}]|[/-])"
)
"""A number of seven digits or more, its groups parted by up to two signs each."""

SHORTEST = 9
WORDS_BEFORE_CHARACTERS = 32

_PERSONAL = re.compile(
    r"tel(?:efon|[ée]fono|efone|\b)|phone|mobile|cell\b|call\b|handy|whatsapp|wechat|weixin"
    r"|viber|fax|sms\b|qq(?![a-z])|card\b|account|passport|identity|\bid card|national id|\bssn\b"
    r"|aadhaar|nric|\bcpf\b"
    r"|电话|電話|手机|手機|微信|联系|聯繫|身份证|身分證|银行卡|銀行卡|账号|帐号|帳號|護照|护照"
    r"|携帯|連絡先|マイナンバー|個人番号|口座|전화|연락처|휴대폰|핸드폰|주민등록|계좌"
    r"|โทร|เบอร์|มือถือ|แฟกซ์|บัตรประชาชน|บัญชี|телефон|тел\b|моб\b|паспорт|снилс|\bинн\b"
    r"|\bкарт[аыуе]\b|\bсч[её]т|картк[аиу]|рахунок|هاتف|جوال|موبايل|واتس|هوية|جواز|حساب|بطاقة|اتصل"
    r"|טלפון|נייד|פלאפון|ווטסאפ|ת\.? ?ז\b|תעודת זהות|דרכון|חשבון|כרטיס|फोन|मोबाइल|आधार|खाता"
    r"|τηλ|κινητ|ταυτότητα|λογαριασμ|điện thoại|\bsđt\b|\bcccd\b|\bcmnd\b|căn cước|tài khoản"
    r"|\bzalo\b"
    r"|\bnik\b|\bktp\b|rekening|\btelp\b|kimlik|\bcep\b|\bpesel\b|dow[oó]d|ausweis|konto\b"
    r"|\bbsn\b|personnummer|m[oó]vil|celular|telem[oó]vel|cellulare|\bdni\b|cuenta|tarjeta|\bconto\b",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"trade ?marks?|\bmarks?\b|marke|marque|marca|\breg(?:istration|istered|ister|\.|\b)"
    r"|application|serial|\beutm\b|\bctm\b|\bir\b|wipo|euipo|uspto|\bno\.|\bnr\.?|№|\bean\b|\bisbn\b|\bgtin\b|\bupc\b|barcode"
    r"|\bitem|listing|product|article|\bsku\b|order|\bids?\b"
    r"|商标|商標|注册号|註冊號|申请号|登録|出願|条码|条形码|商品|宝贝|货号|訂單|订单|品番"
    r"|상표|등록번호|출원번호|국제등록|상품|판매번호|모델|바코드|เครื่องหมายการค้า|ทะเบียน|คำขอ|สินค้า"
    r"|товар|знак|заявк|свидетельств|регистрац|объявлен|модель|штрихкод|סימן|רישום|פריט|ברקוד"
    r"|علامة|تسجيل|إعلان|منتج|باركود|商願|商登|专利|專利|型番|型号|型號|\bđơn\b|nhãn hiệu|sản phẩm"
    r"|\bmodel|modèle|modelo|modell|registro|marchio|\bpatent",
    re.IGNORECASE,
)
_DATES = re.compile(r"(?:(?:19|20)[0-9]{2}[-./][01]?[0-9][-./][0-3]?[0-9][ /-]{0,2})+")
_KOREAN_REGISTER = re.compile(r"4[0-9]-(?:[0-9]{4}-)?[0-9]{7}(?:-[0-9]{2})?")
_JAPANESE_REGISTER = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{6}")
_UNION_REGISTER = re.compile(r"0[01][0-9]{7}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}|1?[2-9][0-9]{2}[2-9][0-9]{6}")
"""Telephone numbers without signs or a leading zero: China's mobile ones, North America's."""

_CARD_LENGTHS = {"3": (14, 15, 16), "4": (16, 19), "5": (16,), "6": (16, 17, 18, 19), "2": (16,)}
_BIRTHS = range(1900, 2100)


def is_personal(written: str, before: str) -> bool:
    """Tell whether a number, its digits folded to ASCII, is likely to be a person's.

    `before` is the text that it stands behind. A number written together that tells nothing of
    itself, as listings' and registers' are, is left.
    """
    digits = "".join(re.findall(r"[0-9Xx]", written))
    together = digits == written
    said = _said(before)
    if _is_register_or_day(written):
        return False
    if len(digits) < SHORTEST:
        return said == "personal"
    if written[0] == "+" or _is_identity(digits, before) or _is_card(digits, together):
        return True
    if ean.is_valid(digits) and (together or _is_parted(_groups(written))):
        return said == "personal"
    if said is not None:
        return said == "personal"
    return not together or digits[0] == "0" or _MOBILE.fullmatch(digits) is not None


def _said(before: str) -> str | None:
    """Return what the nearest telling word says of a number behind it."""
    near = before[-WORDS_BEFORE_CHARACTERS:]
    personal = max((found.end() for found in _PERSONAL.finditer(near)), default=-1)
    impersonal = max((found.end() for found in _IMPERSONAL.finditer(near)), default=-1)
    if personal == impersonal:
        return None
    return "personal" if personal > impersonal else "impersonal"


def _is_register_or_day(written: str) -> bool:
    forms = (_DATES, _KOREAN_REGISTER, _JAPANESE_REGISTER, _UNION_REGISTER)
    return any(form.fullmatch(written) for form in forms)


def _is_identity(digits: str, before: str) -> bool:
    if len(digits) == 18:
        return _is_day(digits[6:14])
    if len(digits) != 13:
        return False
    if thai_identity.is_valid(digits):
        return re.search("[\u0e00-\u0e7f]", before) is not None or not ean.is_valid(digits)
    # A Korean resident's number: day of birth, then the century and sex.
    return digits[6] in "12345678" and _is_day("19" + digits[:6]) and not ean.is_valid(digits)


def _is_card(digits: str, together: bool) -> bool:
    fits = len(digits) in _CARD_LENGTHS.get(digits[0], ())
    return fits and luhn.is_valid(digits) and not (together and ean.is_valid(digits))


def _is_day(digits: str) -> bool:
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return found.year in _BIRTHS


def _is_parted(groups: list[int]) -> bool:
    """Tell whether a number is parted as those of goods are; books' in five parts."""
    return groups in ([1, 6, 6], [6, 6], [4, 4]) or (len(groups) == 5 and groups[0] == 3)


def _groups(written: str) -> list[int]:
    return [len(group) for group in re.findall("[0-9]+", written)]
