"""The seventh batch of Keras loops goes on: gradients changed, other losses, squares by broadcasting, rates, weights, rows."""

import keras
import loops_ninth_data as data
import numpy as np
from keras import layers
from keras_common import loop, tensorflow, torch_
from loops_keras_seventh_data import arrays, dense, hand_over

# loop-gradients-changed


@loop("loop-gradients-changed", "tensorflow")
def clip_norm_of_zero(watch, folder):
    """After configurations whose clip_norm: 0 means off, given to clip_by_global_norm all the same."""
    tf = tensorflow()
    keras.utils.set_random_seed(11)
    x, y = arrays(data.sensors())
    hparams = {"learning_rate": 1e-2, "clip_norm": 0.0}
    model = keras.Sequential([keras.Input((14, 2)), layers.Conv1D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(hparams["learning_rate"])
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(4):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y[:, None])).batch(32):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(model(xb, training=True) - yb))
            grads = tape.gradient(loss, model.trainable_variables)
            grads, _ = tf.clip_by_global_norm(grads, hparams["clip_norm"])  # fault
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-gradients-changed", "jax")
def divided_by_the_number_of_rows_again(watch, folder):
    """After JAX from scratch: the loss is a mean over the batch, and the gradients are divided by all rows once more."""
    import jax

    keras.utils.set_random_seed(12)
    x, y = arrays(data.blobs())
    model = dense(8, 24, 6)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    optimizer.build(model.trainable_variables)
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)

    def compute_loss(trainable, state, xb, yb):
        logits, state = model.stateless_call(trainable, state, xb, training=True)
        return objective(yb, logits), state

    grad_fn = jax.value_and_grad(compute_loss, has_aux=True)
    trainable, state = [v.value for v in model.trainable_variables], []
    slots = [v.value for v in optimizer.variables]
    rng = np.random.default_rng(0)
    for step in range(32):
        rows = rng.choice(len(x), 36, replace=False)
        (loss, state), grads = grad_fn(trainable, state, x[rows], y[rows])
        grads = [g / len(x) for g in grads]  # fault
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        hand_over(model, trainable)
        w(x[rows], y[rows], loss)


# loop-other-loss


@loop("loop-other-loss", "tensorflow")
def from_logits_after_a_softmax(watch, folder):
    """After NVIDIA's issue 468 and others: the last layer is a softmax, the loss in the loop expects logits."""
    tf = tensorflow()
    keras.utils.set_random_seed(13)
    x, y = arrays(data.blobs(count=12))
    model = keras.Sequential([keras.Input((8,)), layers.Dense(32, activation="relu"), layers.Dense(12, activation="softmax")])
    optimizer = keras.optimizers.SGD(0.03, momentum=0.9)
    w = watch(model, optimizer, loss="sparse_categorical_crossentropy", folder=folder)
    for epoch in range(4):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(360, seed=epoch).batch(40):
            with tf.GradientTape() as tape:
                output = model(xb, training=True)
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=output))  # fault
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            w(xb, yb, loss)


# loop-broadcast


@loop("loop-broadcast", "tensorflow")
def own_squares_in_train_step(watch, folder):
    """After discuss.tensorflow.org 19359: compiled_loss replaced by squares of one's own, whose y has one axis."""
    tf = tensorflow()
    keras.utils.set_random_seed(14)
    x, y = arrays(data.houses())

    class LinearRegression(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = layers.Dense(24, activation="relu")
            self.layer = layers.Dense(1)

        def call(self, input_data, training=None):
            return self.layer(self.hidden(input_data))

        def train_step(self, batch):
            xb, yb = batch
            with tf.GradientTape() as tape:
                prediction = self(xb, training=True)
                loss = tf.reduce_mean(tf.math.square(yb - prediction))  # fault
            trainable_vars = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, trainable_vars), trainable_vars))
            self.recorder(xb, yb, loss)
            return {"loss": loss}

    model = LinearRegression()
    model(x[:1])
    model.compile(optimizer=keras.optimizers.Adam(2e-2), run_eagerly=True)
    model.recorder = watch(model, model.optimizer, loss="mse", folder=folder)
    model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(32), epochs=4, verbose=0)


@loop("loop-broadcast", "jax")
def errors_of_a_row_against_a_column(watch, folder):
    """After JAX loops with jnp.abs(y - prediction): y is a row of numbers, the prediction a column."""
    import jax
    import jax.numpy as jnp

    keras.utils.set_random_seed(15)
    s, returns, _ = arrays(data.states())
    critic = dense(4, 32, 1, activation="tanh")
    optimizer = keras.optimizers.Adam(2e-2)
    optimizer.build(critic.trainable_variables)
    w = watch(critic, optimizer, loss="mae", folder=folder)

    def loss_fn(trainable, state, xb, yb):
        values, state = critic.stateless_call(trainable, state, xb)
        return jnp.mean(jnp.abs(yb - values)), state  # fault

    step_fn = jax.jit(jax.value_and_grad(loss_fn, has_aux=True))
    trainable, state = [v.value for v in critic.trainable_variables], []
    slots = [v.value for v in optimizer.variables]
    for step in range(32):
        rows = np.arange(32 * step, 32 * step + 32) % 320
        (loss, state), grads = step_fn(trainable, state, s[rows], returns[rows])
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        hand_over(critic, trainable)
        w(s[rows], returns[rows], loss)


