import base64
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from plates.detector import Detector
from plates.export import export_onnx, golden, golden_picture
from plates.recognizer import HEIGHT, WIDTH, Recognizer


@pytest.mark.parametrize(
    ("net", "outputs", "height", "width"),
    [(Detector(), ["output"], 64, 96), (Recognizer(), ["characters", "region", "lines", "legibility"], HEIGHT, WIDTH)],
)
def test_the_exported_file_says_what_the_net_says(
    tmp_path: Path, net: nn.Module, outputs: list[str], height: int, width: int
) -> None:
    path = tmp_path / "net.onnx"
    axes = {"image": {0: "batch", 1: "height", 2: "width"}} if len(outputs) == 1 else {"image": {0: "batch"}}
    image = golden_picture(height, width)
    export_onnx(net, image, path, outputs, axes)
    record = golden(path, image, outputs)
    with torch.no_grad():
        expected = net.eval()(torch.from_numpy(image).permute(0, 3, 1, 2).float())
    expected = expected if isinstance(expected, dict) else {"output": expected}
    for name in outputs:
        entry = record["outputs"][name]
        value = np.frombuffer(base64.b64decode(entry["data"]), "<f4").reshape(entry["shape"])
        assert np.allclose(value, expected[name].numpy(), atol=1e-3, rtol=1e-3)


def test_a_batch_of_another_size_runs_too(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    outputs = ["characters", "region", "lines", "legibility"]
    export_onnx(
        Recognizer(), golden_picture(HEIGHT, WIDTH), path, outputs, {name: {0: "batch"} for name in ["image", *outputs]}
    )
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert session.run(["characters"], {"image": np.zeros((5, HEIGHT, WIDTH, 3), np.uint8)})[0].shape[0] == 5
