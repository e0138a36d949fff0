"""A training run that can be stopped and gone on with: weights, their average, the optimizer, the schedule and the log."""

import json
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .checkpoint import load_average

LOG_STEPS = 100


def add_run_options(parser: ArgumentParser) -> None:
    """What every run is told: see `Run`."""
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--minutes",
        type=float,
        default=90,
        help="training time over all runs: the learning rate ends with it, or with --steps if that comes first",
    )
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    parser.add_argument(
        "--weights", type=Path, help="checkpoint of an earlier run to go on from, with a fresh schedule"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)


class Run:
    """AdamW, its rate rising over `warm_up` steps and falling as a cosine to a fiftieth, with averaged weights.

    Goes on from `checkpoint.pt` in `args.out`, else from `args.weights`, else from the model as it is.
    """

    def __init__(self, model: nn.Module, args: Namespace, *, average_decay: float, warm_up: int, clip: float):
        self.model, self.args, self.warm_up, self.clip = model, args, warm_up, clip
        args.out.mkdir(parents=True, exist_ok=True)
        self.checkpoint = args.out / "checkpoint.pt"
        decay = [p for p in model.parameters() if p.ndim > 1]
        rest = [p for p in model.parameters() if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decay, "weight_decay": 0.03}, {"params": rest, "weight_decay": 0.0}], lr=args.learning_rate
        )
        self.average = torch.optim.swa_utils.AveragedModel(
            model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(average_decay), use_buffers=True
        )
        self.step, self.elapsed, self.fresh = 0, 0.0, 0
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint)
            model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.elapsed = state["step"], state["elapsed"]
        elif args.weights:
            self.fresh = self.step = load_average(model, args.weights)
            self.average.module.load_state_dict(model.state_dict())
        self.log_file = (args.out / "log.jsonl").open("a", buffering=1)
        self.begun = self.last_log = self.last_save = time.time()
        self.sums: dict[str, float] = {}
        self.seen = 0

    @property
    def trained(self) -> float:
        """Seconds of training so far, over all runs of this checkpoint."""
        return self.elapsed + time.time() - self.begun

    @property
    def is_done(self) -> bool:
        return self.step >= self.args.steps or self.trained > self.args.minutes * 60

    def log(self, **entry: object) -> None:
        print(json.dumps({"step": self.step, **entry}), file=self.log_file)

    def learn(self, parts: dict[str, Tensor]) -> None:
        """One step down the sum of the losses of a batch.

        Raises:
            RuntimeError: the loss is not finite.
        """
        loss = sum(parts.values())
        if not torch.isfinite(loss):
            raise RuntimeError(
                f"loss is {loss.item()} at step {self.step}; the last good weights are in {self.checkpoint}"
            )
        progress = min(1.0, max(self.step / self.args.steps, self.trained / (self.args.minutes * 60)))
        rise = min(1, (self.step - self.fresh + 1) / self.warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = float(self.args.learning_rate * rise * (0.49 * (1 + np.cos(np.pi * progress)) + 0.02))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        self.optimizer.step()
        self.average.update_parameters(self.model)
        self.step += 1
        self.seen += self.args.batch
        for name, part in parts.items():
            self.sums[name] = self.sums.get(name, 0.0) + part.item()
        if self.step % LOG_STEPS == 0:
            now = time.time()
            means = {name: round(total / LOG_STEPS, 4) for name, total in self.sums.items()}
            self.log(rate=round(self.seen / (now - self.last_log), 1), **means)
            self.sums, self.seen, self.last_log = {}, 0, now

    def is_due(self, seconds: float) -> bool:
        """Whether a checkpoint should be written: at the end, and when the last one is this old."""
        return self.is_done or time.time() - self.last_save > seconds

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "elapsed": self.trained,
        }
        torch.save(state, self.checkpoint.with_suffix(".new"))
        self.checkpoint.with_suffix(".new").rename(self.checkpoint)
        self.last_save = time.time()
