"""Records loops of Keras 3, custom ones and those of ``model.fit``, on TensorFlow, PyTorch and JAX."""
