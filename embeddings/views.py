"""The part of a graph that makes two vectors out of a transformer's layers."""

from __future__ import annotations

import inspect
from typing import Any

LAYERS = 4
"""The second view is pooled from the mean of so many last layers."""


def two_views(body: Any, pooling: str, dense: list[Any]) -> Any:
    """Return the transformer with both poolings, and what comes behind them, in one module."""
    import torch

    takes = inspect.signature(body.forward).parameters

    class TwoViews(torch.nn.Module):  # type: ignore[misc]  # torch is not read by the checker.
        """The transformer with both poolings inside the graph."""

        def __init__(self) -> None:
            super().__init__()
            self.body = body
            self.dense = torch.nn.ModuleList(dense)

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            given = {"token_type_ids": torch.zeros_like(input_ids)} if "token_type_ids" in takes else {}
            out = self.body(
                input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True, **given
            )
            layers = out.hidden_states[-LAYERS:]
            both = (out.last_hidden_state, sum(layers) / len(layers))
            return tuple(self.behind(_pool(one, attention_mask, pooling)) for one in both)

        def behind(self, vectors: Any) -> Any:
            for layer in self.dense:
                vectors = layer({"sentence_embedding": vectors})["sentence_embedding"]
            return vectors

    return TwoViews().eval()


def _pool(states: Any, attention_mask: Any, pooling: str) -> Any:
    if pooling == "cls":
        return states[:, 0]
    mask = attention_mask.unsqueeze(-1).to(states.dtype)
    if pooling == "max":
        return (states + (mask - 1) * 1e9).max(dim=1).values
    if pooling == "lasttoken":
        # Without padding on the left, the sum of the mask says where the last token is.
        last = (attention_mask.sum(1) - 1).clamp(min=0).view(-1, 1, 1).expand(-1, 1, states.shape[-1])
        return states.gather(1, last).squeeze(1)
    # As a product of matrices, because a sum over tokens adds up in another order in a larger batch.
    return (mask.transpose(1, 2) @ states).squeeze(1) / mask.sum(1).clamp(min=1e-9)
