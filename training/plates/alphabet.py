"""The characters a recognizer can emit and the regions it can name. Knows nothing of images."""

DIGITS = "0123456789"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UMLAUTS = "ÄÖÜ"
# The 31 provinces of mainland plates, then the marks of training, police, trailer, Hong Kong and Macau plates.
CHINESE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼学警挂港澳"
ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"
# The letters Egypt issues, in the code points the labels use.
ARABIC_LETTERS = "أبجدرسصطعفقلمنوىھ"
# The syllables South Korea issues for private, commercial, rental and military use.
HANGUL = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호"

ALPHABET = DIGITS + LATIN + UMLAUTS + CHINESE + ARABIC_DIGITS + ARABIC_LETTERS + HANGUL
SLOTS = 12
EMPTY = 0
"""Class of an empty slot; character i of ALPHABET is class i + 1."""
IGNORED = -100
"""Target of a slot that no loss looks at: an unreadable character, or one outside the alphabet."""

_CLASS_OF = {character: index + 1 for index, character in enumerate(ALPHABET)}

REGIONS = [
    "ad",
    "ae",
    "al",
    "am",
    "ar",
    "at",
    "au",
    "ax",
    "ba",
    "be",
    "bg",
    "bh",
    "br",
    "by",
    "ca",
    "ch",
    "cl",
    "cn",
    "co",
    "cr",
    "cu",
    "cy",
    "cz",
    "de",
    "dk",
    "dz",
    "ec",
    "ee",
    "eg",
    "es",
    "fi",
    "fo",
    "fr",
    "gb",
    "ge",
    "gh",
    "gr",
    "hk",
    "hr",
    "hu",
    "id",
    "ie",
    "il",
    "in",
    "is",
    "it",
    "jo",
    "jp",
    "ke",
    "kr",
    "kw",
    "kz",
    "lb",
    "li",
    "lt",
    "lu",
    "lv",
    "ma",
    "mc",
    "md",
    "me",
    "mk",
    "mt",
    "mx",
    "my",
    "ng",
    "nl",
    "no",
    "nz",
    "om",
    "pe",
    "ph",
    "pk",
    "pl",
    "pt",
    "py",
    "qa",
    "ro",
    "rs",
    "ru",
    "sa",
    "se",
    "sg",
    "si",
    "sk",
    "sm",
    "sy",
    "th",
    "tn",
    "tr",
    "tw",
    "ua",
    "ug",
    "us",
    "uy",
    "va",
    "vn",
    "xk",
    "za",
]
_REGION_ALIASES = {"gbj": "je", "mne": "me", "slo": "si"}
_REGION_INDEX = {region: index for index, region in enumerate(REGIONS)}


def slot_targets(text: str) -> list[int]:
    """Class of each of the SLOTS slots: the characters left to right, then EMPTY; `?` and strangers are IGNORED.

    Raises:
        ValueError: the text has more than SLOTS characters.
    """
    if len(text) > SLOTS:
        raise ValueError(f"{text!r} has {len(text)} characters, a recognizer has {SLOTS} slots")
    targets = [_CLASS_OF.get(character, IGNORED) for character in text]
    return targets + [EMPTY] * (SLOTS - len(text))


def script_of(character_class: int) -> str:
    """`digit`, `letter`, `arabic-digit`, `arabic-letter` or `other` of a class."""
    character = ALPHABET[character_class - 1] if character_class > 0 else ""
    scripts = {DIGITS: "digit", LATIN: "letter", ARABIC_DIGITS: "arabic-digit", ARABIC_LETTERS: "arabic-letter"}
    return next((name for characters, name in scripts.items() if character and character in characters), "other")


def region_target(region: str | None) -> int:
    """Index of a region of the region head, or IGNORED."""
    return _REGION_INDEX.get(_REGION_ALIASES.get(region or "", region or ""), IGNORED)


def text_of(classes: list[int]) -> str:
    """Text of slot classes, up to the first empty slot."""
    text = ""
    for slot_class in classes:
        if slot_class == EMPTY:
            break
        text += ALPHABET[slot_class - 1]
    return text
