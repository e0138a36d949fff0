from pathlib import Path

import pytest
import torch

from plates.checkpoint import load_average
from plates.recognizer import HEIGHT, WIDTH, Recognizer


def save(net: torch.nn.Module, path: Path, without: str = "nothing") -> Path:
    average = torch.optim.swa_utils.AveragedModel(net, use_buffers=True).state_dict()
    kept = {name: value for name, value in average.items() if not name.startswith(f"module.{without}")}
    torch.save({"average": kept, "step": 7}, path)
    return path


def test_a_net_that_has_got_a_layer_since_answers_as_before(tmp_path: Path) -> None:
    torch.manual_seed(0)
    earlier, later = Recognizer().eval(), Recognizer().eval()
    image = torch.rand(2, 3, HEIGHT, WIDTH) * 255
    assert load_average(later, save(earlier, tmp_path / "checkpoint.pt", without="around")) == 7
    with torch.no_grad():
        assert torch.equal(later(image)["characters"], earlier(image)["characters"])


def test_a_checkpoint_of_another_net_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is of another net: it holds blocks\.2\.norm_attention"):
        load_average(Recognizer(), save(Recognizer(layers=3), tmp_path / "checkpoint.pt"))
