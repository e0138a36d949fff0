"""Weights of an earlier run."""

from pathlib import Path

import torch
from torch import nn


def load_average(net: nn.Module, checkpoint: Path) -> int:
    """Loads the averaged weights of a training checkpoint; returns the number of training steps behind them.

    Layers that the net has got since stay as they are: a fresh `Residual` changes nothing until it is trained.

    Raises:
        ValueError: the checkpoint holds layers that the net lacks.
    """
    state = torch.load(checkpoint, map_location="cpu")
    average = {name.removeprefix("module."): value for name, value in state["average"].items() if name != "n_averaged"}
    unknown = net.load_state_dict(average, strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"{checkpoint} is of another net: it holds {', '.join(unknown)}")
    return state["step"]
