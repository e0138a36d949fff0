"""Real and rendered plates as training samples of the recognizer. Knows nothing of networks.

Real crops are decoded once into memory (at most 256 px wide); rendered ones are drawn once and cached on disk.
"""

import json
import pickle
import random
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from .alphabet import IGNORED, SLOTS, region_target, script_of, slot_targets
from .augment import box_around, degrade, expand_quad, jitter_quad, merged_look, plate_quad, warp
from .custom import load_words, render_custom
from .recognizer import GRID_HEIGHT, GRID_WIDTH, HEAT_HEIGHT, HEAT_WIDTH, HEIGHT, WIDTH
from .render import Fonts, render_plate

MARGIN = 0.06
"""Share of the plate's width and height added on every side before the net sees it; the card carries it."""
MAX_CROP_WIDTH = 256
UNSWAPPED = ("rendered", "synth", "tn-crops")
"""Sets of drawn plates, whose texts are random already, and one with a word among its digits."""
SWAP_SHARE = 0.3
"""Share of real plates with known positions whose characters change places."""
LEANING_SHARE = 0.25
"""Share of drawn plates that lean in their box; of real ones, many of which do so already, a third of it."""
INSET = plate_quad(
    (
        WIDTH * MARGIN / (1 + 2 * MARGIN),
        HEIGHT * MARGIN / (1 + 2 * MARGIN),
        WIDTH / (1 + 2 * MARGIN),
        HEIGHT / (1 + 2 * MARGIN),
    )
)
"""Where the detector's corners lie in a straightened plate."""
LEGIBILITY = {"full": 0, "partial": 1, "none": 2}
TUNE_SHARE = 25
"""One plate in so many of train, and of merged ones, is kept back for tuning and calibration."""


@dataclass(frozen=True)
class Crop:
    """One plate (or non-plate) with what is known of it."""

    image: np.ndarray  # uint8 RGB
    quad: np.ndarray  # (4, 2)
    text: str | None
    centres: np.ndarray | None  # (characters, 2) in image pixels, rendered plates only
    lines: int | None
    region: str | None
    legibility: int
    dataset: str
    emphasis: float = 1.0  # what it counts beside others of its set


def is_tune(name: str) -> bool:
    """Whether a train picture belongs to the tuning split: by a hash of its name, so that it never moves."""
    return zlib.crc32(name.encode()) % TUNE_SHARE == 0


def load_crops(data: Path, split: str, tune: bool | None = None, skip: tuple[str, ...] = ()) -> list[Crop]:
    """Real crops of a split; `tune` keeps only (True) or leaves out (False) the tuning split."""
    crops = []
    for labels in sorted((data / split / "crops").glob("*/labels.jsonl")):
        if labels.parent.name in skip:
            continue
        for line in labels.read_text().splitlines():
            row = json.loads(line)
            if tune is not None and is_tune(f"{labels.parent.name}/{row['image']}") != tune:
                continue
            image = cv2.imread(str(labels.parent / row["image"]))
            image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            scale = min(1.0, MAX_CROP_WIDTH / image.shape[1])
            if scale < 1:
                image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            if not row["plates"]:
                whole = plate_quad((0, 0, image.shape[1], image.shape[0]))
                crops.append(Crop(image, whole, "", None, None, None, LEGIBILITY["none"], labels.parent.name))
                continue
            plate = row["plates"][0]
            quad = np.array(plate["corners"], np.float32) if plate["corners"] else plate_quad(plate["box"])
            text = plate["text"]
            legibility = LEGIBILITY.get(plate["legible"] or "", IGNORED)
            if text is not None and len(text) > SLOTS:
                continue
            if text is None and legibility == IGNORED:
                continue
            crops.append(
                Crop(image, quad * scale, text, None, plate["lines"], plate["region"], legibility, labels.parent.name)
            )
    return crops


def load_rendered(cache: Path, font_dir: Path, count: int, seed: int) -> list[Crop]:
    """`count` rendered plates, a third with issued layouts, drawn on the first call and read from `cache` afterwards."""
    if not cache.exists():
        fonts, words, rng = Fonts(font_dir), load_words(), random.Random(seed)
        plates = [
            render_plate(fonts, rng) if index % 3 == 0 else render_custom(fonts, words, rng) for index in range(count)
        ]
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(pickle.dumps([(p.image, p.text, p.centres, p.lines) for p in plates]))
    return [
        Crop(image, plate_quad((0, 0, image.shape[1], image.shape[0])), text, centres, lines, None, 0, "rendered")
        for image, text, centres, lines in pickle.loads(cache.read_bytes())
    ]


