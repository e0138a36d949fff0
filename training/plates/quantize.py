"""Writes an 8-bit net: QDQ, weights s8 per channel, activations u8, ranges from pictures of `train`.

    python -m plates.quantize --input .work/detector/detector.onnx --data ../shared/data --output ../models/detector.onnx

Of the detector all but the last convolutions, and the picture enters as it is (its 8 bits are the first activation). Of
the recognizer only `RECOGNIZER_NODES`. The card beside `--input` is copied with the new file's
hash, and a golden file is written.
"""

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import ModelProto, helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from .augment import jitter_quad, warp
from .crops import MARGIN, is_tune, load_crops
from .export import golden, golden_picture
from .recognizer import HEIGHT, WIDTH
from .tidy import Graph, drop_identities, tidy

PAD = 114
MULTIPLE = 32
QUANTIZED = ["Conv", "Relu", "Add", "Concat", "MaxPool", "Resize"]
GROUP = 4
RECOGNIZER_NODES = ("/net/stem/stem.2/", "/net/stem/stem.3/", "/net/around/")
"""The five widest convolutions, two thirds of the recognizer's multiplications. In 8 bits the three of the stem cost no
accuracy, where others did; those of `around` were measured only together with them, in what ships."""
MIDDLE = 128
"""What stands for zero in an 8-bit picture; the net's own zero is 127.5, the difference goes into the first bias."""


class Pictures(CalibrationDataReader):
    """Letterboxed pictures of train, of every set in turn, none of the tuning split."""

    def __init__(self, data: Path, count: int, long_side: int, seed: int):
        rng = random.Random(seed)
        sets = []
        for labels in [*sorted((data / "train/scenes").glob("*/labels.jsonl")), data / "train/negatives/labels.jsonl"]:
            names = [json.loads(line)["image"] for line in labels.read_text().splitlines()]
            paths = [labels.parent / name for name in names if not is_tune(f"{labels.parent.name}/{name}")]
            sets.append(rng.sample(paths, len(paths)))
        turns = [path for turn in range(max(map(len, sets))) for paths in sets for path in paths[turn : turn + 1]]
        self.paths = turns[:count]
        self.long_side = long_side
        self.pending: Iterator[Path] = iter(self.paths)

    def get_next(self) -> dict[str, np.ndarray] | None:
        path = next(self.pending, None)
        if path is None:
            return None
        image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        return {"image": letterbox(image, self.long_side)[None]}


class Plates(CalibrationDataReader):
    """Plates of train as a detector finds them, of every set alike, none of the tuning split."""

    def __init__(self, data: Path, count: int, seed: int):
        rng = random.Random(seed)
        sets: dict[str, list[np.ndarray]] = {}
        crops = load_crops(data, "train", tune=False)
        for crop in rng.sample(crops, len(crops)):
            quad = jitter_quad(crop.quad, MARGIN, 0.6, rng)
            of_set = sets.setdefault(crop.dataset, [])
            if len(of_set) < count / 20:
                of_set.append(warp(crop.image, quad, WIDTH, HEIGHT)[0])
        self.pending = iter([image for images in sets.values() for image in images])

    def get_next(self) -> dict[str, np.ndarray] | None:
        image = next(self.pending, None)
        return None if image is None else {"image": image[None]}


