"""Takes a shipped recognizer back apart into weights to go on training from, where the checkpoint is gone.

    python -m plates.shipped --model ../models/recognizer.onnx --fonts .work/fonts --out .work/shipped.pt

Export folds each batch norm into its convolution, may round the convolutions' weights to 8 bits, and drops the heat head. Here a batch norm gets the statistics of drawn
plates with the scale and shift that undo them, and the heat head is learnt anew on the frozen features.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from .crops import Crop, load_rendered, make_sample
from .recognizer import Recognizer
from .train_recognizer import cross_entropy, heat_class_weights

SAMPLES = 512
"""Plates that the batch norms are measured on."""
HEAT_STEPS = 400


def module_path(node_name: str) -> str:
    """`/net/stem/stem.3/first/first.0/Conv` is the module `stem.3.first.0`: list entries repeat their list's name."""
    path: list[str] = []
    for part in node_name.split("/")[2:-1]:
        if path and part.startswith(f"{path[-1]}."):
            path.pop()
        path.append(part)
    return ".".join(path)


def load_shipped(net: Recognizer, model: onnx.ModelProto, images: Tensor) -> None:
    """Fills `net` so that it answers as `model`; `images` (batch, 3, 64, 160), 0..255, set the batch norms' statistics.

    Raises:
        ValueError: the model has other layers than the net.
    """
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    for node in model.graph.node:  # 8-bit weights, per channel of the first axis
        if node.op_type == "DequantizeLinear" and node.input[0] in constants:
            value, scale, zero = (constants[name].astype(np.float32) for name in node.input)
            axes = (-1,) + (1,) * (value.ndim - 1)
            constants[node.output[0]] = (value - zero.reshape(axes)) * scale.reshape(axes)
    state = net.state_dict()
    filled = {name for name in state if "heat." in name or "running_" in name or "num_batches" in name}

    def fill(name: str, value: np.ndarray) -> None:
        if name not in state or state[name].shape != value.shape:
            raise ValueError(f"{name} {list(value.shape)} of the file is not in the net")
        state[name] = torch.from_numpy(value.copy())
        filled.add(name)

    for name, value in constants.items():
        if name.startswith("net."):
            fill(name.removeprefix("net."), value)
    shifts: dict[str, Tensor] = {}
    for node in model.graph.node:
        path = module_path(node.name)
        if node.op_type in ("MatMul", "Gemm") and node.input[1] in constants:
            turned = any(attribute.name == "transB" and attribute.i == 1 for attribute in node.attribute)
            fill(f"{path}.weight", constants[node.input[1]] if turned else constants[node.input[1]].T)
            if node.input[0] in constants:  # what is multiplied once for all plates
                fill("queries", constants[node.input[0]][None])
        elif node.op_type == "Conv":
            parent, _, index = path.rpartition(".")
            norm = f"{parent}.{int(index) + 1}"
            fill(f"{path}.weight", constants[node.input[1]])
            shifts[norm] = torch.from_numpy(constants[node.input[2]].copy())
            filled |= {f"{norm}.weight", f"{norm}.bias"}
    missing = sorted(set(state) - filled)
    if missing:
        raise ValueError(f"the file lacks {', '.join(missing)}")
    net.load_state_dict(state)

    def measure(norm: nn.BatchNorm2d, shift: Tensor):
        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            mean, variance = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3))
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.data = (variance + norm.eps).sqrt()
            norm.bias.data = shift + mean

        return hook

    modules = dict(net.named_modules())
    hooks = [modules[name].register_forward_pre_hook(measure(modules[name], shift)) for name, shift in shifts.items()]
    net.eval()
    with torch.no_grad():
        net(images)
    for hook in hooks:
        hook.remove()


def learn_heat(net: Recognizer, crops: list[Crop], steps: int, seed: int) -> float:
    """Trains the heat head alone on plates with known positions; returns its last loss."""
    rng = random.Random(seed)
    weights = heat_class_weights(net)
    optimizer = torch.optim.AdamW(net.heat.parameters(), lr=3e-3)
    loss = torch.zeros(())
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * (1 - step / steps)
        images, heat = _batch(crops, 128, rng)
        with torch.no_grad():
            features = net.stem(images * (1 / 127.5) - 1)
        loss = cross_entropy(net.heat(features), heat, weight=weights)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def _batch(crops: list[Crop], count: int, rng: random.Random) -> tuple[Tensor, Tensor]:
    samples = [make_sample(rng.choice(crops), rng, 0.5, crops) for _ in range(count)]
    images = torch.from_numpy(np.stack([sample.image for sample in samples])).permute(0, 3, 1, 2).float()
    return images, torch.from_numpy(np.stack([sample.heat for sample in samples]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=0, help="training steps behind the model, as its card says")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    plates = load_rendered(args.out.with_name(f"rendered-shipped-{args.seed}.pickle"), args.fonts, 8000, args.seed)
    net = Recognizer()
    load_shipped(net, onnx.load(str(args.model)), _batch(plates, SAMPLES, random.Random(args.seed))[0])
    loss = learn_heat(net, plates, HEAT_STEPS, args.seed)
    average = torch.optim.swa_utils.AveragedModel(net, use_buffers=True)
    torch.save({"model": net.state_dict(), "average": average.state_dict(), "step": args.steps}, args.out)
    print(f"{args.out}: the heat head's loss is {loss:.3f}")


if __name__ == "__main__":
    main()