def load_synth(folder: Path) -> list[Crop]:
    """Plates packed by `platekit synth plates --raw WxH FOLDER`: pictures with real surroundings, corners and centres.

    Raises:
        ValueError: the folder holds another number of labels than of pictures.
    """
    size = json.loads((folder / "crops.json").read_text())
    pixels = np.memmap(folder / "crops.bin", np.uint8, "r", shape=(size["count"], size["height"], size["width"], 3))
    lines = (folder / "labels.jsonl").read_text().splitlines()
    if len(lines) != len(pixels):
        raise ValueError(f"{folder} holds {len(pixels)} pictures and {len(lines)} labels; draw it again")
    whole = plate_quad((0, 0, size["width"], size["height"]))
    crops = []
    for image, line in zip(pixels, lines, strict=True):
        plates = json.loads(line)["plates"]
        if not plates:
            crops.append(Crop(image, whole, "", None, None, None, LEGIBILITY["none"], "synth"))
            continue
        plate = plates[0]
        characters = told(plate["characters"], plate["region"])
        seen = [c for c in characters if c["visible"] > 0.5]
        text = "".join(c["text"] for c in seen)
        centres = np.array([np.mean(c["quad"], axis=0) for c in seen], np.float32).reshape(-1, 2)
        legibility = LEGIBILITY[plate["legible"]]
        if len(text) <= SLOTS and (legibility != 0 or len(seen) == len(characters)):
            quad = np.array(plate["corners"], np.float32)
            crops.append(Crop(image, quad, text, centres, plate["lines"], plate["region"], legibility, "synth"))
    return crops


def load_merged(folder: Path) -> list[Crop]:
    """Plates packed by `platekit synth merged`, seen as the detector cut them; raises as `load_synth`."""
    return [replace(crop, quad=INSET, dataset="merged") for crop in load_synth(folder)]


def told(characters: list[dict], region: str) -> list[dict]:
    """The characters that a reader is asked for: all, but of a Japanese plate the large digits behind the kana only.

    Place names and kana are outside the alphabet; asked for slots of nothing it never learnt where the digits go.
    """
    if region != "jp":
        return characters
    strangers = [i for i, c in enumerate(characters) if c["text"] != "?" and slot_targets(c["text"])[0] == IGNORED]
    return characters[strangers[-1] + 1 :] if strangers else characters


@dataclass
class Sample:
    """What the network is fed and asked for, one plate."""

    image: np.ndarray  # (64, 160, 3) uint8
    slots: np.ndarray  # (12,) int64 classes, IGNORED where unknown
    look: np.ndarray  # (12,) int64 cell of the 4x20 grid, IGNORED where unknown
    heat: np.ndarray  # (8, 40) int64 class at each cell, IGNORED where unknown
    region: int
    lines: int
    legibility: int


def make_sample(crop: Crop, rng: random.Random, strength: float, others: list[Crop], merged_share: float = 0) -> Sample:
    """One augmented sample. A rendered plate may get a real surrounding; a sixteenth of them are cut.

    With the probability `merged_share` it is shown as the mean of several frames shows it.
    """
    if crop.dataset == "merged":
        strength, merged_share = strength / 2, 0  # it is the mean of pictures that were all askew, and degraded
    slots = np.full(SLOTS, IGNORED, np.int64)
    look = np.full(SLOTS, IGNORED, np.int64)
    heat = np.full((HEAT_HEIGHT, HEAT_WIDTH), IGNORED, np.int64)
    legibility = crop.legibility
    if crop.text is not None:
        slots[:] = slot_targets(crop.text)
    quad, image, centres, region = crop.quad, crop.image, crop.centres, crop.region
    if crop.dataset == "rendered":
        image, quad, centres = _surround(image, centres, rng, others)
    if rng.random() < (LEANING_SHARE if crop.dataset in ("rendered", "synth") else LEANING_SHARE / 3):
        quad = box_around(quad, rng)
    seen = jitter_quad(quad, MARGIN, strength, rng)
    if centres is not None and rng.random() < 0.06:
        cut = rng.uniform(0.1, 0.4)
        seen = expand_quad(seen, -cut, 0, 0, 0) if rng.random() < 0.5 else expand_quad(seen, 0, 0, -cut, 0)
    out, matrix = warp(image, seen, WIDTH, HEIGHT)
    if centres is not None and len(centres):
        placed = cv2.perspectiveTransform(centres[None].astype(np.float32), matrix)[0]
        inside = (placed[:, 0] > 2) & (placed[:, 0] < WIDTH - 2) & (placed[:, 1] > 2) & (placed[:, 1] < HEIGHT - 2)
        if not inside.all():  # a cut plate: only what can be seen, and never called whole
            legibility = LEGIBILITY["partial"]
            classes = slots[: len(placed)][inside]
            slots[:] = 0
            slots[: len(classes)] = classes
            placed = placed[inside]
        cell_x = np.clip(placed[:, 0] / WIDTH * GRID_WIDTH, 0, GRID_WIDTH - 1).astype(int)
        cell_y = np.clip(placed[:, 1] / HEIGHT * GRID_HEIGHT, 0, GRID_HEIGHT - 1).astype(int)
        look[: len(placed)] = cell_y * GRID_WIDTH + cell_x
        heat[:] = 0
        heat_x = np.clip(placed[:, 0] / WIDTH * HEAT_WIDTH, 0, HEAT_WIDTH - 1).astype(int)
        heat_y = np.clip(placed[:, 1] / HEIGHT * HEAT_HEIGHT, 0, HEAT_HEIGHT - 1).astype(int)
        for x, y in zip(heat_x, heat_y, strict=True):
            around = heat[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]
            around[around == 0] = IGNORED
        heat[heat_y, heat_x] = slots[: len(placed)]
        if crop.dataset not in UNSWAPPED and legibility == crop.legibility and rng.random() < SWAP_SHARE:
            out, swapped = swap_characters(out, placed, slots[: len(placed)], rng)
            if swapped:  # what a plate's characters say of its region no longer holds, nor what was seen of their cells
                region, heat[:] = None, IGNORED
    lines = IGNORED if crop.lines is None else crop.lines - 1
    # Drawn by `platekit synth`, a plate has been through a camera already.
    strength *= 0.5 if crop.dataset == "synth" else 1.0
    is_merged = rng.random() < merged_share
    out = merged_look(degrade(out, strength / 2, rng), rng) if is_merged else degrade(out, strength, rng)
    return Sample(out, slots, look, heat, region_target(region), lines, legibility)


