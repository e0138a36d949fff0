import random

import numpy as np
import pytest
from PIL import ImageFont

from plates.alphabet import LATIN, SLOTS
from plates.custom import HEIGHT, render_custom, vanity_text

WORDS = ["AT", "GOLD", "HAPPY", "TWO", "FACE", "ELEPHANT", "BLUE", "SKY", "SUN", "RUN"] * 3


class NotoFonts:
    """The face that Debian's fonts-noto-core brings, in place of those from npm."""

    every = ("/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",)

    def load(self, path: str, size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(path, size)


def test_a_vanity_text_is_made_of_letters_digits_and_one_gap() -> None:
    for seed in range(200):
        text = vanity_text(WORDS, random.Random(seed))
        assert 2 <= len(text) <= SLOTS
        assert sum(not c.isalnum() for c in text) <= 1
        assert any(c in LATIN for c in text)


@pytest.mark.parametrize("seed", range(40))
def test_every_character_has_its_place_on_a_custom_plate(seed: int) -> None:
    plate = render_custom(NotoFonts(), WORDS, random.Random(seed))
    assert plate.image.shape[0] == HEIGHT and plate.image.dtype == np.uint8
    assert 0 < len(plate.text) == len(plate.centres) <= SLOTS
    assert (plate.centres >= 0).all() and (plate.centres < plate.image.shape[1::-1]).all()
    if plate.lines == 1:
        assert (np.diff(plate.centres[:, 0]) > 0).all()


def test_the_same_seed_draws_the_same_plate() -> None:
    first, second = (render_custom(NotoFonts(), WORDS, random.Random(9)) for _ in range(2))
    assert first.text == second.text and (first.image == second.image).all()
