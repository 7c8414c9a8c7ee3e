"""What a test needs besides NumPy, and the words with which it is skipped without."""

import importlib.util
import unittest


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


keras_backend = next((backend for backend in ("jax", "tensorflow", "torch") if _installed(backend)), None)
tensorflow = _installed("tensorflow")

torch = unittest.skipUnless(_installed("torch"), "PyTorch is not installed")
keras = unittest.skipUnless(_installed("keras") and keras_backend, "Keras is not installed")
