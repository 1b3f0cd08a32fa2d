"""Weights of an ONNX graph as int8, such that the company a text is encoded in never changes its vector.

The usual dynamic quantisation takes one scale for all activations of a batch, so a text's vector depends on
the texts beside it. Here each token's activations have a scale of their own: the same text always gives the
same vector, and it is nearer to that of the full model. Matrices are multiplied as integers with one scale a
column.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTRIB = "com.microsoft"
MANY_ROWS = 1000
"""Tables of so many rows hold embeddings of tokens: kept as int8 with one scale a row."""


def quantise(graph: Any) -> None:
    """Turn the constant matrices and token tables of an ``onnx`` graph into int8, in place."""
    weights = {one.name: one for one in graph.initializer}
    nodes: list[Any] = []
    added: list[Any] = _constants()
    scaled: dict[str, tuple[str, str]] = {}
    for node in graph.node:
        if node.op_type == "MatMul" and _is_matrix(weights.get(node.input[1])):
            _multiply(node, weights[node.input[1]], nodes, added, scaled)
        elif node.op_type == "Gather" and _is_table(weights.get(node.input[0])):
            _look_up(node, weights[node.input[0]], nodes, added)
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in graph.node for name in node.input} | {one.name for one in graph.output}
    # One weight may stand in several places.
    whole = {one.name: one for one in (*graph.initializer, *added)}
    kept = [one for name, one in whole.items() if name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _constants() -> list[Any]:
    from onnx import numpy_helper

    values = {
        "row.most": np.float32(127),
        "row.least": np.float32(1e-9),
        "row.step": np.float32(1 / 127),
        "row.one": np.float32(1),
        "row.middle": np.uint8(128),
    }
    return [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()]


def _is_matrix(weight: Any) -> bool:
    return weight is not None and len(weight.dims) == 2 and weight.data_type == 1


def _is_table(weight: Any) -> bool:
    return _is_matrix(weight) and weight.dims[0] >= MANY_ROWS


def _multiply(
    node: Any, weight: Any, nodes: list[Any], added: list[Any], scaled: dict[str, tuple[str, str]]
) -> None:
    """Replace a multiplication: integers times integers, then the scales of row and column."""
    from onnx import helper, numpy_helper

    values, scales = _integers(numpy_helper.to_array(weight), axis=0)
    added.append(numpy_helper.from_array(values, weight.name + ".int8"))
    added.append(numpy_helper.from_array(scales.ravel(), weight.name + ".scale"))
    rows, name = node.input[0], node.output[0]
    if rows not in scaled:
        scaled[rows] = _rows(rows, nodes)
    whole, scale = scaled[rows]
    inputs = [whole, weight.name + ".int8", "row.one", weight.name + ".scale", "row.middle"]
    nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, [name + ".raw"], domain=CONTRIB))
    nodes.append(helper.make_node("Mul", [name + ".raw", scale], [name]))


def _rows(rows: str, nodes: list[Any]) -> tuple[str, str]:
    """Add what turns activations into integers, a scale a row; returns the names of both."""
    from onnx import helper

    own = rows + ".row"
    nodes += [
        helper.make_node("Abs", [rows], [own + ".abs"]),
        helper.make_node("ReduceMax", [own + ".abs"], [own + ".top"], axes=[-1], keepdims=1),
        helper.make_node("Max", [own + ".top", "row.least"], [own + ".max"]),
        helper.make_node("Div", ["row.most", own + ".max"], [own + ".factor"]),
        helper.make_node("Mul", [own + ".max", "row.step"], [own + ".scale"]),
        helper.make_node("Mul", [rows, own + ".factor"], [own + ".wide"]),
        helper.make_node("QuantizeLinear", [own + ".wide", "row.one", "row.middle"], [own + ".int8"]),
    ]
    return own + ".int8", own + ".scale"


def _look_up(node: Any, table: Any, nodes: list[Any], added: list[Any]) -> None:
    """Replace a look-up in a table of floats by one in a table of bytes and one of scales."""
    from onnx import TensorProto, helper, numpy_helper

    values, scales = _integers(numpy_helper.to_array(table), axis=1)
    added.append(numpy_helper.from_array(values, table.name + ".int8"))
    added.append(numpy_helper.from_array(scales, table.name + ".scale"))
    ids, name = node.input[1], node.output[0]
    nodes += [
        helper.make_node("Gather", [table.name + ".int8", ids], [name + ".int8"]),
        helper.make_node("Cast", [name + ".int8"], [name + ".wide"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [table.name + ".scale", ids], [name + ".scale"]),
        helper.make_node("Mul", [name + ".wide", name + ".scale"], [name]),
    ]


def _integers(values: NDArray[Any], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return a matrix as int8 with the scales that give it back, one for each line across ``axis``."""
    top = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12)
    scales = (top / 127).astype(np.float32)
    return np.clip(np.round(values / scales), -127, 127).astype(np.int8), scales
