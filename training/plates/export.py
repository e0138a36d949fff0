"""Writes a trained net as `<name>.onnx` with its card and golden file, as DESIGN section 4 asks.

    python -m plates.export recognizer --checkpoint .work/recognizer/checkpoint.pt --data ../shared/data --out ../models

Normalisation and colour layout live in the graph: the input is 8-bit RGB, (batch, height, width, 3).
"""

import argparse
import base64
import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from .alphabet import ALPHABET, REGIONS, SLOTS
from .checkpoint import load_average
from .crops import MARGIN
from .detector import STRIDES, Detector
from .recognizer import HEIGHT, WIDTH, Recognizer

OPSET = 17
INPUT_SIDE = 512
"""Longer side at inference: on val recall 0.892 at precision 0.914, against 0.904 and 0.886 at 576, in four fifths of the time."""
LICENCES = {
    "algeria": "none stated",
    "ar": "GPL-3.0 repository",
    "bd-suvo": "none stated",
    "ccpd-samples": "MIT",
    "cn-lprnet": "none stated",
    "ealpr-egypt": "asks for citation",
    "easypr-cn": "Apache-2.0",
    "egypt-motorcycles": "CC BY 4.0",
    "farhad": "none stated",
    "in-alwyn": "MIT",
    "in-google440": "none stated",
    "in-n225": "CC0",
    "in-sid0312": "none stated",
    "iwpod-mixed": "MIT",
    "kaggle-cars433": "CC0",
    "kr-cvlab": "Apache-2.0",
    "my-delloyd": "CC BY 4.0",
    "negatives": "AGPL-3.0 repository",
    "openalpr-br": "AGPL-3.0 repository",
    "openalpr-eu": "AGPL-3.0 repository",
    "openalpr-eu2": "AGPL-3.0 repository",
    "openimages-plates": "CC BY 4.0",
    "openlpr-plates": "Apache-2.0",
    "ro-dashcam": "MIT",
    "tn": "none stated",
    "us-seg": "AGPL-3.0 repository",
    "vn-gate": "none stated",
    "vn-motorcycles": "none stated",
    "world-lprds": "none stated",
}
"""Licence of each set as its source states it."""
DRAWN = {
    "detector": {"rendered plates": 6000, "platekit synth plates": 12000},
    "recognizer": {"rendered plates": 82000, "platekit synth plates": 162000},
}
DRAWN["merged"] = DRAWN["recognizer"] | {"platekit synth merged": 37205}
"""Plates of our own drawing, by net."""
SEEN = {"name": "plates of the sets' scenes, as the detector finds them", "licence": "as of their sets", "images": 2453}
"""What `plates.seen` adds to the recognizer's crops."""


class NamedOutputs(nn.Module):
    """A net behind the input that cards promise: uint8 pixels, channels last."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        output = self.net(image.permute(0, 3, 1, 2).float())
        return tuple(output.values()) if isinstance(output, dict) else (output,)


def training_data(data: Path, kind: str) -> list[dict[str, str | int]]:
    """Sets under `train/<kind>` with licence and number of pictures."""
    sets = []
    for labels in sorted((data / "train" / kind).glob("*/labels.jsonl")):
        name = labels.parent.name
        licence = LICENCES[name.removesuffix("-crops").removesuffix("-scenes")]
        sets.append({"name": name, "licence": licence, "images": len(labels.read_text().splitlines())})
    return sets


def export_onnx(
    net: nn.Module, example: np.ndarray, path: Path, outputs: list[str], axes: dict[str, dict[int, str]]
) -> None:
    """One self-contained file; `axes` names the sizes that may vary."""
    module = NamedOutputs(net.eval()).eval()
    torch.onnx.export(
        module,
        (torch.from_numpy(example),),
        str(path),
        dynamo=False,
        opset_version=OPSET,
        input_names=["image"],
        output_names=outputs,
        dynamic_axes=axes,
    )
    model = onnx.load(str(path))
    del model.metadata_props[:]
    for node in model.graph.node:  # scope names of the exporting machine say nothing to a user
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def golden(path: Path, image: np.ndarray, outputs: list[str]) -> dict[str, object]:
    """One input and what ONNX Runtime makes of it; base64 of uint8 and little-endian float32."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    results = session.run(outputs, {"image": image})
    return {
        "input": {"shape": list(image.shape), "data": base64.b64encode(image.tobytes()).decode()},
        "outputs": {
            name: {"shape": list(value.shape), "data": base64.b64encode(value.astype("<f4").tobytes()).decode()}
            for name, value in zip(outputs, results, strict=True)
        },
    }


