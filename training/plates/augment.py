"""Geometry and light of a plate picture, changed at random; uint8 in, uint8 out, so that it runs in a loader process."""

import random

import cv2
import numpy as np

cv2.setNumThreads(1)


def plate_quad(box: tuple[float, float, float, float]) -> np.ndarray:
    """Corners (4, 2) of a box [x, y, width, height], clockwise from top left."""
    x, y, w, h = box
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32)


def expand_quad(quad: np.ndarray, left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """Moves the sides outwards by shares of the quad's own width and height."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    to_quad = cv2.getPerspectiveTransform(unit, quad.astype(np.float32))
    target = np.array([[-left, -top], [1 + right, -top], [1 + right, 1 + bottom], [-left, 1 + bottom]], np.float32)
    return cv2.perspectiveTransform(target[None], to_quad)[0]


def warp(image: np.ndarray, quad: np.ndarray, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The quad's inside as a width x height picture, and the 3x3 matrix from image to it."""
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    shrink = min(np.linalg.norm(quad[1] - quad[0]) / width, np.linalg.norm(quad[3] - quad[0]) / height)
    if shrink > 1.6:  # area filter first, so that fine strokes don't alias
        factor = 1 / shrink * 1.2
        small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        scale = np.diag([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0], 1.0])
        return cv2.warpPerspective(
            small, matrix @ scale, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ), matrix
    return cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ), matrix


def jitter_quad(quad: np.ndarray, margin: float, strength: float, rng: random.Random) -> np.ndarray:
    """The quad a detector might give: margins off by -10..+25 %, tilted, sheared, in perspective."""
    sides = [margin + strength * rng.choice([rng.gauss(0, 0.04), rng.uniform(-0.10, 0.22)]) for _ in range(4)]
    out = expand_quad(quad, *(max(-0.08, side) for side in sides))
    size = np.array([np.linalg.norm(out[1] - out[0]), np.linalg.norm(out[3] - out[0])], np.float32)
    if rng.random() < 0.7:
        out = out + np.array([[rng.gauss(0, 0.035) for _ in range(2)] for _ in range(4)], np.float32) * size * strength
    if rng.random() < 0.5:
        angle = rng.gauss(0, 5) * strength
        centre = out.mean(0)
        turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, 1)
        out = cv2.transform(out[None].astype(np.float32), turn)[0]
    if rng.random() < 0.35:  # italic lettering, and plates seen from above or below
        shear = rng.gauss(0, 0.2) * strength * size[1]
        out = out + np.array([[shear, 0], [shear, 0], [-shear, 0], [-shear, 0]], np.float32) / 2
    return out.astype(np.float32)


def box_around(quad: np.ndarray, rng: random.Random) -> np.ndarray:
    """The quad that a label's upright box would be, were the plate tilted by up to 15 degrees or seen from the side.

    Plates cut out by their boxes lean in them; those cut out by their corners never do.
    """
    slope = np.tan(np.radians(rng.uniform(-15, 15)))
    across = 0.0 if rng.random() < 0.5 else -slope  # a side view slants the rows alone, a tilt the columns too
    lean = np.array([[1, across], [slope, 1]], np.float32)
    leaning = quad @ lean.T
    (left, top), (right, bottom) = leaning.min(0), leaning.max(0)
    return (plate_quad((left, top, right - left, bottom - top)) @ np.linalg.inv(lean).T).astype(np.float32)


