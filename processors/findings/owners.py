"""Owners' names as registers write them, compared: the same, perhaps the same, another's.

What holds for a takedown is only the same; what counts as another's is only what no machine could
take for a slip of the pen, a short form, or another script.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from processors.matching.folding import fold, is_hangul, is_unspaced

OwnerLikeness = Literal["same", "near", "other"]
"""near: some name is shared or nearly so, or the scripts differ, so that a machine can't tell."""

NEAR_SIMILARITY = 0.7
MINIMUM_NEAR_CHARACTERS, MINIMUM_PART_CHARACTERS, MINIMUM_DENSE_CHARACTERS = 4, 4, 2
MINIMUM_SHORT_CHARACTERS, MAXIMUM_SHORT_CHARACTERS = 2, 5

LEGAL_FORMS = frozenset(
    fold(form)
    for form in (
        "inc incorporated corp corporation co company companies llc llp lllp pllc lp ltd "
        "limited plc pc ulc unlimited dac clg cic teo teoranta gmbh mbh ag kg kgaa ohg ug gbr "
        "ek ev eg se sa sas sasu sarl eurl sca scs scop sl slu slne sll spa srl srls sapa snc "
        "sc sapi bv nv cv vof bvba cvba sprl scrl asbl vzw stichting ab as asa ans aps ks oy "
        "oyj tmi ehf hf ohf kk gk yk kaisha gaisha kabushiki pty pte pvt private zoo spzoo sro "
        "spol vos doo dooel jdoo dd kft nyrt zrt rt bt ad ead ood eood jsc ojsc cjsc pjsc oü "
        "sia uab tbk pt persero bhd berhad sdn sdnbhd ltda cia eireli me epp mei sab de rl sti "
        "şti anonim şirketi jv fze fzco fzc fzllc dmcc wll bsc saoc saog sal psc kscc "
        "aktiengesellschaft gesellschaft aktiebolag aktieselskab anpartsselskab aksjeselskap "
        "osakeyhtiö societe anonyme sociedad anonima sociedade societa per azioni proprietary "
        "limitada cie the and und "
        "et y e i of ve og och ооо оао зао пао ао нао тов тоо ип чп фоп прат пат общество αε "
        "επε εε οε ικε μονοπρόσωπη ش.م.م ش.ذ.م.م ش.م.ل ش.م.ع ذ.م.م شركة المحدودة مساهمة בע״מ "
        "בעמ"
    ).split()
) | frozenset(("شمم", "شذمم", "شمل", "شمع", "ذمم"))
"""Forms of companies of many countries, and words that registers set or leave out."""

_LONG_FORMS = tuple(
    fold(form)
    for form in (
        "public limited company",
        "limited liability company",
        "limited liability partnership",
        "limited partnership",
        "private limited",
        "gesellschaft mit beschränkter haftung",
        "kommanditgesellschaft auf aktien",
        "société par actions simplifiée",
        "société à responsabilité limitée",
        "société anonyme",
        "sociedad anónima",
        "société en commandite par actions",
        "à responsabilité limitée",
        "società a responsabilità limitata",
        "società per azioni",
        "de responsabilidad limitada",
        "sociedad limitada",
        "sociedade limitada",
        "de capital variable",
        "besloten vennootschap",
        "naamloze vennootschap",
        "spółka z ograniczoną odpowiedzialnością",
        "spółka akcyjna",
        "sp z oo",
        "sp z o o",
        "společnost s ručením omezeným",
        "spol s r o",
        "akciová společnost",
        "spoločnosť s ručením obmedzeným",
        "akciová spoločnosť",
        "korlátolt felelősségű társaság",
        "zártkörűen működő részvénytársaság",
        "nyilvánosan működő részvénytársaság",
        "društvo s ograničenom odgovornošću",
        "societate cu răspundere limitată",
        "anonim şirketi",
        "limited şirketi",
        "công ty cổ phần",
        "công ty tnhh",
        "công ty trách nhiệm hữu hạn",
        "sendirian berhad",
        "perseroan terbatas",
        "joint stock company",
        "allmennaksjeselskap",
        "общество с ограниченной ответственностью",
        "публичное акционерное общество",
        "закрытое акционерное общество",
        "акционерное общество",
        "товариство з обмеженою відповідальністю",
        "приватне акціонерне товариство",
        "ανώνυμη εταιρεία",
        "ذات مسؤولية محدودة",
        'בע"מ',
    )
)

GENERIC = frozenset(
    (
        "group holding holdings international global worldwide brands brand trademarks "
        "trademark products trading enterprises industries ip licensing properties "
        "intellectual property management europe usa america china japan deutschland france "
        "italia uk services solutions technologies technology design designs fashion "
        "cosmetics electronics sports home official sp z o o sanayi ticaret san tic"
    ).split()
)
"""Words that names of unrelated companies share."""

_DENSE_FORM = re.compile(
    "股份有限公司|有限责任公司|有限責任公司|有限公司|有限合伙|株式会社|合同会社|合資会社|合名会社|"
    "一般社団法人|財団法人|"
    "주식회사|유한책임회사|유한회사|有限會社|有限会社|\\(주\\)|\\(유\\)|\\(株\\)|\\(有\\)|㈱|㈲|㈜|"
    "บริษัท|จำกัด|มหาชน|ห้างหุ้นส่วน"
)
_LONG_FORM = re.compile(rf"(?<![^ ])(?:{'|'.join(map(re.escape, _LONG_FORMS))})(?![^ ])")
_SINGLE_LETTERS = re.compile(r"\b(\w) (?=\w\b)")


