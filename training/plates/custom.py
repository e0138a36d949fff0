"""Rendered plates that an owner or a shop had made: any face, colour, size and place of the text, and words that are none.

Show plates, vanity plates and the hand-made ones of South Asia: what `platekit synth`, which draws what authorities
issue, has few of. Rough like `plates.render`, and for training alone.
"""

import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .alphabet import DIGITS, LATIN, SLOTS
from .render import BANNERS, ONE_LINE, TWO_LINE, Fonts, Plate, glyph_mask, sample_text

HEIGHT = 80
WORD_LIST = Path("/usr/share/dict/words")
"""Public-domain words of Debian's `wamerican`: what vanity plates say."""

_PLACES = [
    "ISLAMABAD",
    "ICT",
    "PUNJAB",
    "SINDH",
    "KARACHI",
    "LAHORE",
    "PESHAWAR",
    "DELHI",
    "POLICE",
    "TAXI",
    "NEW SOUTH WALES",
]

Colour = tuple[int, int, int]


def load_words() -> list[str]:
    """Upper-case words of two to eight letters.

    Raises:
        FileNotFoundError: the word list is missing.
    """
    if not WORD_LIST.exists():
        raise FileNotFoundError(f"{WORD_LIST} is missing: apt-get install wamerican")
    words = (line.strip().upper() for line in WORD_LIST.read_text().splitlines())
    return [word for word in words if 2 <= len(word) <= 8 and all(letter in LATIN for letter in word)]


def vanity_text(words: list[str], rng: random.Random) -> str:
    """A word, two short ones, or a word with digits, as motorists order them; `-` where they are set apart."""
    word = rng.choice(words)
    kind = rng.random()
    if kind < 0.4:
        return word
    if kind < 0.65:
        short = [w for w in rng.sample(words, 20) if len(w) + len(word) <= 8]
        return f"{word}{rng.choice(['', '-', ' '])}{short[0]}" if short else word
    digits = "".join(rng.choice(DIGITS) for _ in range(rng.randint(1, 3)))
    if kind < 0.9:
        return f"{word[:6]}{rng.choice(['', ' '])}{digits}"
    at = rng.randrange(len(word))  # a letter that became a digit: GR8
    return word[:at] + rng.choice(DIGITS) + word[at + 1 :]


def _colours(rng: random.Random) -> tuple[Colour, Colour]:
    """Background and ink: half of them light on dark, some close to each other."""

    def near(base: Colour, spread: int) -> Colour:
        return tuple(min(255, max(0, c + rng.randint(-spread, spread))) for c in base)

    dark = near(
        rng.choice([(12, 12, 14), (25, 25, 28), (15, 25, 60), (10, 50, 30), (90, 12, 16), (60, 60, 62), (30, 20, 60)]),
        14,
    )
    light = near(
        rng.choice(
            [(235, 235, 230), (235, 235, 230), (205, 208, 212), (240, 200, 50), (240, 180, 60), (200, 225, 240)]
        ),
        14,
    )
    strong = near(rng.choice([(200, 30, 35), (20, 60, 170), (10, 110, 60), (230, 110, 20), (110, 40, 130)]), 20)
    kind = rng.random()
    if kind < 0.5:
        return dark, light
    if kind < 0.75:
        return light, dark
    if kind < 0.87:
        return light, strong
    if kind < 0.93:
        return strong, rng.choice([light, dark])
    grey = rng.randint(40, 200)
    step = rng.choice([-1, 1]) * rng.randint(28, 60)
    return near((grey,) * 3, 8), near((min(255, max(0, grey + step)),) * 3, 8)


def _slanted(mask: Image.Image, slant: float) -> Image.Image:
    """The mask leaning by `slant` of its height to the right (to the left when negative)."""
    reach = round(abs(slant) * mask.height)
    out = mask.transform(
        (mask.width + reach, mask.height),
        Image.Transform.AFFINE,
        (1, slant, -reach if slant > 0 else 0, 0, 1, 0),
        Image.Resampling.BILINEAR,
    )
    return out


def _background(width: int, colour: Colour, rng: random.Random) -> Image.Image:
    """Plain, in bands that run into each other, or blotted like a picture."""
    image = Image.new("RGB", (width, HEIGHT), colour)
    kind = rng.random()
    if kind < 0.7:
        return image
    near = [tuple(min(255, max(0, c + rng.randint(-70, 70))) for c in colour) for _ in range(3)]
    small = Image.new("RGB", (1, 4) if kind < 0.85 else (6, 3))
    small.putdata([rng.choice([colour, colour, *near]) for _ in range(small.width * small.height)])
    return small.resize((width, HEIGHT), Image.Resampling.BICUBIC)


