"""Personal data of known form is taken out in any script; what tells goods and marks is left."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples

from sinks.lumen.redaction import redact

NAMES = (
    *("Jane Roe", "王伟", "山田 太郎", "김철수", "สมชาย", "محمد العلي", "דוד כהן", "Анна Иванова"),
    *("Иван Петров", "Γιώργος Παπαδόπουλος", "Nguyễn Văn An"),
)


@pytest.mark.parametrize(
    "secret",
    [
        "jane.roe+x@mail.example.co.uk", "+49 (0)30 123 45 67", "0171/2345678",
        "DE89 3704 0044 0532 0130 00",
        "Hauptstraße 12a", "221b Baker Street", "12 rue de la Paix", "JANE ROE",
        "4111 1111 1111 1111", "4111111111111111", "6222021234567890128", "378282246310005",
        "AB123456C", "12345678Z", "RSSMRA85T10A562S", "078-05-1120", "212-555-1234",
    ],
)  # fmt: skip
def test_personal_data_of_known_form_is_taken_out(secret):
    told = redact(f"They copy it. Ask {secret}; our mark is CUTEX 2824281.", NAMES)
    assert secret not in told
    assert "our mark is CUTEX 2824281." in told


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("请联系王伟先生处理", "王伟"),
        ("請聯繫Jane Roe先生", "Jane Roe"),
        ("联系Ｊａｎｅ　Ｒｏｅ处理", "Ｊａｎｅ"),
        ("電話090-1234-5678まで", "090-1234-5678"),
        ("電話０９０－１２３４－５６７８まで", "０９０－１２３４－５６７８"),
        ("手机13812345678联系", "13812345678"),
        ("手机号：１３８１２３４５６７８。", "１３８１２３４５６７８"),
        ("身份证11010519491231002X号", "11010519491231002X"),
        ("身份证号110105194912310025", "110105194912310025"),
        ("微信号abc_12345联系", "abc_12345"),
        ("QQ号 12345678 联系", "12345678"),
        ("邮箱jane@roe.example联系", "jane@roe.example"),
        ("邮箱ｊａｎｅ＠ｒｏｅ．ｅｘａｍｐｌｅ联系", "ｒｏｅ"),
        ("银行卡6222021234567890128开户", "6222021234567890128"),
        ("担当は山田太郎さんです", "山田太郎"),
        ("担当は山田　太郎さんです", "太郎"),
        ("マイナンバー123456789018です", "123456789018"),
        ("東京都渋谷区道玄坂1-2-3に住む", "道玄坂1-2-3"),
        ("〒150-0043 渋谷", "150-0043"),
        ("北京市朝阳区建国路88号501室", "建国路88号"),
        ("김철수가 판매합니다", "김철수"),
        ("연락처010-1234-5678로", "010-1234-5678"),
        ("주민등록번호 850101-1234567입니다", "850101-1234567"),
        ("서울시 강남구 테헤란로 152", "테헤란로 152"),
        ("ติดต่อคุณสมชายได้", "สมชาย"),
        ("โทร0812345678ได้เลย", "0812345678"),
        ("โทร๐๘๑๒๓๔๕๖๗๘ได้เลย", "๐๘๑๒๓๔๕๖๗๘"),
        ("บัตรประชาชน1101700230708นะ", "1101700230708"),
        ("call 2125551234 now", "2125551234"),
        ("tel:0301234567", "0301234567"),
        ("see wa.me/4917012345678", "4917012345678"),
        ("Позвоните +7 (912) 345-67-89 сейчас", "912"),
        ("اتصل ٠٥٠١٢٣٤٥٦٧", "٠٥٠١٢٣٤٥٦٧"),
        ("CPF 123.456.789-09", "123.456.789-09"),
        ("NINO AB 12 34 56 C", "12 34 56"),
        ("اتصل بمحمد العلي اليوم", "محمد"),
        ("وللعلي حصة", "علي"),
        ("هاتف 501234567 للبيع", "501234567"),
        ("رقم الهوية 1023456789", "1023456789"),
        ("שלחו לכהן", "כהן"),
        ("טלפון 501234567", "501234567"),
        ("ת.ז. 123456782", "123456782"),
        ("Свяжитесь с Анной Ивановой", "Ивановой"),
        ("передать Ивану Петрову", "Иван"),
        ("карта 2200700412345678", "2200700412345678"),
        ("στον Γιώργο Παπαδόπουλο", "Παπαδόπουλο"),
        ("điện thoại 84912345678", "84912345678"),
        ("TC kimlik no 10000000146", "10000000146"),
        ("मोबाइल 919876543210", "919876543210"),
        ("móvil 612345678", "612345678"),
        ("paid to de89370400440532013000", "de89370400440532013000"),
        ("账户DE89370400440532013000开户", "DE89370400440532013000"),
        ("ラインID: taro_yamada", "taro_yamada"),
        ("阿里旺旺：wangwei88", "wangwei88"),
    ],
)
def test_personal_data_inside_any_script_is_taken_out(text, secret):
    told = redact(text, NAMES)
    assert secret not in told
    assert "[redacted]" in told


@pytest.mark.parametrize(
    "text",
    [
        "our mark 2824281, US 76/044,902 and US serial 76044902",
        "Unionsmarke 018224153, EUTM 017284153",
        "EM018224153 and UK00003012345",
        "등록번호 40-2019-0012345호",
        "登録第5123456号の商標です",
        "商标注册号12345678号",
        "DE 302019012345 was registered on 2019-08-30, renewed 2029-08-30",
        "EAN 4006381333931 on the box, GTIN 00012345600012",
        "ISBN 978-3-16-148410-0, or 978 0 306 40615 7",
        "条码6901234567892不同",
        "barcode 4 006381 333931",
        "商品宝贝123456789012是假货",
        "listing 1005001234567890 and item 254123456789",
        "สินค้า 254123456789 เป็นของปลอม",
        "iPhone 15 Pro Max 256 GB, 1:1 scale, 24/7, 100%",
        "ordered 2024-01-02 2024-03-04, size 42-44",
        "see https://shop.example/item/254123456789.html",
        "王府井 is a street of shops",
        "제40-1234567호",
        "商願2019-123456号",
        "номер заявки 2019712345",
        "nhãn hiệu 4-2019-12345",
        "الباركود 6281007031011",
        "ברקוד 7290000066318",
        "штрихкод 4600051000057, объявление 254123456789",
        "model 123-4567-890",
        "专利号ZL201930123456",
    ],
)
def test_what_tells_goods_listings_and_marks_is_left(text):
    assert redact(text, NAMES) == text


def test_numbers_of_the_case_are_left_whatever_they_look_like():
    text = "Listing 13812345678 copies mark 0123456789; call 13812345679."
    told = redact(text, kept=("13812345678", "0123456789"))
    assert told == "Listing 13812345678 copies mark 0123456789; call [redacted]."


PARTS = ["a@b.cd", "+4930123456789", " ", "Roe", "x", "7", "/", "電話", "０", "王伟", "13812345678"]


@settings(max_examples=examples(200))
@given(st.lists(st.sampled_from(PARTS)))
def test_nothing_of_known_form_is_left(parts):
    told = redact("".join(parts), ("Roe", "王伟"))
    assert redact(told, ("Roe", "王伟")) == told