def swap_characters(
    image: np.ndarray, centres: np.ndarray, classes: np.ndarray, rng: random.Random
) -> tuple[np.ndarray, bool]:
    """Exchanges characters of a plate, in the picture and in `classes` (Laroca et al. 2021), and says whether it did.

    Mostly letters with letters and digits with digits, which keeps the format. Each takes the strip around its centre
    that reaches half-way to its nearer neighbour and nearly over the plate's height; so only single-line plates.
    """
    x, y = centres.T.round().astype(int)
    gaps = np.diff(centres[:, 0])
    if len(x) < 4 or (gaps < 6).any():
        return image, False
    halves = np.minimum(np.append(gaps, np.inf), np.insert(gaps, 0, np.inf)) / 2
    kinds = [script_of(character) for character in classes]
    high = round(0.36 * HEIGHT)
    out, swapped = image.copy(), False
    for _ in range(rng.randint(1, 3)):
        first, second = rng.sample(range(len(x)), 2)
        half = round(min(halves[first], halves[second]))
        columns = [slice(x[i] - half, x[i] + half) for i in (first, second)]
        rows = [slice(y[i] - high, y[i] + high) for i in (first, second)]
        fits = all(
            s.start >= 0 and s.stop <= size for s, size in zip(columns + rows, [WIDTH] * 2 + [HEIGHT] * 2, strict=True)
        )
        alike = kinds[first] == kinds[second] or (
            {kinds[first], kinds[second]} == {"digit", "letter"} and rng.random() < 0.3
        )
        if not fits or not alike or kinds[first] == "other" or abs(x[first] - x[second]) < 2 * half:
            continue
        strip = out[rows[0], columns[0]].copy()
        out[rows[0], columns[0]] = out[rows[1], columns[1]]
        out[rows[1], columns[1]] = strip
        classes[[first, second]] = classes[[second, first]]
        swapped = True
    return out, swapped


def _surround(
    image: np.ndarray, centres: np.ndarray, rng: random.Random, others: list[Crop]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Puts a rendered plate of random aspect into a random piece of a real picture or plain paint."""
    height = image.shape[0]
    width = round(image.shape[1] * rng.uniform(0.8, 1.25))
    pad_x, pad_y = round(width * 0.35), round(height * 0.35)
    size = (width + 2 * pad_x, height + 2 * pad_y)
    if rng.random() < 0.7:
        canvas = rng.choice(others).image
        if (
            rng.random() < 0.7
        ):  # a blurred surrounding, by way of a very small picture: ten times cheaper than a wide Gaussian
            canvas = cv2.resize(canvas, (14, 6), interpolation=cv2.INTER_LINEAR)
        canvas = cv2.resize(canvas, size, interpolation=cv2.INTER_LINEAR)
    else:
        canvas = np.full((size[1], size[0], 3), [rng.randint(0, 255) for _ in range(3)], np.uint8)
    canvas[pad_y : pad_y + height, pad_x : pad_x + width] = cv2.resize(
        image, (width, height), interpolation=cv2.INTER_LINEAR
    )
    moved = centres * np.array([width / image.shape[1], 1], np.float32) + np.array([pad_x, pad_y], np.float32)
    return canvas, plate_quad((pad_x, pad_y, width, height)), moved


def plain_sample(crop: Crop) -> np.ndarray:
    """The (64, 160, 3) picture that inference would see of a crop."""
    return warp(crop.image, expand_quad(crop.quad, MARGIN, MARGIN, MARGIN, MARGIN), WIDTH, HEIGHT)[0]
