"""Weights of an earlier run."""

from pathlib import Path

import torch
from torch import nn


def load_average(net: nn.Module, checkpoint: Path) -> int:
    """Loads the averaged weights of a training checkpoint; returns the number of training steps behind them."""
    state = torch.load(checkpoint, map_location="cpu")
    average = torch.optim.swa_utils.AveragedModel(net, use_buffers=True)
    average.load_state_dict(state["average"])
    net.load_state_dict(average.module.state_dict())
    return state["step"]
