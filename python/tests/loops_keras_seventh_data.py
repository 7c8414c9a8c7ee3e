"""What the seventh batch of Keras loops has in common."""

import keras
from keras import layers


def arrays(tensors):
    return tuple(t.numpy().copy() for t in tensors)


def dense(*sizes, activation="relu"):
    """Stack dense layers, the last one linear."""
    hidden = [layers.Dense(n, activation=activation) for n in sizes[1:-1]]
    return keras.Sequential([keras.Input((sizes[0],)), *hidden, layers.Dense(sizes[-1])])


def hand_over(model, trainable, state=()):
    """Put what the functions of JAX returned back into the model."""
    for variable, value in zip(model.trainable_variables, trainable):
        variable.assign(value)
    for variable, value in zip(model.non_trainable_variables, state):
        variable.assign(value)
