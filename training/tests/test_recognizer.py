import numpy as np
import torch

from plates.alphabet import IGNORED, SLOTS
from plates.recognizer import CLASSES, GRID_HEIGHT, GRID_WIDTH, HEAT_HEIGHT, HEAT_WIDTH, HEIGHT, WIDTH, Recognizer
from plates.train_recognizer import cross_entropy, losses


def toy_batch(size: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        "image": torch.randint(0, 255, (size, 3, HEIGHT, WIDTH), generator=generator).float(),
        "slots": torch.randint(0, CLASSES, (size, SLOTS), generator=generator),
        "look": torch.randint(0, GRID_HEIGHT * GRID_WIDTH, (size, SLOTS), generator=generator),
        "heat": torch.zeros(size, HEAT_HEIGHT, HEAT_WIDTH, dtype=torch.int64),
        "region": torch.full((size,), IGNORED),
        "lines": torch.zeros(size, dtype=torch.int64),
        "legibility": torch.zeros(size, dtype=torch.int64),
    }


def test_targets_that_nobody_knows_cost_nothing() -> None:
    logits = torch.randn(4, 7, requires_grad=True)
    loss = cross_entropy(logits, torch.full((4,), IGNORED))
    loss.backward()
    assert loss.item() == 0 and torch.equal(logits.grad, torch.zeros_like(logits))


def test_the_net_shapes_its_outputs_as_the_card_says() -> None:
    outputs = Recognizer().eval()(torch.zeros(2, 3, HEIGHT, WIDTH))
    assert outputs["characters"].shape == (2, SLOTS, CLASSES)
    assert set(outputs) == {"characters", "region", "lines", "legibility"}, (
        "the aids of training stay out of the shipped net"
    )


def test_a_few_steps_learn_a_toy_batch() -> None:
    torch.manual_seed(0)
    net, batch = Recognizer(), toy_batch(4)
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3)
    history = []
    for _ in range(20):
        loss = sum(losses(net(batch["image"]), batch, torch.ones(CLASSES)).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert np.mean(history[-3:]) < 0.7 * np.mean(history[:3])
