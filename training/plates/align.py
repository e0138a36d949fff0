"""Shows real plates to a trained recognizer before the next run: where their characters stand, and which it misreads.

Forced alignment in two steps: the slot's attention says which cell a character is in, the heat map of that very
character says where in the cell's surroundings. Plates that the recognizer misreads stay without positions, and
count more in the next run (Shrivastava et al. 2016, "online hard example mining"), save where it is so sure of
another text that the label may be wrong.
"""

import pickle
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from .alphabet import slot_targets, text_of
from .augment import expand_quad
from .crops import MARGIN, Crop, plain_sample
from .precision import autocast
from .recognizer import GRID_HEIGHT, GRID_WIDTH, HEAT_HEIGHT, HEAT_WIDTH, HEIGHT, WIDTH, Recognizer

BATCH = 64
MISREAD, DOUBTED = 2.5, 0.5
"""What a plate counts that was misread, and one whose label the net doubts."""
SURE = 0.6
"""Probability of a whole text from which on half of the other labels are wrong, by 47 plates looked at."""


def align_once(net: Recognizer, crops: list[Crop], cache: Path) -> list[Crop]:
    """As `align`, kept in `cache` so that a run that is resumed need not align again."""
    if not cache.exists():
        cache.write_bytes(pickle.dumps([(crop.centres, crop.emphasis) for crop in align(net, crops)]))
    known = pickle.loads(cache.read_bytes())
    return [
        replace(crop, centres=centres, emphasis=emphasis)
        for crop, (centres, emphasis) in zip(crops, known, strict=True)
    ]


@torch.no_grad()
def align(net: Recognizer, crops: list[Crop]) -> list[Crop]:
    """The crops, with character centres (characters, 2) in pixels of their pictures where `net` reads them rightly,
    and with emphasis where it does not."""
    net.eval()
    net.training = True  # gives heat map and attention; the layers stay in evaluation mode
    aligned = list(crops)
    texted = [index for index, crop in enumerate(crops) if crop.text and crop.centres is None]
    for start in range(0, len(texted), BATCH):
        indices = texted[start : start + BATCH]
        part = [crops[index] for index in indices]
        images = torch.from_numpy(np.stack([plain_sample(crop) for crop in part])).permute(0, 3, 1, 2)
        with autocast():
            outputs = net(images.float().contiguous(memory_format=torch.channels_last))
        sure, classes = outputs["characters"].float().softmax(-1).max(-1)
        texts, confidences = classes.tolist(), sure.prod(-1).tolist()
        look = outputs["look"].float().softmax(-1).numpy()
        heat = outputs["heat"].float().softmax(1).numpy()
        for index, crop in enumerate(part):
            if text_of(texts[index]) == crop.text:
                centres = character_centres(slot_targets(crop.text)[: len(crop.text)], look[index], heat[index])
                if keeps_reading_order(centres):
                    aligned[indices[index]] = replace(crop, centres=_in_picture(crop, centres))
            elif "?" not in crop.text:
                emphasis = DOUBTED if confidences[index] > SURE else MISREAD
                aligned[indices[index]] = replace(crop, emphasis=emphasis)
    net.train()
    return aligned


def character_centres(classes: list[int], look: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Centres (characters, 2) in pixels of the net's input, from attention (slots, cells) and heat (classes, 8, 40)."""
    centres = []
    for slot, character in enumerate(classes):
        row, column = divmod(int(look[slot].argmax()), GRID_WIDTH)
        top = max(0, (2 * row + 1) - 2)
        left = max(0, (2 * column + 1) - 3)
        part = heat[character, top : top + 4, left : left + 6]
        weight = part.sum()
        if weight > 0.3:
            rows, columns = np.mgrid[: part.shape[0], : part.shape[1]]
            x = (left + (columns * part).sum() / weight + 0.5) * WIDTH / HEAT_WIDTH
            y = (top + (rows * part).sum() / weight + 0.5) * HEIGHT / HEAT_HEIGHT
        else:
            x, y = (column + 0.5) * WIDTH / GRID_WIDTH, (row + 0.5) * HEIGHT / GRID_HEIGHT
        centres.append((x, y))
    return np.array(centres, np.float32)


def keeps_reading_order(centres: np.ndarray) -> bool:
    """Whether each character stands right of the one before, or begins one lower line."""
    steps = np.diff(centres, axis=0)
    breaks = steps[:, 0] < 3
    return bool(breaks.sum() <= 1 and (steps[breaks, 1] > HEIGHT / 6).all())


def _in_picture(crop: Crop, centres: np.ndarray) -> np.ndarray:
    quad = expand_quad(crop.quad, MARGIN, MARGIN, MARGIN, MARGIN)
    frame = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    to_picture = cv2.getPerspectiveTransform(frame, quad.astype(np.float32))
    return cv2.perspectiveTransform(centres[None], to_picture)[0]
