"""Names in other scripts, written in Latin letters as their owners mostly do.

The scripts of India share one layout: Unicode gives each a block of 128 code points in the order of ISCII, so one
table reads nine of them. A consonant carries an "a" unless a vowel sign or a virama follows; Hindi, Punjabi, Gujarati
and Bengali drop it at the end of a word (राम is Ram), the southern scripts keep it. Urdu is read letter by letter.
"""

from __future__ import annotations

INDIC_FIRST, INDIC_LAST, BLOCK = 0x0900, 0x0D7F, 0x80
VIRAMA = 0x4D
NUKTA = 0x3C
# Which of the blocks, counted from Devanagari, drop the last "a" of a word: Devanagari, Bengali, Gurmukhi, Gujarati.
DROPPING = frozenset({0, 1, 2, 3})

VOWELS = dict(
    zip(
        range(0x04, 0x15),
        ["a", "a", "a", "i", "i", "u", "u", "ri", "li", "e", "e", "e", "ai", "o", "o", "o", "au"],
        strict=True,
    )
) | {0x60: "ri"}
_CONSONANTS = "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h"
CONSONANTS = dict(
    zip(
        range(0x15, 0x3A),
        _CONSONANTS.split(),
        strict=True,
    )
)
WITH_NUKTA = {0x15: "q", 0x17: "g", 0x1C: "z", 0x21: "r", 0x22: "rh", 0x2B: "f"}
# 0x58 to 0x5F: the same with the nukta in one code point; 0x70, 0x71 are Assamese ra and wa in the Bengali block.
COMPOSED = dict(zip(range(0x58, 0x60), ["q", "kh", "g", "z", "r", "rh", "f", "y"], strict=True))
SIGNS = dict(
    zip(range(0x3E, 0x4D), ["a", "i", "i", "u", "u", "ri", "ri", "e", "e", "e", "ai", "o", "o", "o", "au"], strict=True)
)
NASALS = {0x01: "n", 0x02: "n", 0x03: "h"}
CHILLU = {0x0D7A: "n", 0x0D7B: "n", 0x0D7C: "r", 0x0D7D: "l", 0x0D7E: "l", 0x0D7F: "k", 0x0D54: "m", 0x0D55: "y"}
GURMUKHI_NASAL, GURMUKHI_DOUBLE = 0x0A70, 0x0A71

_ARABIC = "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکكگلمنںوؤہهةھءیيىئےآأإ"
_ARABIC_LATIN = "a b p t t s j ch h kh d d z r r z zh s sh s z t z a gh f q k k g l m n n o o h h h h - i i a i e a a i"
ARABIC = str.maketrans(dict(zip(_ARABIC, _ARABIC_LATIN.replace("-", "").split(" "), strict=True)))


def to_latin(text: str) -> str:
    """``text`` with every Indic and Arabic-script word written in ASCII letters; the rest is left as it is."""
    return " ".join(_indic(word).translate(ARABIC) for word in text.split())


def _indic(word: str) -> str:
    out: list[str] = []
    waiting_a = False  # the consonant before carries its "a" until something takes it away
    script = 0
    for character in word:
        code = ord(character)
        if not INDIC_FIRST <= code <= INDIC_LAST:
            if character in "\u200c\u200d":
                continue
            if waiting_a:
                out.append("a")
            waiting_a = False
            out.append(character)
            continue
        script, place = divmod(code - INDIC_FIRST, BLOCK)
        if code in CHILLU or code in (GURMUKHI_NASAL, GURMUKHI_DOUBLE):
            if waiting_a:
                out.append("a")
            waiting_a = False
            out.append("" if code == GURMUKHI_DOUBLE else CHILLU.get(code, "n"))
        elif place == NUKTA and out:
            plain = {latin: key for key, latin in CONSONANTS.items()}.get(out[-1])
            if plain in WITH_NUKTA:
                out[-1] = WITH_NUKTA[plain]
        elif place in CONSONANTS or place in COMPOSED or (script == 1 and place in (0x70, 0x71)):
            if waiting_a:
                out.append("a")
            out.append(CONSONANTS.get(place) or COMPOSED.get(place) or {0x70: "r", 0x71: "w"}[place])
            waiting_a = True
        elif place in SIGNS:
            out.append(SIGNS[place])
            waiting_a = False
        elif place == VIRAMA:
            waiting_a = False
        elif place in VOWELS or place in NASALS:
            if waiting_a:
                out.append("a")
            waiting_a = False
            out.append(VOWELS.get(place) or NASALS[place])
        elif 0x66 <= place <= 0x6F:
            out.append(str(place - 0x66))
    if waiting_a and (script not in DROPPING or len(out) == 1):
        out.append("a")
    return "".join(out)