def render_custom(fonts: Fonts, words: list[str], rng: random.Random) -> Plate:
    """One plate of HEIGHT pixels with the centres of its characters."""
    layout = (
        vanity_text(words, rng)
        if rng.random() < 0.35
        else sample_text(rng.choice(ONE_LINE if rng.random() < 0.72 else TWO_LINE), rng)
    )
    lines = layout.split("/")
    if sum(c not in "-. " for line in lines for c in line) > SLOTS:
        return render_custom(fonts, words, rng)
    width = round(HEIGHT * (rng.uniform(1.7, 4.9) if len(lines) == 1 else rng.uniform(1.2, 2.6)))
    background, ink = _colours(rng)
    image = _background(width, background, rng)
    draw = ImageDraw.Draw(image)
    face = fonts.load(rng.choice(fonts.every), 72)
    is_discreet = len(lines) == 1 and rng.random() < 0.35  # small, wide lettering on much empty plate
    cap = HEIGHT * (rng.uniform(0.18, 0.32) if is_discreet else rng.uniform(0.24, 0.72))
    cap = cap if len(lines) == 1 else HEIGHT * rng.uniform(0.22, 0.38)
    stretch = rng.uniform(1.0, 1.9) if is_discreet else rng.uniform(0.75, 1.45)
    spacing = cap * rng.choice([rng.uniform(0.02, 0.2), rng.uniform(0.1, 0.5)])
    slant = rng.uniform(0.05, 0.4) * rng.choice([1, 1, 1, -0.5]) if rng.random() < 0.3 else 0.0
    strip = HEIGHT * rng.uniform(0.25, 0.5) if rng.random() < 0.15 else 0.0
    if strip:
        draw.rectangle([0, 0, strip, HEIGHT], fill=tuple(rng.randint(0, 255) for _ in range(3)))

    rows = []
    for index, line in enumerate(lines):
        height = round(cap * (rng.uniform(0.75, 1.25) if index == 0 and len(lines) == 2 else 1))
        glyphs = [(c, None if c in "-.· " else _slanted(glyph_mask(c, face, height, stretch), slant)) for c in line]
        gap = height * rng.uniform(0.2, 0.7)
        natural = sum(gap if mask is None else mask.width + spacing for _, mask in glyphs)
        squeeze = min(1.0, (width - strip) * rng.uniform(0.8, 0.95) / natural)
        rows.append((height, glyphs, gap * squeeze, natural * squeeze, squeeze))
    between = cap * rng.uniform(0.12, 0.4)
    block = sum(row[0] for row in rows) + between * (len(rows) - 1)
    free = max(0.0, HEIGHT * 0.94 - block)
    top = HEIGHT * 0.03 + free * min(1.0, max(0.0, rng.gauss(0.5, 0.16)))
    y, text, centres = top, "", []
    relief = rng.random() < 0.25
    dash = rng.random() < 0.6
    for height, glyphs, gap, natural, squeeze in rows:
        room = width - strip - natural
        x = strip + room * min(0.97, max(0.03, rng.gauss(0.5, 0.12)))
        for character, mask in glyphs:
            if mask is None:
                if character != " " and dash:
                    at, thick = y + height * rng.uniform(0.45, 0.55), max(2, height * 0.1)
                    draw.rectangle([x + gap * 0.2, at, x + gap * 0.75, at + thick], fill=ink)
                elif rng.random() < 0.2:
                    blot = tuple(rng.randint(0, 255) for _ in range(3))
                    draw.ellipse([x, y + height * 0.25, x + gap * 0.9, y + height * 0.8], fill=blot)
                x += gap
                continue
            glyph = mask.resize((max(2, round(mask.width * squeeze)), mask.height), Image.Resampling.BILINEAR)
            place = (round(x), round(y))
            if relief:
                image.paste(tuple(max(0, c - 70) for c in background), (place[0] + 1, place[1] + 1), glyph)
            image.paste(ink, place, glyph)
            text += character
            centres.append((x + glyph.width / 2, y + glyph.height / 2))
            x += glyph.width + spacing * squeeze
        y += height + between
    _add_words(draw, fonts, words, (top, y - between), width, cap, ink, rng)
    if rng.random() < 0.5:
        inset = rng.randint(1, 4)
        line = ink if rng.random() < 0.7 else tuple(rng.randint(60, 200) for _ in range(3))
        draw.rounded_rectangle(
            [inset, inset, width - 1 - inset, HEIGHT - 1 - inset],
            rng.randint(1, 10),
            outline=line,
            width=rng.randint(1, 3),
        )
    for _ in range(rng.choice([0, 0, 1, 2, 4])):  # screws and stickers
        cx, cy, r = rng.uniform(0, width), rng.choice([0.09, 0.5, 0.91]) * HEIGHT, rng.uniform(2, 6)
        if min((abs(cx - px) + abs(cy - py) for px, py in centres), default=99) > cap * 0.8:
            draw.ellipse([cx - r, cy - r, cx + r, cy + r], fill=tuple(rng.randint(20, 230) for _ in range(3)))
    if rng.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.2)))
    return Plate(np.asarray(image), text, np.asarray(centres, np.float32).reshape(-1, 2), len(lines))


def _add_words(
    draw: ImageDraw.ImageDraw,
    fonts: Fonts,
    words: list[str],
    taken: tuple[float, float],
    width: int,
    cap: float,
    ink: Colour,
    rng: random.Random,
) -> None:
    """Place names, slogans and dealers above and below the text, never more than 0.6 of its height."""
    for room_top, room in ((0.0, taken[0]), (taken[1], HEIGHT - taken[1])):
        size = min(room * 0.75, cap * 0.6, HEIGHT * 0.2)
        if size < 6 or rng.random() < 0.35:
            continue
        font = fonts.load(rng.choice(fonts.every), max(6, round(size * rng.uniform(0.8, 1.2))))
        said = rng.choice([rng.choice(_PLACES), rng.choice(BANNERS), " ".join(rng.sample(words, rng.randint(1, 3)))])
        said = said if rng.random() < 0.7 else said.title()
        left, up, right, down = font.getbbox(said)
        x = (width - (right - left)) * rng.uniform(0.2, 0.8) - left
        colour = ink if rng.random() < 0.7 else tuple(rng.randint(0, 255) for _ in range(3))
        draw.text((x, room_top + (room - (down - up)) / 2 - up), said, font=font, fill=colour)
