from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import ModelProto
from test_shipped import trained_a_little

from plates.detector import Detector
from plates.export import export_onnx, golden_picture
from plates.narrow import LARGEST, narrow
from plates.quantize import letterbox, quantize, quantize_recognizer
from plates.recognizer import HEIGHT, WIDTH, Recognizer
from plates.shipped import load_shipped
from plates.tidy import tidy


class Ramps:
    """A few plain pictures to calibrate on."""

    def __init__(self) -> None:
        self.pending: Iterator[tuple[int, int]] = iter([(64, 96), (96, 64), (64, 64)])

    def get_next(self) -> dict[str, np.ndarray] | None:
        size = next(self.pending, None)
        return None if size is None else {"image": golden_picture(*size)}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> ModelProto:
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("net") / "detector.onnx"
    axes = {"image": {0: "batch", 1: "height", 2: "width"}, "output": {0: "batch", 2: "cells"}}
    export_onnx(Detector(), golden_picture(64, 96), path, ["output"], axes)
    return onnx.load(str(path))


def run(model: ModelProto, image: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(["output"], {"image": image})[0]


def test_a_tidied_net_answers_the_same_with_fewer_nodes(exported: ModelProto) -> None:
    image = golden_picture(96, 160)
    tidied = tidy(onnx.ModelProto.FromString(exported.SerializeToString()))
    assert np.allclose(run(tidied, image), run(exported, image), atol=1e-4, rtol=1e-4)
    kinds = [node.op_type for node in tidied.graph.node]
    assert kinds.count("Slice") < sum(node.op_type == "Slice" for node in exported.graph.node)
    assert kinds.count("Mul") == 0


def test_the_8_bit_net_keeps_shape_and_comes_close(exported: ModelProto) -> None:
    image = golden_picture(96, 160)
    quantized = quantize(onnx.ModelProto.FromString(exported.SerializeToString()), Ramps())
    expected, found = run(exported, image), run(quantized, image)
    assert found.shape == expected.shape
    spread = expected.std(axis=(0, 2), keepdims=True) + 1e-3
    assert np.abs((found - expected) / spread).mean() < 0.5
    weights = [tensor for tensor in quantized.graph.initializer if tensor.data_type == onnx.TensorProto.INT8]
    assert len(weights) > 40
    assert not any(node.op_type == "Cast" for node in quantized.graph.node)


def test_narrowed_weights_have_7_bits_and_mean_the_same(exported: ModelProto) -> None:
    image = golden_picture(96, 160)
    model = quantize(onnx.ModelProto.FromString(exported.SerializeToString()), Ramps())
    assert narrow(model) > 40
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.INT8:
            assert np.abs(onnx.numpy_helper.to_array(tensor).astype(int)).max() <= LARGEST, tensor.name
    expected, found = run(exported, image), run(model, image)
    spread = expected.std(axis=(0, 2), keepdims=True) + 1e-3
    assert np.abs((found - expected) / spread).mean() < 0.5
    assert narrow(model) == 0


class Noise:
    """Plates of noise to calibrate on."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.pending = iter([rng.integers(0, 255, (1, HEIGHT, WIDTH, 3), np.uint8) for _ in range(8)])

    def get_next(self) -> dict[str, np.ndarray] | None:
        image = next(self.pending, None)
        return None if image is None else {"image": image}


def test_the_8_bit_recognizer_answers_alike_and_can_be_trained_on(tmp_path: Path) -> None:
    net, path = trained_a_little(), tmp_path / "recognizer.onnx"
    outputs = ["characters", "region", "lines", "legibility"]
    image = golden_picture(HEIGHT, WIDTH)
    export_onnx(net, image, path, outputs, {name: {0: "batch"} for name in ["image", *outputs]})
    quantized = quantize_recognizer(onnx.load(str(path)), Noise(), weight_bits=7)
    weights = [tensor for tensor in quantized.graph.initializer if tensor.data_type == onnx.TensorProto.INT8]
    assert sum(tensor.name.endswith("_quantized") for tensor in weights) == 5
    session = onnxruntime.InferenceSession(quantized.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run(outputs, {"image": np.repeat(image, 3, 0)})
    back = Recognizer()
    load_shipped(back, quantized, torch.from_numpy(image).permute(0, 3, 1, 2).float().repeat(4, 1, 1, 1))
    with torch.no_grad():
        expected = net(torch.from_numpy(image).permute(0, 3, 1, 2).float())
        again = back.eval()(torch.from_numpy(image).permute(0, 3, 1, 2).float())
    for name, value in zip(outputs, found, strict=True):
        spread = expected[name].std().item()
        assert np.abs(value - expected[name].numpy()).mean() < 0.2 * spread, name
        assert (again[name] - expected[name]).abs().mean() < 0.2 * spread, name


def test_a_picture_is_letterboxed_as_the_reader_does_it() -> None:
    padded = letterbox(np.zeros((90, 200, 3), np.uint8), 576)
    assert padded.shape == (288, 576, 3)
    assert padded[:259].max() == 0
    assert padded[259:].min() == 114
