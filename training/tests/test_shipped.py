import onnx
import pytest
import torch

from plates.export import export_onnx, golden_picture
from plates.recognizer import HEIGHT, WIDTH, Recognizer
from plates.shipped import load_shipped, module_path


@pytest.mark.parametrize(
    ("node", "module"),
    [
        ("/net/characters/MatMul", "characters"),
        ("/net/stem/stem.0/stem.0.0/Conv", "stem.0.0"),
        ("/net/stem/stem.3/first/first.0/Conv", "stem.3.first.0"),
        ("/net/blocks.1/attention/query/MatMul", "blocks.1.attention.query"),
    ],
)
def test_a_node_names_its_module(node: str, module: str) -> None:
    assert module_path(node) == module


def trained_a_little() -> Recognizer:
    """A net whose norms are not the identity, nor alike: the exporter writes equal constants once."""
    torch.manual_seed(3)
    net = Recognizer()
    for parameter in net.parameters():
        if parameter.ndim == 1:
            torch.nn.init.normal_(parameter, 0.5, 0.1)
    net.train()
    for _ in range(3):
        net(torch.randint(0, 255, (4, 3, HEIGHT, WIDTH)).float())
    return net.eval()


def test_an_exported_net_comes_back_with_the_same_answers(tmp_path) -> None:
    net = trained_a_little()
    path = tmp_path / "recognizer.onnx"
    outputs = ["characters", "region", "lines", "legibility"]
    axes = {name: {0: "batch"} for name in ["image", *outputs]}
    export_onnx(net, golden_picture(HEIGHT, WIDTH), path, outputs, axes)
    images = torch.randint(0, 255, (8, 3, HEIGHT, WIDTH), generator=torch.Generator().manual_seed(1)).float()
    back = Recognizer()
    load_shipped(back, onnx.load(str(path)), images)
    with torch.no_grad():
        expected, found = net(images), back.eval()(images)
    for name in outputs:
        assert torch.allclose(expected[name], found[name], atol=1e-3), name


def test_a_file_of_another_net_is_refused(tmp_path) -> None:
    path = tmp_path / "recognizer.onnx"
    outputs = ["characters", "region", "lines", "legibility"]
    export_onnx(Recognizer(layers=3), golden_picture(HEIGHT, WIDTH), path, outputs, {"image": {0: "batch"}})
    with pytest.raises(ValueError, match="is not in the net"):
        load_shipped(Recognizer(), onnx.load(str(path)), torch.zeros(2, 3, HEIGHT, WIDTH))