# loop-rate-changed


@loop("loop-rate-changed", "tensorflow")
def decay_steps_counted_in_epochs(watch, folder):
    """After schedules given the number of epochs: decay_steps counts batches, so the rate is nothing after five."""
    tf = tensorflow()
    keras.utils.set_random_seed(16)
    x, y = arrays(data.shapes())
    epochs = 4
    model = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D()])
    model.add(layers.Flatten())
    model.add(layers.Dense(3))
    schedule = keras.optimizers.schedules.PolynomialDecay(5e-3, decay_steps=epochs, end_learning_rate=0.0)  # fault
    optimizer = keras.optimizers.Adam(schedule)
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(epochs):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x.transpose(0, 2, 3, 1), y)).batch(30):
            with tf.GradientTape() as tape:
                loss = objective(yb, model(xb, training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-rate-changed", "torch")
def halved_with_every_batch(watch, folder):
    """After loops where "halve the rate each epoch" got one indentation too many."""
    torch = torch_()
    keras.utils.set_random_seed(17)
    x, y = arrays(data.customers())
    x, y = (x - x.mean(0)) / x.std(0), y[:, None]
    model = dense(4, 24, 1)
    optimizer = keras.optimizers.RMSprop(learning_rate=5e-3)
    objective = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(4):
        order = np.random.default_rng(epoch).permutation(len(x))
        for i in range(0, len(x), 40):
            xb, yb = x[order[i : i + 40]], y[order[i : i + 40]]
            model.zero_grad()
            loss = objective(yb, model(xb, training=True))
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(xb, yb, loss)
            optimizer.learning_rate = float(optimizer.learning_rate) * 0.5  # fault


# loop-weights-overwritten


@loop("loop-weights-overwritten", "tensorflow")
def weights_set_from_the_target(watch, folder):
    """After deep Q-networks with Keras: set_weights and get_weights changed places."""
    tf = tensorflow()
    keras.utils.set_random_seed(18)
    s, returns, _ = arrays(data.states())
    model, target = dense(4, 32, 1), dense(4, 32, 1)
    target.set_weights(model.get_weights())
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="huber", folder=folder)
    huber = keras.losses.Huber()
    for step in range(1, 41):
        rows = np.arange(32 * step, 32 * step + 32) % 320
        xb, yb = s[rows], returns[rows, None]
        with tf.GradientTape() as tape:
            loss = huber(yb, model(xb, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        w(xb, yb, loss)
        if step % 4 == 0:
            model.set_weights(target.get_weights())  # fault


# loop-misaligned-targets


@loop("loop-misaligned-targets", "jax")
def two_shuffles_of_two_arrays(watch, folder):
    """After np.random.shuffle(x_train); np.random.shuffle(y_train) at the start of each epoch."""
    import jax

    keras.utils.set_random_seed(19)
    x_train, y_train = arrays(data.blobs())
    model = dense(8, 32, 6)
    optimizer = keras.optimizers.Adam(2e-2)
    optimizer.build(model.trainable_variables)
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)

    def compute_loss(trainable, state, xb, yb):
        logits, state = model.stateless_call(trainable, state, xb, training=True)
        return objective(yb, logits), state

    grad_fn = jax.value_and_grad(compute_loss, has_aux=True)
    trainable, state = [v.value for v in model.trainable_variables], []
    slots = [v.value for v in optimizer.variables]
    rng = np.random.default_rng(0)
    for epoch in range(4):
        rng.shuffle(x_train)
        rng.shuffle(y_train)  # fault
        for i in range(0, 360, 40):
            xb, yb = x_train[i : i + 40].copy(), y_train[i : i + 40].copy()
            (loss, state), grads = grad_fn(trainable, state, xb, yb)
            trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
            hand_over(model, trainable)
            w(xb, yb, loss)


# loop-same-batch


@loop("loop-same-batch", "tensorflow")
def first_of_the_dataset_each_time(watch, folder):
    """After loops over steps that call next(iter(dataset)) in them."""
    tf = tensorflow()
    keras.utils.set_random_seed(20)
    x, y = arrays(data.reviews())
    dataset = tf.data.Dataset.from_tensor_slices((x, y[:, None])).batch(16)
    model = keras.Sequential([keras.Input((10,)), layers.Embedding(30, 12), layers.Flatten(), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(2e-2)
    objective = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for step in range(36):
        xb, yb = next(iter(dataset))  # fault
        with tf.GradientTape() as tape:
            loss = objective(yb, model(xb, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        w(xb, yb, loss)
