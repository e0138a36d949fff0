import pytest
import torch

from plates.mix import mix
from plates.recognizer import HEIGHT, WIDTH, Recognizer


def answers(state: dict[str, torch.Tensor], image: torch.Tensor) -> torch.Tensor:
    net = Recognizer().eval()
    net.load_state_dict(state)
    with torch.no_grad():
        return net(image)["characters"]


def test_the_ends_of_the_way_are_the_two_nets() -> None:
    torch.manual_seed(0)
    first, second = Recognizer(), Recognizer()
    torch.nn.init.normal_(second.around.second[1].weight)
    without = {name: value for name, value in first.state_dict().items() if not name.startswith("around.")}
    image = torch.rand(1, 3, HEIGHT, WIDTH) * 255
    assert torch.equal(answers(mix(without, second.state_dict(), 0), image), answers(first.state_dict(), image))
    assert torch.equal(answers(mix(without, second.state_dict(), 1), image), answers(second.state_dict(), image))
    between = mix(without, second.state_dict(), 0.5)["norm.weight"]
    assert torch.allclose(between, (first.norm.weight + second.norm.weight) / 2)


def test_a_net_that_has_lost_a_layer_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the later net lacks blocks\.2\."):
        mix(Recognizer(layers=3).state_dict(), Recognizer().state_dict(), 0.5)
