"""Which disguises are tried on names of which script."""

import random
from collections.abc import Callable

from ops.trials.evaluation import more_tricks, tricks

Trick = Callable[[str, random.Random], str]

ORDINARY = frozenset(
    {
        "joined",
        "traditional",
        "half_width",
        "hiragana",
        "long_mark",
        "small_kana",
        "voicing_apart",
        "article",
        "glued",
    }
)
"""Ways of writing that are no disguise: many write so, and nothing is done about them alone."""

NEAR = frozenset({"misspelt", "vowels_dropped", "homophone"})
"""Ways of writing that only come near a name, or sound like it: never enough for a block."""

LATIN: dict[str, Trick] = {
    "look_alike": tricks.look_alike,
    "leet": tricks.leet,
    "separator": tricks.separator,
    "spaced_letters": tricks.spaced,
    "invisible": tricks.invisible,
    "accents": tricks.accents,
    "full_width": tricks.full_width,
    "styled": tricks.styled,
    "masked": tricks.masked,
    "split_word": tricks.split,
    "joined": tricks.joined,
    "misspelt": tricks.misspelt,
    "flag_letters": more_tricks.flag_letters,
    "several_masked": more_tricks.several_masked,
    "vowels_dropped": more_tricks.vowels_dropped,
    "leet_spaced": more_tricks.leet_spaced,
    "glued": more_tricks.glued,
    "entities": more_tricks.entities,
    "digit_inside": more_tricks.digit_inside,
    "split_in_three": more_tricks.split_in_three,
    "small_capitals": more_tricks.small_capitals,
    "squared": more_tricks.squared,
}
CHINESE: dict[str, Trick] = {
    "traditional": tricks.traditional,
    "invisible": tricks.invisible,
    "dense_separator": tricks.dense_separator,
    "sign_between": more_tricks.sign_between,
    "homophone": more_tricks.homophone,
}
JAPANESE: dict[str, Trick] = {
    "half_width": tricks.half_width_kana,
    "hiragana": tricks.hiragana,
    "invisible": tricks.invisible,
    "dense_separator": tricks.dense_separator,
    "long_mark": more_tricks.long_mark,
    "small_kana": more_tricks.small_kana,
    "voicing_apart": more_tricks.voicing_apart,
}
KOREAN: dict[str, Trick] = {
    "invisible": tricks.invisible,
    "dense_separator": tricks.dense_separator,
    "jamo": more_tricks.jamo,
}
CYRILLIC: dict[str, Trick] = {
    "invisible": tricks.invisible,
    "accents": tricks.accents,
    "spaced_letters": tricks.spaced,
    "latin_inside": more_tricks.latin_inside,
}
BY_SCRIPT: dict[str, dict[str, Trick]] = {
    "latin": LATIN,
    "chinese": CHINESE,
    "japanese": JAPANESE,
    "korean": KOREAN,
    "cyrillic": CYRILLIC,
    "arabic": {"article": more_tricks.arabic_article, "invisible": tricks.invisible},
    "hebrew": {"article": more_tricks.hebrew_article, "invisible": tricks.invisible},
    "thai": {"spaced": more_tricks.thai_spaced, "invisible": tricks.invisible},
}


def tricked(title: str, name: str, trick: Trick, chance: random.Random) -> str | None:
    """Return a title with a brand's name disguised.

    None where the trick changes nothing, or the name stands in the title once more as it is.
    """
    at = title.lower().find(name.lower())
    if at < 0 or len(title.lower()) != len(title):
        return None
    if title.lower().find(name.lower(), at + len(name)) >= 0:
        return None
    written = title[at : at + len(name)]
    changed = trick(written, chance)
    return None if changed == written else title[:at] + changed + title[at + len(name) :]
