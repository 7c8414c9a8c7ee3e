"""Writes weights as safetensors has them, for programs of older versions of PyTorch, which keep them as a pickle."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

_NAMES = {"float32": "F32", "float64": "F64", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL"}


def pickled(program: bytes) -> bool:
    """Report whether the file of a program holds its weights as a pickle."""
    with zipfile.ZipFile(io.BytesIO(program)) as archive:
        return not any(name.endswith("data/weights/model_weights_config.json") for name in archive.namelist())


def of(program: Any) -> dict[str, torch.Tensor]:
    """Return parameters, buffers and other tensors of an exported program, by name."""
    constants = {name: tensor for name, tensor in program.constants.items() if isinstance(tensor, torch.Tensor)}
    return {**constants, **program.state_dict}


def safetensors(tensors: Mapping[str, torch.Tensor]) -> bytes:
    """Return the content of a safetensors file: the length of a JSON header, the header, and the numbers one after another.

    A tensor that is another one, as tied weights are, is written once, and its other names stand in the header's metadata, as
    safetensors' own save_model does it. Other types than integers, booleans, float32 and float64 are written as float32.
    """
    header: dict[str, Any] = {}
    contents: list[bytes] = []
    offset = 0
    first: dict[Any, str] = {}
    tied: dict[str, str] = {}
    for name, tensor in sorted(tensors.items()):
        here = tensor.data_ptr(), tensor.dtype, tensor.shape, tensor.stride()
        if tensor.numel() and first.setdefault(here, name) != name:
            tied[name] = first[here]
            continue
        array = np.ascontiguousarray(_array(tensor))
        content = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        header[name] = {"dtype": _NAMES[array.dtype.name], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(content)]}
        contents.append(content)
        offset += len(content)
    if tied:
        header["__metadata__"] = tied
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(contents)


def _array(tensor: torch.Tensor) -> np.ndarray:
    plain = tensor.detach().cpu()
    if str(plain.dtype).removeprefix("torch.") not in _NAMES:
        plain = plain.float()
    array: np.ndarray = plain.numpy()
    return array
