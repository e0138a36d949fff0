"""What the detector finds in a picture, as inference would see it."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .augment import expand_quad, plate_quad
from .crops import MAX_CROP_WIDTH
from .detector import cell_centres
from .scenes import letterbox

THRESHOLD = 0.08
"""Least score; below it nine in ten finds are nothing."""
SURROUNDINGS = 0.35


def parse_options(description: str | None) -> Namespace:
    """What is told to a program that takes what the detector finds in the data's scenes."""
    parser = ArgumentParser(description=description, formatter_class=RawDescriptionHelpFormatter)
    for name in ("--data", "--detector", "--out"):
        parser.add_argument(name, type=Path, required=True)
    return parser.parse_args()


def bounds_of(quad: np.ndarray) -> np.ndarray:
    """The box x1 y1 x2 y2 around corners (4, 2)."""
    return np.concatenate([quad.min(0), quad.max(0)])


def quad_of(bounds: np.ndarray) -> np.ndarray:
    """The corners of a box x1 y1 x2 y2."""
    left, top, right, bottom = bounds
    return plate_quad((left, top, right - left, bottom - top))


def open_detector(onnx: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])


def finds(session: onnxruntime.InferenceSession, picture: np.ndarray, long_side: int) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (finds, 4) x1 y1 x2 y2 and corners (finds, 4, 2) in pixels of the picture, after non-maximum suppression."""
    canvas, scale = letterbox(picture, long_side)
    output = session.run(None, {"image": canvas[None]})[0][0].T
    scores = 1 / (1 + np.exp(-output[:, 0]))
    centres, strides = (cells.numpy() for cells in cell_centres(*canvas.shape[:2]))
    keep = scores > THRESHOLD
    reach = output[keep, 1:5] * strides[keep, None]
    boxes = np.concatenate([centres[keep] - reach[:, :2], centres[keep] + reach[:, 2:]], 1) / scale
    quads = (centres[keep, None] + output[keep, 5:13].reshape(-1, 4, 2) * strides[keep, None, None]) / scale
    order = cv2.dnn.NMSBoxes(
        np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1).tolist(), scores[keep].tolist(), THRESHOLD, 0.5
    )
    kept = np.array(order, int).reshape(-1)
    return boxes[kept], quads[kept].astype(np.float32)


def cut_out(picture: np.ndarray, quad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The quad with its surroundings, at most as wide as any crop, and its corners there."""
    around = expand_quad(quad, *[SURROUNDINGS] * 4)
    left, top = np.floor(np.clip(around.min(0), 0, None)).astype(int)
    right, bottom = np.ceil(around.max(0)).astype(int)
    image = np.ascontiguousarray(picture[top:bottom, left:right])
    scale = min(1.0, MAX_CROP_WIDTH / image.shape[1])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return image, ((quad - np.array([left, top])) * scale).astype(np.float32)