def golden_picture(height: int, width: int) -> np.ndarray:
    """A picture made of ramps and bars, the same on every machine: (1, height, width, 3) uint8."""
    y, x = np.mgrid[0:height, 0:width]
    red = (x * 255 // max(1, width - 1)).astype(np.uint8)
    green = (y * 255 // max(1, height - 1)).astype(np.uint8)
    blue = np.where((x // 7 + y // 11) % 2 == 0, 40, 215).astype(np.uint8)
    return np.stack([red, green, blue], -1)[None]


def git_commit() -> str:
    return subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "net", choices=["detector", "recognizer", "merged"], help="merged: a recognizer of merged pictures"
    )
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", default="1.1.0")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    task = "detector" if args.net == "detector" else "recognizer"
    onnx_path = args.out / f"{args.net}.onnx"
    card_path = args.out / f"{args.net}.json"
    card: dict[str, object] = {"schema": 1, "task": task, "name": f"platekit-{args.net}", "version": args.version}
    common_input = {
        "name": "image",
        "type": "uint8",
        "layout": "NHWC",
        "colour": "RGB",
        "normalisation": "in the graph: x / 127.5 - 1",
    }

    if task == "detector":
        net: nn.Module = Detector()
        steps = load_average(net, args.checkpoint)
        outputs = ["output"]
        axes = {"image": {0: "batch", 1: "height", 2: "width"}, "output": {0: "batch", 2: "cells"}}
        export_onnx(net, golden_picture(96, 160), onnx_path, outputs, axes)
        kinds = ["scenes"]
        card |= {
            "input": common_input,
            "resize": {"rule": "letterbox", "longSide": INPUT_SIDE, "multiple": 32, "pad": 114},
            "outputs": outputs,
            "strides": list(STRIDES),
            "threshold": 0.15,
            "nmsIou": 0.45,
        }
        example = golden_picture(96, 160)
    else:
        net = Recognizer()
        steps = load_average(net, args.checkpoint)
        outputs = ["characters", "region", "lines", "legibility"]
        export_onnx(
            net, golden_picture(HEIGHT, WIDTH), onnx_path, outputs, {name: {0: "batch"} for name in ["image", *outputs]}
        )
        kinds = ["crops"]
        card |= {
            "input": common_input,
            "resize": {"rule": "stretch", "width": WIDTH, "height": HEIGHT, "margin": MARGIN},
            "outputs": outputs,
            "slots": SLOTS,
            "alphabet": list(ALPHABET),
            "regions": REGIONS,
            "calibration": {"temperature": 1, "weights": [], "bias": 0},
        }
        example = golden_picture(HEIGHT, WIDTH)

    data = [row for kind in kinds for row in training_data(args.data, kind)]
    if task == "recognizer":
        data.append(SEEN)
    for name, images in DRAWN[args.net].items():
        data.append({"name": name, "licence": "Apache-2.0", "images": images})
    card |= {
        "sha256": hashlib.sha256(onnx_path.read_bytes()).hexdigest(),
        "training": {"data": data, "steps": steps, "seed": args.seed, "commit": git_commit()},
        "figures": {},
    }
    card_path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n")
    (args.out / f"{args.net}.golden.json").write_text(json.dumps(golden(onnx_path, example, outputs)) + "\n")
    print(f"{onnx_path}: {onnx_path.stat().st_size / 1e6:.2f} MB after {steps} steps")


if __name__ == "__main__":
    main()