def letterbox(image: np.ndarray, long_side: int) -> np.ndarray:
    """As `letterbox` of src/core/detect.ts: (height, width, 3) uint8, sides multiples of 32."""
    scale = long_side / max(image.shape[:2])
    height, width = (max(1, int(side * scale + 0.5)) for side in image.shape[:2])
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    padded = np.full((-(-height // MULTIPLE) * MULTIPLE, -(-width // MULTIPLE) * MULTIPLE, 3), PAD, np.uint8)
    padded[:height, :width] = resized
    return padded


def shift_zero(model: ModelProto) -> str:
    """Has the first convolutions take `x - 128` instead of `x - 127.5`; returns the name of that tensor."""
    graph = Graph(model)
    subtract = next(node for node in graph.graph.node if node.op_type == "Sub")
    offset = graph.constants[subtract.input[1]].item()
    subtract.input[1] = graph.add_constant("middle", np.array(MIDDLE, np.float32))
    for convolution in graph.readers(subtract.output[0]):
        weights, bias = (graph.constants[name] for name in convolution.input[1:3])
        moved = bias + (MIDDLE - offset) * weights.sum((1, 2, 3))
        convolution.input[2] = graph.add_constant(f"{convolution.input[2]}_shifted", moved.astype(np.float32))
    graph.sweep()
    return subtract.output[0]


def take_picture_as_is(model: ModelProto, name: str) -> None:
    """Drops the way from 8 bits to float and back before the first convolutions."""
    graph = Graph(model)
    quantize = next(node for node in graph.readers(name) if node.op_type == "QuantizeLinear")
    scale, zero = (graph.constants[part] for part in quantize.input[1:3])
    if zero != MIDDLE or abs(scale.item() - 1) > 1e-6:
        raise ValueError(f"the picture is quantised with scale {scale} and zero {zero}, not 1 and {MIDDLE}")
    subtract = graph.maker(name)
    cast = graph.maker(subtract.input[0])
    for reader in graph.readers(quantize.output[0]):
        reader.input[0] = cast.input[0]
    graph.sweep()


def widen_first_convolution(model: ModelProto) -> None:
    """Rewrites the first convolution (3x3, stride 2) to work on groups of four pixels instead of three channels.

    Four pixels side by side are twelve channels of a picture a quarter as wide, and two results side by side are twice
    the channels: both are the same bytes read differently, channels last. With 12 channels ONNX Runtime has a direct
    kernel; with 3 it copies nine pieces of three bytes a pixel, which took half of the whole net's time.
    """
    graph = Graph(model)
    convolution = next(node for node in graph.graph.node if node.op_type == "Conv")
    pixels, weights, bias = (graph.maker(name) for name in convolution.input)
    transpose = graph.maker(pixels.input[0])
    narrow = graph.constants[weights.input[0]]
    channels, depth = narrow.shape[:2]
    wide = np.zeros((2, channels, GROUP, depth, 3, 2), narrow.dtype)  # parity, channel, pixel, colour, row, group
    for parity in range(2):
        for column in range(3):
            pixel = 2 * parity - 1 + column
            wide[parity, :, pixel % GROUP, :, :, pixel // GROUP + 1] = narrow[:, :, :, column]
    weights.input[0] = graph.add_constant("wide_weights", wide.reshape(2 * channels, GROUP * depth, 3, 2))
    bias.input[0] = graph.add_constant("wide_bias", np.tile(graph.constants[bias.input[0]], 2))
    for node in (weights, bias):
        for part in (1, 2):
            name = f"{node.name}_wide_{part}"
            node.input[part] = graph.add_constant(name, np.tile(graph.constants[node.input[part]], 2))
    del convolution.attribute[:]
    convolution.attribute.extend(
        helper.make_attribute(name, value)
        for name, value in {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 1, 0, 0]}.items()
    )
    grouped = graph.add_constant("grouped_shape", np.array([0, 0, -1, GROUP * depth], np.int64))
    image = transpose.input[0]
    transpose.input[0] = "grouped_pixels"
    graph.replace_before(
        transpose, [helper.make_node("Reshape", [image, grouped], ["grouped_pixels"], name="group_pixels")]
    )
    quantize = graph.readers(convolution.output[0])[0]
    if quantize.op_type == "Relu":
        quantize = graph.readers(quantize.output[0])[0]
    apart = graph.add_constant("apart_shape", np.array([0, 0, -1, channels], np.int64))
    old = quantize.output[0]
    quantize.output[0] = "wide_output"
    graph.insert_after(
        quantize,
        [
            helper.make_node("Transpose", ["wide_output"], ["wide_last"], name="wide_last", perm=[0, 2, 3, 1]),
            helper.make_node("Reshape", ["wide_last", apart], ["apart_last"], name="apart_last"),
            helper.make_node("Transpose", ["apart_last"], [old], name="apart_first", perm=[0, 3, 1, 2]),
        ],
    )
    graph.sweep()


def last_convolutions(model: ModelProto) -> list[str]:
    """The convolutions whose output no ReLU follows, and every node behind them."""
    graph = Graph(model)
    names = []
    behind: list[str] = []
    for node in graph.graph.node:
        is_last = node.op_type == "Conv" and all(reader.op_type != "Relu" for reader in graph.readers(node.output[0]))
        if is_last or any(name in behind for name in node.input):
            names.append(node.name)
            behind += node.output
    return names


def quantize(model: ModelProto, pictures: CalibrationDataReader, weight_bits: int = 8) -> ModelProto:
    """The 8-bit detector; see the module's head.

    With `weight_bits` 7 no sum of two products exceeds 16 bits, so that processors without VNNI (AVX2 only) compute the
    same as those with it.
    """
    model = tidy(model)
    picture = shift_zero(model)
    quantized = _quantize_nodes(model, pictures, last_convolutions(model), weight_bits)
    take_picture_as_is(quantized, picture)
    widen_first_convolution(quantized)
    del quantized.graph.value_info[:]  # the rewritten tensors have other shapes
    onnx.checker.check_model(quantized)
    return quantized


def quantize_recognizer(model: ModelProto, pictures: CalibrationDataReader, weight_bits: int = 8) -> ModelProto:
    """The recognizer with its widest convolutions in 8 bits; `weight_bits` as for `quantize`."""
    drop_identities(Graph(model))
    others = [node.name for node in model.graph.node if not node.name.startswith(RECOGNIZER_NODES)]
    quantized = _quantize_nodes(model, pictures, others, weight_bits)
    onnx.checker.check_model(quantized)
    return quantized


def _quantize_nodes(model: ModelProto, pictures: CalibrationDataReader, but: list[str], weight_bits: int) -> ModelProto:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "float.onnx"
        onnx.save(onnx.shape_inference.infer_shapes(model), str(path))
        quantize_static(
            str(path),
            str(path.with_name("int8.onnx")),
            pictures,
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=QUANTIZED,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=but,
            reduce_range=weight_bits == 7,
        )
        return onnx.load(str(path.with_name("int8.onnx")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=200, help="of plates it takes twice as many")
    parser.add_argument("--weight-bits", type=int, choices=[7, 8], default=8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    card = json.loads(args.input.with_suffix(".json").read_text())
    model = onnx.load(str(args.input))
    if card["task"] == "detector":
        pictures = Pictures(args.data, args.pictures, card["resize"]["longSide"], args.seed)
        onnx.save(quantize(model, pictures, args.weight_bits), str(args.output))
        example = golden_picture(96, 160)
    else:
        plates = Plates(args.data, 2 * args.pictures, args.seed)
        onnx.save(quantize_recognizer(model, plates, args.weight_bits), str(args.output))
        example = golden_picture(HEIGHT, WIDTH)
    card["sha256"] = hashlib.sha256(args.output.read_bytes()).hexdigest()
    args.output.with_suffix(".json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n")
    examples = golden(args.output, example, card["outputs"])
    args.output.with_suffix(".golden.json").write_text(json.dumps(examples) + "\n")
    print(f"{args.output}: {args.output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
