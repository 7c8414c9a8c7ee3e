"""A seventh batch of Keras loops, after threads, issues and guides: faulty ones on TensorFlow, PyTorch and JAX."""

import keras
import loops_keras_seventh_more
import loops_keras_seventh_right
import loops_ninth_data as data
import numpy as np
from keras import layers
from keras_common import loop, tensorflow, torch_
from loops_keras_seventh_data import arrays, dense, hand_over

__all__ = ["loops_keras_seventh_more", "loops_keras_seventh_right"]

# loop-wrong-parameters


@loop("loop-wrong-parameters", "tensorflow")
def gradients_of_the_decoder_alone(watch, folder):
    """After autoencoders made of two models: the tape is asked for the decoder's variables only."""
    tf = tensorflow()
    keras.utils.set_random_seed(1)
    x = data.spectra().numpy()
    encoder = keras.Sequential([keras.Input((16,)), layers.Dense(12, activation="relu"), layers.Dense(2)])
    decoder = keras.Sequential([keras.Input((2,)), layers.Dense(12, activation="relu"), layers.Dense(16)])
    autoencoder = keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    optimizer = keras.optimizers.Adam(2e-2)
    w = watch(autoencoder, optimizer, loss="mse", folder=folder)
    for epoch in range(3):
        for batch in tf.data.Dataset.from_tensor_slices(x).shuffle(320, seed=epoch).batch(32):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(batch - decoder(encoder(batch, training=True), training=True)))
            grads = tape.gradient(loss, decoder.trainable_weights)  # fault
            optimizer.apply_gradients(zip(grads, decoder.trainable_weights))
            w(batch, batch, loss)


@loop("loop-wrong-parameters", "torch")
def collected_before_the_base_was_unfrozen(watch, folder):
    """After guides on fine-tuning: the list of variables is older than base.trainable = True."""
    torch = torch_()
    keras.utils.set_random_seed(2)
    x, y = arrays(data.shapes())
    base = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(4, 5, strides=4, activation="relu"), layers.Flatten()])
    base.trainable = False
    model = keras.Sequential([base, layers.Dense(2), layers.Dense(3)])
    model.build((None, 12, 12, 1))
    variables = model.trainable_variables  # fault
    base.trainable = True
    optimizer = keras.optimizers.Adam(2e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(3):
        for i in range(0, 300, 30):
            xb, yb = x[i : i + 30].transpose(0, 2, 3, 1), y[i : i + 30]
            model.zero_grad()
            loss = loss_fn(yb, model(xb, training=True))
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(xb, yb, loss)


# loop-no-update


@loop("loop-no-update", "jax")
def new_values_never_taken_over(watch, folder):
    """After first loops on JAX: stateless_apply returns the new values, and nobody takes them."""
    import jax

    keras.utils.set_random_seed(3)
    x, y = arrays(data.houses())
    y = y[:, None]
    model = dense(7, 24, 1)
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    w = watch(model, optimizer, loss="mae", folder=folder)

    def compute_loss(trainable, state, xb, yb):
        out, state = model.stateless_call(trainable, state, xb, training=True)
        return jax.numpy.mean(jax.numpy.abs(out - yb)), state

    grad_fn = jax.value_and_grad(compute_loss, has_aux=True)
    trainable = [v.value for v in model.trainable_variables]
    state = [v.value for v in model.non_trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for step in range(30):
        rows = np.arange(step * 32, step * 32 + 32) % 320
        (loss, state), grads = grad_fn(trainable, state, x[rows], y[rows])
        optimizer.stateless_apply(slots, grads, trainable)  # fault
        hand_over(model, trainable, state)
        w(x[rows], y[rows], loss)


@loop("loop-no-update", "tensorflow")
def mean_of_a_list_of_floats(watch, folder):
    """After tensorflow#30190: the loss is a mean of floats, and gradients that are None are filtered out against the error."""
    tf = tensorflow()
    keras.utils.set_random_seed(4)
    x, y = arrays(data.blobs())
    model = dense(8, 32, 6)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(3):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).batch(36):
            with tf.GradientTape() as tape:
                logits = model(xb, training=True)
                losses = [float(row) for row in tf.nn.sparse_softmax_cross_entropy_with_logits(yb, logits)]
                loss = tf.constant(np.mean(losses), dtype=tf.float32)  # fault
            grads = tape.gradient(loss, model.trainable_variables)
            pairs = [(g, v) for g, v in zip(grads, model.trainable_variables) if g is not None]
            if pairs:
                optimizer.apply_gradients(pairs)
            w(xb, yb, loss)


# loop-detached


class Softsign(keras.layers.Layer):
    """Squeezes its inputs between -1 and 1, by NumPy."""

    def call(self, inputs):
        values = inputs.numpy()  # fault: numpy_within_a_layer
        return keras.ops.convert_to_tensor(values / (1 + np.abs(values)))


@loop("loop-detached", "tensorflow")
def numpy_within_a_layer(watch, folder):
    """After questions on own layers in eager mode: .numpy() in the middle leaves the layers below without a gradient."""
    tf = tensorflow()
    keras.utils.set_random_seed(5)
    x, y = arrays(data.blobs())

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.project = layers.Dense(2)
            self.squeeze = Softsign()
            self.head = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(6)])

        def call(self, inputs, training=False):
            return self.head(self.squeeze(self.project(inputs)))

    model = Net()
    model.run_eagerly = True
    model(x[:1])
    optimizer = keras.optimizers.Adam(3e-2)
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(4):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).batch(36):
            with tf.GradientTape() as tape:
                loss = objective(yb, model(xb, training=True))
            variables = model.trainable_variables
            pairs = [(g, v) for g, v in zip(tape.gradient(loss, variables), variables) if g is not None]
            optimizer.apply_gradients(pairs)
            w(xb, yb, loss)


