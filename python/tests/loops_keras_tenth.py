"""Tenth blind batch of Keras loops: six faulty ones per backend, and twelve correct ones."""

import loops_keras_tenth_jax
import loops_keras_tenth_right
import loops_keras_tenth_tensorflow
import loops_keras_tenth_torch

__all__ = ["loops_keras_tenth_jax", "loops_keras_tenth_right", "loops_keras_tenth_tensorflow", "loops_keras_tenth_torch"]
