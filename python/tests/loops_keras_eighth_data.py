"""What the eighth batch of Keras loops shares: data as arrays, and values put back into a model on JAX."""

import keras
import loops_eleventh_data as data
import numpy as np


def jax_():
    import jax

    return jax


def arrays(tensors):
    return tuple(np.array(t.numpy()) for t in tensors)


def prices():
    x, y = arrays(data.prices())
    return x, y[:, None]


def digits():
    x, y = arrays(data.digits())
    return x.transpose(0, 2, 3, 1).copy(), y.astype("int32")


def moons():
    x, y = arrays(data.moons())
    return x, y.astype("int32")


def sensors():
    return arrays(data.sensors())


def reviews():
    tokens, _, y = arrays(data.reviews())
    return tokens.astype("int32"), y.astype("int32")


def spectra():
    return np.array(data.spectra().numpy())


def put_back(model, optimizer, trainable, rest, state):
    """Assign the values of a step on JAX, so that the model can be looked at."""
    for variables, values in (
        (model.trainable_variables, trainable),
        (model.non_trainable_variables, rest),
        (optimizer.variables, state),
    ):
        for variable, value in zip(variables, values):
            variable.assign(value)


def values(model, optimizer):
    return (
        [v.value for v in model.trainable_variables],
        [v.value for v in model.non_trainable_variables],
        [v.value for v in optimizer.variables],
    )


def seed(number):
    keras.utils.set_random_seed(number)
