"""Takes the weights of a quantized net from 8 to 7 bits, so that every processor computes the same.

    python -m plates.narrow --model ../models/detector.onnx --card ../models/detector.json

Without VNNI (AVX2 only) the products of unsigned 8-bit activations and signed 8-bit weights are added in pairs of 16 bits,
which overflow; with 64 as the largest weight they cannot: 2 · 255 · 64 < 2^15. `quantize --weight-bits 7` does so from the
start; this is for a net of which only the 8-bit file is left.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, numpy_helper

from .export import golden, golden_picture

LARGEST = 64


def narrow(model: ModelProto) -> int:
    """Rescales the int8 weights of every convolution in place, channel by channel; returns how many changed.

    A bias is whole numbers of input scale times weight scale, so it is rescaled with the weights.
    """
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    makers = {node.output[0]: node for node in model.graph.node if node.op_type == "DequantizeLinear"}
    changed = 0
    for node in model.graph.node:
        if node.op_type != "Conv" or node.input[1] not in makers:
            continue
        values, scale, _ = makers[node.input[1]].input
        weights, old = numpy_helper.to_array(tensors[values]), numpy_helper.to_array(tensors[scale])
        largest = np.abs(weights.astype(int)).reshape(len(weights), -1).max(1)
        if largest.max() <= LARGEST:
            continue
        grown = (np.maximum(largest, 1) / LARGEST).astype(np.float32)
        rounded = np.round(weights / grown.reshape(-1, *[1] * (weights.ndim - 1))).astype(np.int8)
        tensors[values].CopyFrom(numpy_helper.from_array(rounded, values))
        tensors[scale].CopyFrom(numpy_helper.from_array(old * grown, scale))
        values, scale, _ = makers[node.input[2]].input
        bias, old = numpy_helper.to_array(tensors[values]), numpy_helper.to_array(tensors[scale])
        tensors[values].CopyFrom(numpy_helper.from_array(np.round(bias / grown).astype(np.int32), values))
        tensors[scale].CopyFrom(numpy_helper.from_array(old * grown, scale))
        changed += 1
    return changed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--card", type=Path, required=True)
    args = parser.parse_args()
    model = onnx.load(str(args.model))
    print(f"{narrow(model)} tensors now have 7 bits")
    onnx.save(model, str(args.model))
    card = json.loads(args.card.read_text())
    card["sha256"] = hashlib.sha256(args.model.read_bytes()).hexdigest()
    args.card.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n")
    example = golden(args.model, golden_picture(96, 160), card["outputs"])
    args.card.with_suffix(".golden.json").write_text(json.dumps(example) + "\n")


if __name__ == "__main__":
    main()