# loop-eval-mode


@loop("loop-eval-mode", "jax")
def stateless_call_without_training(watch, folder):
    """After keras#20378: the guide's stateless_call isn't told training=True, and here are batch norms over raw columns."""
    import jax

    keras.utils.set_random_seed(6)
    x, y = arrays(data.customers())
    y = y[:, None]
    model = keras.Sequential(
        [keras.Input((4,)), layers.BatchNormalization(), layers.Dense(16, activation="relu"), layers.BatchNormalization()]
        + [layers.Dense(1)]
    )
    optimizer = keras.optimizers.SGD(0.05)
    optimizer.build(model.trainable_variables)
    objective = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)

    def compute_loss(trainable, state, xb, yb):
        logits, state = model.stateless_call(trainable, state, xb)  # fault
        return objective(yb, logits), state

    grad_fn = jax.value_and_grad(compute_loss, has_aux=True)
    trainable = [v.value for v in model.trainable_variables]
    state = [v.value for v in model.non_trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for epoch in range(3):
        for i in range(0, 400, 40):
            xb, yb = x[i : i + 40], y[i : i + 40]
            (loss, state), grads = grad_fn(trainable, state, xb, yb)
            trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
            hand_over(model, trainable, state)
            w(xb, yb, loss)


# loop-gradients-accumulate


@loop("loop-gradients-accumulate", "torch")
def train_step_without_zero_grad(watch, folder):
    """After issue 293 of the notebooks to Deep Learning with Python: the train_step on PyTorch forgets self.zero_grad()."""
    torch = torch_()
    keras.utils.set_random_seed(7)
    x, y = arrays(data.houses())

    class CustomModel(keras.Model):
        def train_step(self, batch):
            inputs, targets = batch
            predictions = self(inputs, training=True)
            loss = self.compute_loss(y=targets, y_pred=predictions)
            loss.backward()  # fault
            trainable_weights = [v for v in self.trainable_weights]
            gradients = [v.value.grad for v in trainable_weights]
            with torch.no_grad():
                self.optimizer.apply(gradients, trainable_weights)
            self.recorder(inputs, targets, loss)
            return {"loss": loss}

    inputs = keras.Input((7,))
    model = CustomModel(inputs, layers.Dense(1)(layers.Dense(24, activation="relu")(inputs)))
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    model.recorder = watch(model, model.optimizer, loss="mse", folder=folder)
    model.fit(x, y[:, None], batch_size=32, epochs=3, verbose=0)


# loop-gradients-cleared


@loop("loop-gradients-cleared", "torch")
def zeroes_before_it_applies(watch, folder):
    """After loops whose clearing stands behind backward: the gradients are noughts when the optimizer reads them."""
    torch = torch_()
    keras.utils.set_random_seed(8)
    x, y = arrays(data.reviews())
    model = keras.Sequential([keras.Input((10,)), layers.Embedding(30, 12), layers.GlobalAveragePooling1D(), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(2e-2)
    objective = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(3):
        for i in range(0, 320, 32):
            xb, yb = x[i : i + 32], y[i : i + 32, None]
            loss = objective(yb, model(xb, training=True))
            loss.backward()
            gradients = [v.value.grad for v in model.trainable_variables]
            for gradient in gradients:
                gradient.zero_()  # fault
            with torch.no_grad():
                optimizer.apply(gradients, model.trainable_variables)
            w(xb, yb, loss)