def degrade(image: np.ndarray, strength: float, rng: random.Random, coarsest: float = 0.16) -> np.ndarray:
    """Light, colour, blur, resolution, noise and compression; `strength` 0..1 scales how much, `coarsest` is the smallest scale."""
    height, width = image.shape[:2]
    out = image
    if rng.random() < 0.25 * strength:
        out = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    elif rng.random() < 0.5:
        gains = np.array([rng.uniform(1 - 0.3 * strength, 1 + 0.3 * strength) for _ in range(3)], np.float32)
        out = cv2.convertScaleAbs(out.astype(np.float32) * gains)
    if rng.random() < 0.16 * strength:  # light on dark
        out = 255 - out
    if rng.random() < 0.8:
        gamma = np.exp(rng.gauss(0, 0.35 * strength))
        contrast = rng.uniform(1 - 0.65 * strength, 1 + 0.4 * strength)
        pivot = rng.uniform(60, 190)
        ramp = np.arange(256, dtype=np.float32) / 255
        table = (ramp**gamma * 255 - pivot) * contrast + pivot + rng.gauss(0, 18 * strength)
        out = cv2.LUT(out, np.clip(table, 0, 255).astype(np.uint8))
    if rng.random() < 0.3 * strength:  # a shadow or a lamp: brightness along a random ramp or edge
        a, b, c = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-0.5, 0.5)
        xs = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
        ys = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        field = a * xs + b * ys + c
        field = np.clip(field * rng.choice([1, 8]), -1, 1) * rng.uniform(0.1, 0.5)
        out = np.clip(out * (1 + field)[..., None], 0, 255).astype(np.uint8)
    if rng.random() < 0.45 * strength:  # low resolution
        factor = np.exp(rng.uniform(np.log(coarsest), np.log(0.7)))
        small = cv2.resize(
            out,
            (max(10, round(width * factor)), max(5, round(height * factor * rng.uniform(0.9, 1.6)))),
            interpolation=cv2.INTER_AREA,
        )
        if rng.random() < 0.5:
            small = _compress(small, rng)
        out = cv2.resize(
            small, (width, height), interpolation=rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LINEAR])
        )
    if rng.random() < 0.3 * strength:
        sigma = rng.uniform(0.4, 2.2)
        out = cv2.GaussianBlur(out, (0, 0), sigma, sigmaY=sigma * rng.uniform(0.4, 1.5))
    elif rng.random() < 0.25 * strength:
        length = rng.randint(3, 11)
        kernel = np.zeros((length, length), np.float32)
        angle = rng.uniform(0, np.pi)
        for t in np.linspace(-1, 1, length * 2):
            x, y = (
                round((length - 1) / 2 * (1 + t * np.cos(angle))),
                round((length - 1) / 2 * (1 + t * np.sin(angle) * 0.6)),
            )
            kernel[y, x] = 1
        out = cv2.filter2D(out, -1, kernel / kernel.sum())
    if rng.random() < 0.4 * strength:
        fine = rng.random() < 0.6
        noise = sensor_noise(height, width, 1.0 if fine else rng.uniform(0.2, 0.7), rng)
        out = np.clip(out + noise * rng.uniform(2, 22 if fine else 45), 0, 255).astype(np.uint8)
    if rng.random() < 0.12 * strength:  # dirt, a bolt, a tow bar over part of the plate
        for _ in range(rng.randint(1, 4)):
            x, y, w, h = rng.randint(0, width), rng.randint(0, height), rng.randint(3, 18), rng.randint(3, 12)
            out = out.copy()  # drawn into; packed pictures are read-only
            cv2.ellipse(out, (x, y), (w // 2, h // 2), rng.uniform(0, 180), 0, 360, [rng.randint(0, 255)] * 3, -1)
    if rng.random() < 0.2 * strength:
        out = _compress(out, rng)
    return out


def merged_look(image: np.ndarray, rng: random.Random) -> np.ndarray:
    """What the mean of a plate's pictures in several frames, sharpened, looks like (src/core/merge-crops.ts).

    Blurred by all that its pictures were off each other, little noise left, often dark, and the edges raised.
    """
    height, width = image.shape[:2]
    sigma = rng.uniform(0.4, 2.4)
    out = cv2.GaussianBlur(image, (0, 0), sigma, sigmaY=sigma * rng.uniform(0.5, 1.2)).astype(np.float32)
    light = rng.uniform(0.15, 0.8) if rng.random() < 0.3 else 1.0
    out = light * out + sensor_noise(height, width, rng.uniform(0.25, 0.8), rng) * rng.uniform(0, 14) * light**0.5
    return np.clip(2 * out - cv2.blur(out, (5, 5)), 0, 255).astype(np.uint8)


def sensor_noise(height: int, width: int, scale: float, rng: random.Random) -> np.ndarray:
    """Noise of deviation 1, float32, grey or in colour: a sensor's pixels are `scale` times as many a side as the picture's."""
    size = (max(5, round(height * scale)), max(10, round(width * scale)))
    channels = rng.choice([1, 3])
    noise = np.random.default_rng(rng.getrandbits(32)).standard_normal((*size, channels), dtype=np.float32)
    if scale < 1:
        noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR).reshape(height, width, channels)
    return noise


def _compress(image: np.ndarray, rng: random.Random) -> np.ndarray:
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(12, 70)])
    return cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
