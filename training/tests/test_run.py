import json
import math
from argparse import Namespace
from pathlib import Path

import pytest
import torch

from plates.run import LOG_STEPS, Run


def a_run(out: Path, **changes: object) -> Run:
    args = {"out": out, "minutes": 60.0, "steps": 1000, "learning_rate": 0.1, "batch": 4, "weights": None}
    torch.manual_seed(0)
    return Run(torch.nn.Linear(3, 1), Namespace(**{**args, **changes}), average_decay=0.9, warm_up=10, clip=1.0)


def learn(run: Run, steps: int) -> None:
    for _ in range(steps):
        run.learn({"error": run.model(torch.ones(4, 3)).square().mean()})


def rate(run: Run) -> float:
    return run.optimizer.param_groups[0]["lr"]


def test_the_rate_rises_and_then_falls_with_the_steps(tmp_path: Path) -> None:
    run = a_run(tmp_path, steps=100)
    learn(run, 1)
    assert math.isclose(rate(run), 0.01, rel_tol=1e-2)
    learn(run, 9)
    assert rate(run) > 0.09
    learn(run, 90)
    assert rate(run) < 0.003
    assert run.is_done


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first = a_run(tmp_path)
    learn(first, 20)
    first.save()
    again = a_run(tmp_path)
    assert again.step == 20 and again.elapsed >= 0
    assert torch.equal(again.model.weight, first.model.weight)
    assert torch.equal(again.average.module.weight, first.average.module.weight)
    learn(first, 1)
    learn(again, 1)
    assert torch.allclose(again.model.weight, first.model.weight), "the optimizer's moments too"


def test_a_run_on_an_earlier_ones_weights_has_a_schedule_of_its_own(tmp_path: Path) -> None:
    first = a_run(tmp_path / "first")
    learn(first, 20)
    first.save()
    second = a_run(tmp_path / "second", weights=first.checkpoint)
    assert torch.equal(second.model.weight, first.average.module.weight)
    learn(second, 1)
    assert second.step == 21 and rate(second) < 0.02


def test_a_run_tells_its_mean_losses_and_ends_after_its_minutes(tmp_path: Path) -> None:
    run = a_run(tmp_path, minutes=1.0)
    learn(run, LOG_STEPS)
    [line] = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert line["step"] == LOG_STEPS and line["error"] > 0
    assert not run.is_done and not run.is_due(300)
    run.begun -= 61
    assert run.is_done and run.is_due(300)


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="loss is nan at step 0; the last good weights are in"):
        a_run(tmp_path).learn({"error": torch.tensor(float("nan"), requires_grad=True)})