@lru_cache(maxsize=65_536)
def owner_name(name: str) -> str:
    """Return an owner's name without case, punctuation and legal form, for comparison."""
    folded = fold(_DENSE_FORM.sub(" ", name).replace("&", " "))
    words = _LONG_FORM.sub(" ", folded).split() or folded.split()
    # Abbreviations with dots, such as S.A., come as single letters.
    joined = _SINGLE_LETTERS.sub(r"\1", " ".join(words)).split()
    kept = [word for word in joined if word not in LEGAL_FORMS]
    return " ".join(kept or joined)


@lru_cache(maxsize=65_536)
def legal_forms_of(name: str) -> frozenset[str]:
    """Return the words of a name that tell the company's form, as they are written."""
    dense = [each.strip("()") for each in _DENSE_FORM.findall(name)]
    folded = fold(_DENSE_FORM.sub(" ", name).replace("&", " "))
    long = [each.replace(" ", "") for each in _LONG_FORM.findall(folded)]
    words = _SINGLE_LETTERS.sub(r"\1", " ".join(_LONG_FORM.sub(" ", folded).split())).split()
    kept = [word for word in words if word not in LEGAL_FORMS]
    forms = [word for word in words if word in LEGAL_FORMS] if kept else []
    return frozenset((*dense, *long, *forms))


def likeness(names: Iterable[str], others: Iterable[str]) -> OwnerLikeness:
    """Tell how the nearest of some names and the nearest of others compare."""
    ours = {form for name in names for form in _forms(name)}
    theirs = {form for name in others for form in _forms(name)}
    if ours & theirs:
        return "same"
    if {each.replace(" ", "") for each in ours} & {each.replace(" ", "") for each in theirs}:
        return "same"
    pairs = [(one, other) for one in ours for other in theirs]
    near = any(_share_word(*pair) or _are_near(*pair) for pair in pairs)
    return "near" if near or _unlike_scripts(ours, theirs) else "other"


def may_be_same_owner(names: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether two lists of names may be of one owner, as names of one group's companies are.

    What is only spelled nearly so is no reason to take two owners for one.
    """
    ours, theirs = ({owner_name(each) for each in side} for side in (names, others))
    scripts, other_scripts = (
        frozenset[str]().union(*map(_scripts, side)) for side in (ours, theirs)
    )
    shared = any(_share_word(one, other) for one in ours for other in theirs)
    return shared or scripts.isdisjoint(other_scripts)


def _forms(name: str) -> Iterator[str]:
    """Return a name as it is, and with what stands behind its comma first, as of persons."""
    yield owner_name(name)
    last, comma, first = name.partition(",")
    if comma and "," not in first:
        yield owner_name(f"{first} {last}")


def _share_word(one: str, other: str) -> bool:
    """Tell whether two names share a telling word, or their letters, or one has none that tells."""
    words, others = _telling(one), _telling(other)
    joined = one.replace(" ", "") == other.replace(" ", "")
    return joined or not (words and others) or not words.isdisjoint(others)


@lru_cache(maxsize=65_536)
def _are_near(one: str, other: str) -> bool:
    """Tell whether two names nearly share a telling word, or one is short for the other."""
    words, others = _telling(one), _telling(other)
    if _shortens(one, other) or _shortens(other, one):
        return True
    joined, other_joined = (
        "".join(word for word in name.split() if word in telling)
        for name, telling in ((one, words), (other, others))
    )
    if any(_is_part(each, other_joined) for each in words) or any(
        _is_part(each, joined) for each in others
    ):
        return True
    return any(
        min(len(a), len(b)) >= MINIMUM_NEAR_CHARACTERS
        and OSA.normalized_similarity(a, b) >= NEAR_SIMILARITY
        for a in (*words, joined)
        for b in (*others, other_joined)
    )


def _is_part(word: str, joined: str) -> bool:
    dense = is_unspaced(word[0]) or is_hangul(word[0])
    least = MINIMUM_DENSE_CHARACTERS if dense else MINIMUM_PART_CHARACTERS
    return len(word) >= least and word in joined


def _shortens(short: str, name: str) -> bool:
    """Tell whether a name may be another's initials, as VW is Volkswagen and HP Hewlett-Packard.

    Words that only one of them has may be left out, and a word may be several written together.
    """
    letters = short.replace(" ", "")
    if not MINIMUM_SHORT_CHARACTERS <= len(letters) <= MAXIMUM_SHORT_CHARACTERS:
        return False
    words = name.split()
    initials = "".join(word[0] for word in words)
    if len(words) > 1:
        return initials.startswith(letters) or letters.startswith(initials)
    rest = iter(name)
    return name[0] == letters[0] and all(letter in rest for letter in letters)


def _telling(name: str) -> frozenset[str]:
    return frozenset(word for word in name.split() if word not in GENERIC and len(word) > 1)


def _unlike_scripts(names: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether some name on one side can be compared with none on the other."""
    ours, theirs = [_scripts(each) for each in names], [_scripts(each) for each in others]
    return any(
        all(scripts.isdisjoint(other) for other in opposite)
        for one, opposite in ((ours, theirs), (theirs, ours))
        for scripts in one
    )


@lru_cache(maxsize=65_536)
def _scripts(name: str) -> frozenset[str]:
    """Return the scripts of a name's letters, by the first words of their Unicode names."""
    return frozenset(
        unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()
    )
