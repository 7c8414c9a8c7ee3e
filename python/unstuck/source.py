"""Reads examples from what people hold them in: arrays, a DataLoader, a Dataset, batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from . import tree
from .arrays import rows_of, take, to_array
from .errors import UnstuckError
from .sampling import MAX_BYTES, MAX_ROWS, kept_rows


@dataclass
class Examples:
    """Inputs and targets, row by row: arrays, or tuples or dictionaries of arrays."""

    x: Any
    y: Any
    of: int | None  # how many rows there were; None where nobody can tell
    batch_size: int | None = None  # as a DataLoader has it
    shuffle: bool | None = None
    sample_weight: np.ndarray | None = None

    @property
    def kept(self) -> int:
        return len(tree.leaves(self.x)[0])


@dataclass
class Ports:
    """What the model takes, to tell inputs from targets in a batch."""

    names: tuple[str, ...] = ()  # of its parameters; empty where they are unknown
    most: int | None = None  # how many inputs it takes at most; None for any number

    def divide(self, batch: Any) -> tuple[Any, Any]:
        """Return the inputs and the targets of one example or one batch."""
        if isinstance(batch, Mapping):
            inputs = {name: part for name, part in batch.items() if name in self.names}
            targets = {name: part for name, part in batch.items() if name not in self.names}
            if not inputs or not targets:
                raise UnstuckError(
                    f"the data comes as a dictionary with {list(batch)}, the model's forward takes {list(self.names)}, and what it "
                    "doesn't take are the targets: nothing is left for one of both; give arrays instead, save(…, x=…, y=…)"
                )
            return inputs, next(iter(targets.values())) if len(targets) == 1 else targets
        if not isinstance(batch, (tuple, list)) or len(batch) < 2:
            raise UnstuckError("the data comes without targets: an example must be a pair (x, y); give arrays instead, save(…, x=…, y=…)")
        count = len(batch) - 1 if self.most is None else max(1, min(len(batch) - 1, self.most))
        return _one_or_tuple(batch[:count]), _one_or_tuple(batch[count:])


def _one_or_tuple(parts: Any) -> Any:
    part = parts[0] if len(parts) == 1 else tuple(parts)
    return tuple(part) if isinstance(part, list) and part and hasattr(part[0], "shape") else part


def read(x: Any, y: Any, rows: int | None, seed: int, ports: Ports) -> Examples:
    """Read examples from x and y, or from x alone where it is a DataLoader, a Dataset or yields batches.

    rows is how many are kept at most, chosen by seed; None: see ``sampling``. Nothing that x would draw or yield later
    changes, but for an iterator, which is refused.
    """
    if x is None:
        raise UnstuckError("x is missing: save(folder, model, x=…, y=…), or x=loader")
    if y is not None:
        return _arrays(x, y, rows, seed)
    if isinstance(x, Iterator):
        raise UnstuckError("x is an iterator, and reading it would leave nothing for the training: give arrays, a Dataset or a DataLoader")
    if hasattr(x, "dataset") and hasattr(x, "collate_fn"):
        return _loader(x, rows, seed, ports)
    if hasattr(x, "as_numpy_iterator"):  # a tf.data.Dataset, in batches
        return _batches(x.as_numpy_iterator(), rows, ports)
    if hasattr(x, "on_epoch_end") and hasattr(x, "__getitem__"):  # a PyDataset of Keras, which holds batches
        return _batches((x[i] for i in range(len(x))), rows, ports)
    if hasattr(x, "shape") or isinstance(x, (list, tuple, Mapping)):
        raise UnstuckError("y is missing: save(folder, model, x=…, y=…)")
    if hasattr(x, "__getitem__") and hasattr(x, "__len__"):
        return _dataset(x, _stack, rows, seed, ports)
    raise UnstuckError(f"x is a {type(x).__name__}; arrays, a DataLoader or a Dataset with a length is needed")


def _arrays(x: Any, y: Any, rows: int | None, seed: int) -> Examples:
    parts = tree.items(x, "x") + tree.items(y, "y")
    counts = {name: rows_of(part, name) for name, part in parts}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} has {count}" for name, count in counts.items())
        raise UnstuckError(f"inputs and targets must have the same number of rows, along the first axis: {told}")
    of = next(iter(counts.values()))
    row_bytes = sum(_saved_bytes(part) // max(1, of) for _, part in parts)
    kept = kept_rows(of, row_bytes, rows, seed)

    def convert(part: Any, name: str) -> np.ndarray:
        return to_array(part if kept is None else take(part, kept), name)

    return Examples(tree.transform(x, "x", convert), tree.transform(y, "y", convert), of)


def _saved_bytes(part: Any) -> int:
    """Estimate how many bytes a part takes in the file."""
    if len(part) == 0:
        return 0
    return to_array(take(part, np.array([0])), "a row").nbytes * len(part)


def _loader(loader: Any, rows: int | None, seed: int, ports: Ports) -> Examples:
    """Read a DataLoader's dataset by index, so that neither its workers nor its generator are set going."""
    sampler = type(getattr(loader, "sampler", None)).__name__
    shuffle = {"RandomSampler": True, "SequentialSampler": False}.get(sampler)
    if hasattr(loader.dataset, "__getitem__") and hasattr(loader.dataset, "__len__"):
        examples = _dataset(loader.dataset, loader.collate_fn if loader.batch_size is not None else _stack, rows, seed, ports)
    else:
        generator = loader.generator
        state = None if generator is None else generator.get_state()
        try:
            examples = _batches(loader, rows, ports)
        finally:
            if generator is not None:
                generator.set_state(state)
    examples.batch_size, examples.shuffle = loader.batch_size, shuffle
    return examples


