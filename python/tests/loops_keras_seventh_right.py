"""The seventh batch of Keras loops, the correct ones, on each backend with what people do on purpose."""

import keras
import loops_ninth_data as data
import numpy as np
from keras import layers
from keras_common import loop, tensorflow, torch_
from loops_keras_seventh_data import arrays


@loop("loop-correct", "tensorflow")
def own_train_step_within_fit(watch, folder):
    """train_step as in the guide, with dropout and the compiled loss."""
    tf = tensorflow()
    keras.utils.set_random_seed(31)
    x, y = arrays(data.houses())

    class CustomModel(keras.Model):
        def train_step(self, batch):
            xb, yb = batch
            with tf.GradientTape() as tape:
                loss = self.compute_loss(y=yb, y_pred=self(xb, training=True))
            variables = self.trainable_variables
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            self.recorder(xb, yb, loss)
            return {"loss": loss}

    inputs = keras.Input((7,))
    hidden = layers.Dropout(0.1)(layers.Dense(32, activation="relu")(inputs))
    model = CustomModel(inputs, layers.Dense(1)(hidden))
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse", run_eagerly=True)
    model.recorder = watch(model, model.optimizer, loss="mse", folder=folder)
    model.fit(x, y[:, None], batch_size=32, epochs=4, verbose=0)


@loop("loop-correct", "tensorflow")
def sums_up_four_scaled_gradients(watch, folder):
    """Gradient accumulation in variables of one's own, applied at every fourth batch."""
    tf = tensorflow()
    keras.utils.set_random_seed(32)
    x, y = arrays(data.blobs())
    model = keras.Sequential([keras.Input((8,)), layers.Dense(32, activation="relu"), layers.Dense(6)])
    optimizer = keras.optimizers.SGD(0.2, momentum=0.9)
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    sums = [tf.Variable(tf.zeros(v.shape)) for v in model.trainable_variables]
    for step, (xb, yb) in enumerate(tf.data.Dataset.from_tensor_slices((x, y)).batch(10)):
        with tf.GradientTape() as tape:
            loss = objective(yb, model(xb, training=True))
            scaled = loss / 4
        for total, gradient in zip(sums, tape.gradient(scaled, model.trainable_variables)):
            total.assign_add(gradient)
        if (step + 1) % 4 == 0:
            optimizer.apply_gradients(zip(sums, model.trainable_variables))
            for total in sums:
                total.assign(tf.zeros_like(total))
        w(xb, yb, loss)


