"""Eleventh blind batch of Keras loops, none with fit: thirteen faulty ones over the three backends, and eight correct ones."""

import loops_keras_eleventh_jax
import loops_keras_eleventh_tensorflow
import loops_keras_eleventh_torch

__all__ = ["loops_keras_eleventh_jax", "loops_keras_eleventh_tensorflow", "loops_keras_eleventh_torch"]