def _dataset(dataset: Any, collate: Any, rows: int | None, seed: int, ports: Ports) -> Examples:
    of = len(dataset)
    if of < 2:
        raise UnstuckError(f"the data has {of} rows; at least 2 are needed")
    row_bytes = sum(to_array(part, "a row").nbytes for part in _parts(ports.divide(collate([dataset[0]]))))
    kept = kept_rows(of, row_bytes, rows, seed)
    indices = range(of) if kept is None else (int(i) for i in kept)
    x, y, _ = _joined((collate([dataset[i] for i in chunk]) for chunk in _chunks(iter(indices))), None, ports)
    return Examples(x, y, of)


def _chunks(indices: Iterator[int]) -> Iterator[list[int]]:
    while chunk := list(islice(indices, 256)):
        yield chunk


def _stack(examples: list[Any]) -> Any:
    """Turn a list of examples into one batch."""
    first = examples[0]
    if isinstance(first, Mapping):
        return {name: _stack([example[name] for example in examples]) for name in first}
    if isinstance(first, (tuple, list)) and not all(isinstance(part, (int, float)) for part in first):
        return tuple(_stack([example[i] for example in examples]) for i in range(len(first)))
    if isinstance(first, tuple):  # (1.0, 0): a number and its target
        return tuple(np.asarray([example[i] for example in examples]) for i in range(len(first)))
    return to_array(examples, "the data")


def _batches(batches: Iterable[Any], rows: int | None, ports: Ports) -> Examples:
    """Read the first rows of what yields batches; how many there would be isn't known unless all were read."""
    if rows is not None:
        kept_rows(rows + 1, 1, rows, 0)  # for its check
    x, y, weight = _joined(batches, rows, ports, whole_budget=rows is None)
    examples = Examples(x, y, None, sample_weight=weight)
    if examples.kept < 2:
        raise UnstuckError(f"the data has {examples.kept} rows; at least 2 are needed")
    return examples


def _parts(divided: tuple[Any, Any]) -> list[Any]:
    return tree.leaves(divided[0]) + tree.leaves(divided[1])


def _joined(batches: Iterable[Any], rows: int | None, ports: Ports, whole_budget: bool = False) -> tuple[Any, Any, np.ndarray | None]:
    """Join batches to arrays: at most rows of them, or with whole_budget what the default allows."""
    xs, ys, weights, count, size = [], [], [], 0, 0
    for batch in batches:
        if ports == Ports() and isinstance(batch, (tuple, list)) and len(batch) == 3:  # Keras: x, y, sample_weight
            weights.append(to_array(batch[2], "sample_weight"))
            batch = batch[:2]
        x, y = ports.divide(batch)
        xs.append(tree.transform(x, "x", to_array))
        ys.append(tree.transform(y, "y", to_array))
        count += rows_of(tree.leaves(xs[-1])[0], "x")
        size += sum(part.nbytes for part in _parts((xs[-1], ys[-1])))
        if (rows is not None and count >= rows) or (whole_budget and (size >= MAX_BYTES or count >= MAX_ROWS)):
            break
    if not xs:
        raise UnstuckError("the data is empty")
    weight = np.concatenate(weights)[:rows] if weights else None
    return _join(xs, "x", rows), _join(ys, "y", rows), weight


def _join(batches: list[Any], what: str, rows: int | None) -> Any:
    names = [name for name, _ in tree.items(batches[0], what)]
    columns = list(zip(*(tree.leaves(batch) for batch in batches)))
    joined = {}
    for name, column in zip(names, columns):
        shapes = {part.shape[1:] for part in column}
        if len(shapes) > 1:
            raise UnstuckError(f"{name} has rows of different shapes, such as {sorted(map(list, shapes))[:2]}: pad all to one shape")
        joined[name] = np.concatenate(column)[:rows]
    return tree.transform(batches[0], what, lambda _, name: joined[name])
