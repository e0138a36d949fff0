"""Rough rendered plates with known character centres: enough to teach a recognizer where to look.

Realism is the job of `platekit synth`; this module only bootstraps alignment. All drawing is by Pillow.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .alphabet import ARABIC_DIGITS, ARABIC_LETTERS, CHINESE, DIGITS, HANGUL, LATIN, SLOTS, UMLAUTS

HEIGHT = 96

# A = Latin letter, 9 = digit, C = Chinese province, R = Arabic letter, N = Arabic digit, K = Hangul, / = next line.
ONE_LINE = [
    "AAA9999",
    "AAA-9999",
    "AAA9A99",
    "AA999AA",
    "AA-999-AA",
    "AA99AAA",
    "A999AAA",
    "AAA999A",
    "AA-99-99",
    "99-AA-99",
    "99-AAA-9",
    "9-AAA-99",
    "99AA99",
    "AAA999",
    "999AAA",
    "9AAA999",
    "AA9999",
    "A9999",
    "AA99AA9999",
    "AA99A9999",
    "AA-99-AA-9999",
    "99AAA99",
    "99A9999",
    "9999AAA",
    "999-9999",
    "99999-999-99",
    "9999999999",
    "A-AA9999",
    "AA-A999",
    "AAA-A9",
    "AA-AA9999",
    "A999AA",
    "AA9999AA",
    "AA999",
    "999999",
    "99999",
    "AA99999",
    "AA999999",
    "99-9999",
    "999A9999",
    "9AA9999",
    "AAAA99",
    "A9-999-99",
    "99A-999.99",
    "99A-9999",
    "99-A9-999.99",
    "999T9999",
    "99T9999",
    "AAAAAA",
    "AAAAAAA",
    "AAAA",
    "AAAAA",
    "9999",
    "99",
    "999",
    "A999",
    "A99",
    "9AAA99",
    "AA9A999",
    "A999A",
    "AAA99",
    "AA99",
    "AA9",
    "A99AAA",
    "999AA99",
    "999AA99",
    "9999AA99",
    "AA-999AA",
    "A9AAA",
    "9A9999",
    "A999999",
    "AAA9999A",
]
TWO_LINE = [
    "99-A9/999.99",
    "99-A9/9999",
    "99A9/99999",
    "99A/999.99",
    "AAA/9999",
    "AAA/999",
    "AA99/AA9999",
    "AA99A/9999",
    "AA9/9999",
    "A-AA/999",
    "AA/9999",
    "AA-9/999",
    "AAA/9A99",
    "999/AAA",
    "9AA/AAA",
    "AA99/AAA",
    "A999/AAA",
    "AA/99999",
    "99/9999",
    "AA999/AAA",
    "AA/AA99",
    "LEA/9999",
    "AA99A/999",
]
_OTHER = (
    ["CA·99999", "CA·A9999", "CA·99A99", "CAA99999", "CA9A9999"],
    ["NNNNRRR", "NNNRRR", "NNNNRR", "NNNRR", "NNRR", "NNNNR", "NNNRRR"],
    (["99K9999", "999K9999", "99K/9999"]),
)
_COLOURS = [  # background, text, weight
    ((245, 245, 240), (20, 20, 22), 8),
    ((240, 190, 30), (15, 15, 15), 3),
    ((15, 15, 18), (240, 240, 240), 1.5),
    ((20, 60, 170), (245, 245, 245), 1.5),
    ((170, 20, 30), (245, 245, 245), 0.7),
    ((20, 110, 60), (240, 240, 240), 0.7),
    ((245, 245, 240), (20, 40, 140), 1),
    ((245, 245, 245), (160, 20, 30), 0.8),
    ((245, 245, 245), (10, 100, 50), 0.6),
    ((150, 200, 160), (10, 20, 10), 0.7),
    ((190, 195, 200), (40, 45, 50), 1.5),
]
BANNERS = [
    "CALIFORNIA",
    "TEXAS",
    "FLORIDA",
    "SUNSHINE",
    "STATE",
    "NEW",
    "YORK",
    "OHIO",
    "GEORGIA",
    "WWW.MOTORS.COM",
    "AUTOHAUS",
    "BRASIL",
    "ARGENTINA",
    "SP-SAO",
    "PAULO",
    "INDIA",
    "Dealer",
    "Group",
]
_SKIP_LETTERS = ["", "", "IOQ", "AEIOU"]


@dataclass(frozen=True)
class Plate:
    """A rendered plate that fills its picture; centres in its pixels."""

    image: np.ndarray  # (height, width, 3) uint8 RGB
    text: str
    centres: np.ndarray  # (characters, 2) float32
    lines: int


class Fonts:
    """Font faces by script, each loaded once per size."""

    def __init__(self, font_dir: Path):
        latin = sorted(str(p) for p in font_dir.glob("**/*-latin-*-normal.woff") if "latin-ext" not in p.name)
        if not latin:
            raise ValueError(
                f"no *-latin-*-normal.woff under {font_dir}: install the fonts named in runs/recognizer.sh"
            )
        self.latin = [p for p in latin if any(f"-{weight}-" in p for weight in (400, 500, 600, 700, 800))]
        italic = sorted(str(p) for p in font_dir.glob("**/*-latin-*-italic.woff") if "latin-ext" not in p.name)
        self.every = self.latin + [p for p in italic if any(f"-{weight}-" in p for weight in (400, 700))]
        noto = Path("/usr/share/fonts/opentype/noto")
        arabic = Path("/usr/share/fonts/truetype/noto")
        self.chinese = sorted(str(p) for p in noto.glob("NotoSansCJK-*.ttc"))
        self.arabic = sorted(str(p) for p in arabic.glob("Noto*Arabic-*.ttf"))
        if not self.chinese or not self.arabic:
            raise ValueError("Noto fonts are missing: apt-get install fonts-noto-cjk fonts-noto-core")
        self._cache: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}

    def load(self, path: str, size: int) -> ImageFont.FreeTypeFont:
        key = (path, size)
        if key not in self._cache:
            self._cache[key] = ImageFont.truetype(path, size)
        return self._cache[key]


def sample_pattern(rng: random.Random) -> str:
    """One layout, with its separators and line break."""
    kind = rng.random()
    if kind < 0.62:
        return rng.choice(ONE_LINE)
    if kind < 0.80:
        return rng.choice(TWO_LINE)
    if kind < 0.88:
        return rng.choice(_OTHER[0])
    if kind < 0.97:
        return rng.choice(_OTHER[1])
    return rng.choice(_OTHER[2])


def sample_text(pattern: str, rng: random.Random) -> str:
    """Characters for a pattern; separators and the line break stay."""
    skip = rng.choice(_SKIP_LETTERS)
    letters = [c for c in LATIN if c not in skip]
    if rng.random() < 0.05:
        letters = letters + list(UMLAUTS) * 3
    pick = {"A": letters, "9": DIGITS, "C": CHINESE, "R": ARABIC_LETTERS, "N": ARABIC_DIGITS, "K": HANGUL}
    return "".join(rng.choice(pick[c]) if c in pick else c for c in pattern)


def glyph_mask(character: str, font: ImageFont.FreeTypeFont, height: int, stretch: float) -> Image.Image:
    """Mask of one character, its ink scaled to `height` where it is a letter or digit."""
    left, top, right, bottom = font.getbbox(character)
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(mask).text((-left, -top), character, font=font, fill=255)
    width = max(2, round(mask.width * stretch * height / max(1, mask.height))) if height else mask.width
    return mask.resize((width, height or mask.height), Image.Resampling.BILINEAR)


def render_plate(fonts: Fonts, rng: random.Random) -> Plate:
    """One plate of HEIGHT pixels (two lines: up to twice as square) with the centres of its characters."""
    pattern = sample_pattern(rng)
    layout = sample_text(pattern, rng)
    lines = layout.split("/")
    script = (
        "chinese"
        if any(c in CHINESE + HANGUL for c in layout)
        else "arabic"
        if any(c in ARABIC_LETTERS for c in layout)
        else "latin"
    )
    background, ink, _ = rng.choices(_COLOURS, [c[2] for c in _COLOURS])[0]
    if script == "chinese" and rng.random() < 0.6:
        background, ink = rng.choice(
            [((20, 60, 170), (245, 245, 245)), ((150, 215, 170), (20, 20, 20)), ((235, 190, 40), (20, 20, 20))]
        )
    shade = rng.randint(-25, 10)
    background = tuple(min(255, max(0, c + shade + rng.randint(-8, 8))) for c in background)
    latin_font = fonts.load(rng.choice(fonts.latin), 72)
    other_font = (
        fonts.load(rng.choice(fonts.chinese if script == "chinese" else fonts.arabic), 72)
        if script != "latin"
        else latin_font
    )
    stretch = rng.uniform(0.75, 1.35)
    line_height = HEIGHT * (rng.uniform(0.5, 0.82) if len(lines) == 1 else rng.uniform(0.30, 0.42))
    spacing = rng.uniform(0.04, 0.28) * line_height
    us_style = script == "latin" and len(lines) == 1 and rng.random() < 0.3
    if us_style or script == "arabic":
        line_height = HEIGHT * rng.uniform(0.4, 0.6)

    rows: list[list[tuple[str, Image.Image, float]]] = []
    widths: list[float] = []
    for row_index, line in enumerate(lines):
        height = line_height * (rng.uniform(0.7, 1.2) if len(lines) == 2 and row_index == 0 else 1)
        x, row = 0.0, []
        for character in line:
            if character in "-.· ":
                gap = line_height * rng.uniform(0.15, 0.6)
                if rng.random() < 0.5:
                    row.append(
                        (
                            character,
                            Image.new("L", (max(2, round(gap * 0.5)), max(2, round(line_height * 0.1))), 255),
                            x + gap * 0.25,
                        )
                    )
                x += gap
                continue
            font = latin_font if character in DIGITS + LATIN + UMLAUTS else other_font
            if character in ARABIC_LETTERS + ARABIC_DIGITS:
                glyph = glyph_mask(character, font, 0, 1)
                factor = height / 72 * 1.4
                glyph = glyph.resize((max(2, round(glyph.width * factor)), max(2, round(glyph.height * factor))))
            else:
                glyph = glyph_mask(character, font, round(height), stretch)
            row.append((character, glyph, x))
            x += glyph.width + spacing
        rows.append(row)
        widths.append(x - spacing)

    strip = HEIGHT * 0.35 if script == "latin" and rng.random() < 0.4 else 0
    side = HEIGHT * rng.uniform(0.08, 0.5)
    width = round(max(widths) + 2 * side + strip)
    image = Image.new("RGB", (width, HEIGHT), background)
    draw = ImageDraw.Draw(image)
    if us_style and rng.random() < 0.5:
        tint = tuple(rng.randint(60, 255) for _ in range(3))
        for y in range(HEIGHT // 2):
            mix = y / (HEIGHT / 2)
            draw.line(
                [(0, y), (width, y)],
                fill=tuple(round(a * (1 - mix) + b * mix) for a, b in zip(tint, background, strict=True)),
            )
    if strip:
        draw.rectangle([0, 0, strip * 0.8, HEIGHT], fill=(20, 50, 160) if rng.random() < 0.8 else (200, 30, 30))
        small = fonts.load(rng.choice(fonts.latin), 22)
        draw.text(
            (strip * 0.15, HEIGHT * 0.6),
            rng.choice(["D", "F", "I", "NL", "PL", "CZ", "IND", "GB", "RO", "E"]),
            font=small,
            fill=(240, 240, 240),
        )
    if rng.random() < 0.6:
        inset, colour = rng.randint(1, 5), ink if rng.random() < 0.7 else (120, 120, 120)
        draw.rounded_rectangle(
            [inset, inset, width - inset, HEIGHT - inset], rng.randint(2, 14), outline=colour, width=rng.randint(1, 4)
        )
    total_height = sum(max(g.height for _, g, _ in row) for row in rows)
    gap = (HEIGHT - total_height) / (len(rows) + 1) if len(rows) > 1 else 0
    y = gap if len(rows) > 1 else (HEIGHT - total_height) / 2 + (rng.uniform(-0.04, 0.08) if us_style else 0) * HEIGHT
    if script == "arabic":
        y = HEIGHT * rng.uniform(0.36, 0.46)
        draw.rectangle(
            [0, 0, width, HEIGHT * 0.3],
            fill=rng.choice([(60, 130, 200), (240, 150, 40), (200, 40, 40), (230, 230, 220), background]),
        )
        draw.text((width * 0.1, 2), "EGYPT", font=fonts.load(fonts.latin[0], 20), fill=(20, 20, 20))
        draw.text((width * 0.6, 0), "مصر", font=fonts.load(fonts.arabic[0], 20), fill=(20, 20, 20))
    text, centres = "", []
    for row, row_width in zip(rows, widths, strict=True):
        row_height = max(g.height for _, g, _ in row)
        x0 = strip + (width - strip - row_width) / 2
        for character, glyph, x in row:
            top = y + (row_height - glyph.height) / 2
            if rng.random() < 0.25 and character not in "-.· ":
                image.paste(tuple(min(255, c + 40) for c in background), (round(x0 + x) + 1, round(top) + 1), glyph)
            image.paste(ink, (round(x0 + x), round(top)), glyph)
            if character not in "-.· ":
                text += character
                centres.append((x0 + x + glyph.width / 2, top + glyph.height / 2))
        y += row_height + gap
    if us_style:
        small = fonts.load(rng.choice(fonts.latin), rng.randint(12, 18))
        for y_text in ([3], [HEIGHT - 20], [3, HEIGHT - 20])[rng.randint(0, 2)]:
            draw.text(
                (width * rng.uniform(0.1, 0.5), y_text),
                " ".join(rng.sample(BANNERS, rng.randint(1, 3))),
                font=small,
                fill=ink,
            )
    for _ in range(rng.choice([0, 0, 1, 2, 4])):  # screws, seals, stickers
        cx, cy, r = rng.uniform(0, width), rng.choice([0.1, 0.5, 0.9]) * HEIGHT, rng.uniform(2, 7)
        if min((abs(cx - x) + abs(cy - c) for x, c in centres), default=99) > 14:
            draw.ellipse([cx - r, cy - r, cx + r, cy + r], fill=tuple(rng.randint(20, 220) for _ in range(3)))
    if len(text) > SLOTS:
        return render_plate(fonts, rng)
    return Plate(np.asarray(image), text, np.asarray(centres, np.float32).reshape(-1, 2), len(lines))
