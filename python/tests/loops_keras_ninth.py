"""Ninth blind batch of Keras loops: five faulty ones per backend, and ten correct ones."""

import loops_keras_ninth_jax
import loops_keras_ninth_tensorflow
import loops_keras_ninth_torch

__all__ = ["loops_keras_ninth_jax", "loops_keras_ninth_tensorflow", "loops_keras_ninth_torch"]