@loop("loop-correct", "tensorflow")
def frozen_convolutions(watch, folder):
    """Feature extraction: the convolutions stay as they are, the head learns, the rate falls along a cosine."""
    tf = tensorflow()
    keras.utils.set_random_seed(33)
    x, y = arrays(data.shapes())
    base = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(12, 3, activation="relu"), layers.MaxPooling2D()])
    base.trainable = False
    model = keras.Sequential([keras.Input((12, 12, 1)), base, layers.Flatten(), layers.Dense(3)])
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-2, decay_steps=40))
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(3):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x.transpose(0, 2, 3, 1), y)).shuffle(300).batch(30):
            with tf.GradientTape() as tape:
                loss = objective(yb, model(xb, training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-correct", "tensorflow")
def discriminator_between_two_tapes(watch, folder):
    """Two tapes, two optimizers, one step of each; the discriminator is watched."""
    tf = tensorflow()
    keras.utils.set_random_seed(34)
    real = data.spectra().numpy()
    G = keras.Sequential([keras.Input((4,)), layers.Dense(24, activation="relu"), layers.Dense(16)])
    D = keras.Sequential([keras.Input((16,)), layers.Dense(24, activation="relu"), layers.Dense(1)])
    g_optimizer, d_optimizer = keras.optimizers.Adam(1e-3), keras.optimizers.Adam(5e-3)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(D, d_optimizer, loss=bce, folder=folder)
    labels = np.concatenate([np.ones((32, 1)), np.zeros((32, 1))]).astype("float32")
    for step in range(30):
        rows = np.random.default_rng(step).choice(320, 32)
        both = tf.concat([real[rows], G(tf.random.normal((32, 4)))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = bce(labels, D(both, training=True))
        d_optimizer.apply_gradients(zip(tape.gradient(d_loss, D.trainable_weights), D.trainable_weights))
        w(both, labels, d_loss)
        with tf.GradientTape() as tape:
            g_loss = bce(np.ones((32, 1), "float32"), D(G(tf.random.normal((32, 4)))))
        g_optimizer.apply_gradients(zip(tape.gradient(g_loss, G.trainable_weights), G.trainable_weights))


@loop("loop-correct", "torch")
def clears_clips_and_applies(watch, folder):
    """The loop of the guide on PyTorch, with clipping by norm in between."""
    torch = torch_()
    keras.utils.set_random_seed(35)
    x, y = arrays(data.sensors())
    model = keras.Sequential([keras.Input((14, 2)), layers.GRU(12), layers.Dense(1)])
    optimizer = keras.optimizers.AdamW(1e-2)
    objective = keras.losses.MeanAbsoluteError()
    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(3):
        order = np.random.default_rng(epoch).permutation(len(x))
        for i in range(0, len(x), 32):
            xb, yb = x[order[i : i + 32]], y[order[i : i + 32], None]
            model.zero_grad()
            loss = objective(yb, model(xb, training=True))
            loss.backward()
            torch.nn.utils.clip_grad_norm_([v.value for v in model.trainable_variables], 1.0)
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(xb, yb, loss)


@loop("loop-correct", "torch")
def train_step_with_zero_grad(watch, folder):
    """train_step on PyTorch within fit: batch norm, dropout, all in its place."""
    torch = torch_()
    keras.utils.set_random_seed(36)
    x, y = arrays(data.customers())

    class Churn(keras.Model):
        def train_step(self, batch):
            xb, yb = batch
            self.zero_grad()
            loss = self.compute_loss(y=yb, y_pred=self(xb, training=True))
            loss.backward()
            weights = self.trainable_weights
            with torch.no_grad():
                self.optimizer.apply([v.value.grad for v in weights], weights)
            self.recorder(xb, yb, loss)
            return {"loss": loss}

    inputs = keras.Input((4,))
    h = layers.Dense(24, activation="relu")(layers.BatchNormalization()(inputs))
    model = Churn(inputs, layers.Dense(1)(layers.Dropout(0.1)(h)))
    model.compile(optimizer=keras.optimizers.Adam(2e-2), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    model.recorder = watch(model, model.optimizer, loss=keras.losses.BinaryCrossentropy(from_logits=True), folder=folder)
    model.fit(x, y[:, None], batch_size=40, epochs=3, verbose=0)


def _along(model, optimizer, objective, x, y, size, steps, record, **call):
    """Train on JAX along the rows, with the state of the layers handed on and everything put back into the model."""
    import jax

    optimizer.build(model.trainable_variables)

    def compute_loss(trainable, state, xb, yb):
        out, state = model.stateless_call(trainable, state, xb, **call)
        return objective(yb, out), state

    grad_fn, apply = jax.jit(jax.value_and_grad(compute_loss, has_aux=True)), jax.jit(optimizer.stateless_apply)
    trainable = [v.value for v in model.trainable_variables]
    state = [v.value for v in model.non_trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for step in range(steps):
        rows = np.arange(step * size, step * size + size) % len(x)
        (loss, state), grads = grad_fn(trainable, state, x[rows], y[rows])
        trainable, slots = apply(slots, grads, trainable)
        for variables, values in ((model.trainable_variables, trainable), (model.non_trainable_variables, state)):
            for variable, value in zip(variables, values):
                variable.assign(value)
        record(x[rows], y[rows], loss)


@loop("loop-correct", "jax")
def state_of_batch_norm_handed_on(watch, folder):
    """JAX with training=True and the state of the batch norm handed on."""
    keras.utils.set_random_seed(37)
    x, y = arrays(data.customers())
    hidden = [layers.BatchNormalization(), layers.Dense(24, activation="relu"), layers.BatchNormalization()]
    model = keras.Sequential([keras.Input((4,)), *hidden, layers.Dense(1)])
    objective = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    w = watch(model, optimizer, loss=objective, folder=folder)
    _along(model, optimizer, objective, x, y[:, None], 40, 30, w, training=True)


@loop("loop-correct", "jax")
def global_clipnorm_on_jax(watch, folder):
    """JAX with global_clipnorm in the optimizer and a rate that warms up."""
    keras.utils.set_random_seed(38)
    x, y = arrays(data.houses())
    model = keras.Sequential([keras.Input((7,)), layers.Dense(24, activation="gelu"), layers.Dense(1)])
    schedule = keras.optimizers.schedules.CosineDecay(0.0, decay_steps=60, warmup_target=3e-2, warmup_steps=6)
    optimizer = keras.optimizers.Adam(schedule, global_clipnorm=5.0)
    w = watch(model, optimizer, loss="huber", folder=folder)
    _along(model, optimizer, keras.losses.Huber(), x, y[:, None], 32, 36, w)


@loop("loop-correct", "jax")
def all_rows_at_once(watch, folder):
    """JAX with full batches of a small table."""
    keras.utils.set_random_seed(39)
    x, y = arrays(data.blobs(rows=80, count=3))
    model = keras.Sequential([keras.Input((8,)), layers.Dense(16, activation="tanh"), layers.Dense(3)])
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(2e-2)
    w = watch(model, optimizer, loss=objective, folder=folder)
    _along(model, optimizer, objective, x, y, 80, 30, w, training=True)
