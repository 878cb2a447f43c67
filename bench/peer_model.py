#!/usr/bin/env python3
"""Converts all-MiniLM-L6-v2 to the file that chromadb looks for first, so that the peer needs no download.

usage: HOME=HOME_OF_THE_PEER peer_model.py FOLDER_WITH_MODEL_SAFETENSORS
"""

import shutil
import sys
from pathlib import Path

import torch
from transformers import BertModel


class LastHiddenState(torch.nn.Module):
    """Gives the token vectors alone, as chromadb's own export does."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state


def main() -> None:
    source = Path(sys.argv[1])
    target = Path.home() / ".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx"
    target.mkdir(parents=True, exist_ok=True)
    bert = BertModel.from_pretrained(source, attn_implementation="eager", add_pooling_layer=False).eval()
    ones = torch.ones(2, 16, dtype=torch.long)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "seq"} for name in [*names, "last_hidden_state"]}
    torch.onnx.export(
        LastHiddenState(bert),
        (ones, ones, torch.zeros_like(ones)),
        str(target / "model.onnx"),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    for name in ["config.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt"]:
        shutil.copy(source / name, target)


main()
