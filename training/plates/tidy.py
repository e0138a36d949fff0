"""Rewrites an exported net so that it runs faster and answers the same up to rounding. Knows graphs, not weights' meaning.

    python -m plates.tidy --input ../models/detector.onnx --output detector.onnx

- `x * scale - shift` before the first convolutions becomes one subtraction: the scale moves into their weights.
- A convolution whose output is cut in two becomes two convolutions: the cuts, and the changes of memory layout around
  them, go.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, helper, numpy_helper


class Graph:
    """A model's nodes by what they make and what reads them; constants as arrays."""

    def __init__(self, model: ModelProto):
        self.model = model
        self.graph = model.graph
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in self.graph.initializer}
        for node in self.graph.node:
            if node.op_type == "Constant":
                self.constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)

    def maker(self, name: str) -> NodeProto | None:
        return next((node for node in self.graph.node if name in node.output), None)

    def readers(self, name: str) -> list[NodeProto]:
        return [node for node in self.graph.node if name in node.input]

    def add_constant(self, name: str, value: np.ndarray) -> str:
        self.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        self.constants[name] = value
        return name

    def replace(self, old: list[NodeProto], new: list[NodeProto]) -> None:
        """Puts `new` where the first of `old` stood and takes `old` out."""
        nodes = list(self.graph.node)
        at = min(nodes.index(node) for node in old)
        kept_before = [node for node in nodes[:at] if node not in old]
        kept_after = [node for node in nodes[at:] if node not in old]
        del self.graph.node[:]
        self.graph.node.extend([*kept_before, *new, *kept_after])

    def replace_before(self, node: NodeProto, new: list[NodeProto]) -> None:
        nodes = list(self.graph.node)
        at = nodes.index(node)
        del self.graph.node[:]
        self.graph.node.extend([*nodes[:at], *new, *nodes[at:]])

    def insert_after(self, node: NodeProto, new: list[NodeProto]) -> None:
        nodes = list(self.graph.node)
        at = nodes.index(node) + 1
        del self.graph.node[:]
        self.graph.node.extend([*nodes[:at], *new, *nodes[at:]])

    def sweep(self) -> None:
        """Takes out what nothing reads any more."""
        while True:
            read = {name for node in self.graph.node for name in node.input} | {o.name for o in self.graph.output}
            dead = [node for node in self.graph.node if not any(name in read for name in node.output)]
            if not dead:
                break
            for node in dead:
                self.graph.node.remove(node)
        for tensor in [tensor for tensor in self.graph.initializer if tensor.name not in read]:
            self.graph.initializer.remove(tensor)


def drop_identities(graph: Graph) -> None:
    """Readers of a copy read the original: the exporter shares equal constants so."""
    for copy in [node for node in graph.graph.node if node.op_type == "Identity"]:
        for reader in graph.readers(copy.output[0]):
            for index, name in enumerate(reader.input):
                if name == copy.output[0]:
                    reader.input[index] = copy.input[0]
    graph.sweep()


def fold_scale(graph: Graph) -> None:
    """`(x * scale - shift) * w` becomes `(x - shift / scale) * (w * scale)`; padding stays zero, so borders stay too."""
    for subtract in [node for node in graph.graph.node if node.op_type == "Sub"]:
        multiply = graph.maker(subtract.input[0])
        if multiply is None or multiply.op_type != "Mul" or multiply.input[1] not in graph.constants:
            continue
        readers = graph.readers(subtract.output[0])
        if subtract.input[1] not in graph.constants or any(node.op_type != "Conv" for node in readers):
            continue
        scale, shift = graph.constants[multiply.input[1]], graph.constants[subtract.input[1]]
        if scale.size != 1 or shift.size != 1:
            continue
        for convolution in readers:
            weights = graph.constants[convolution.input[1]]
            convolution.input[1] = graph.add_constant(f"{convolution.input[1]}_scaled", weights * scale)
        offset = graph.add_constant(f"{subtract.name}_offset", (shift / scale).astype(np.float32))
        graph.replace(
            [multiply, subtract],
            [helper.make_node("Sub", [multiply.input[0], offset], subtract.output, name=subtract.name)],
        )


def split_chunks(graph: Graph) -> None:
    """Conv, ReLU and two halves along the channels become two Conv with ReLU."""
    for relu in [node for node in graph.graph.node if node.op_type == "Relu"]:
        readers = graph.readers(relu.output[0])
        slices = [node for node in readers if node.op_type == "Slice"]
        convolution = graph.maker(relu.input[0])
        is_chunked = len(slices) == 2 and all(node.op_type in ("Slice", "Shape") for node in readers)
        if not is_chunked or convolution is None or convolution.op_type != "Conv":
            continue
        if any(graph.constants.get(cut.input[3], np.zeros(1)).tolist() != [1] for cut in slices):
            continue
        weights, bias = (graph.constants[name] for name in convolution.input[1:3])
        half = len(weights) // 2
        first = next(cut for cut in slices if graph.constants.get(cut.input[1], np.ones(1)).tolist() == [0])
        new = []
        for part, cut in enumerate([first, *(cut for cut in slices if cut is not first)]):
            rows = slice(part * half, (part + 1) * half)
            name = f"{convolution.name}_{part}"
            conv = helper.make_node(
                "Conv",
                [
                    convolution.input[0],
                    graph.add_constant(f"{name}_weights", weights[rows]),
                    graph.add_constant(f"{name}_bias", bias[rows]),
                ],
                [f"{name}_output"],
                name=name,
            )
            conv.attribute.extend(convolution.attribute)
            new += [conv, helper.make_node("Relu", [f"{name}_output"], cut.output, name=f"{relu.name}_{part}")]
        graph.replace([convolution, relu, *slices], new)
    graph.sweep()


def tidy(model: ModelProto) -> ModelProto:
    """The same net with fewer and cheaper nodes."""
    graph = Graph(model)
    drop_identities(graph)
    fold_scale(graph)
    split_chunks(graph)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    onnx.save(tidy(onnx.load(str(args.input))), str(args.output))


if __name__ == "__main__":
    main()
