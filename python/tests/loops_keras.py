"""Loops of Keras, faulty and correct, on the backend that KERAS_BACKEND names: python judge_loops.py UNSTUCK loops_keras."""

import keras
import numpy as np
from keras import layers
from keras_common import classes, custom, loop, numbers, pictures, small, tensorflow, torch_, waves, yes_no

# loop-wrong-parameters


@loop("loop-wrong-parameters", "tensorflow")
def only_the_last_layer(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(2):
        for i in range(0, len(x), 32):
            xb, yb = x[i : i + 32], y[i : i + 32]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((model(xb, training=True) - yb) ** 2)
            variables = model.layers[-1].trainable_variables  # fault
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            w(xb, yb, loss)


@loop("loop-wrong-parameters", "torch")
def collected_before_the_head_was_added(watch, folder):
    torch = torch_()
    x, y = classes()
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="relu")])
    variables = list(model.trainable_variables)  # fault
    model.add(layers.Dense(3))
    optimizer = keras.optimizers.SGD(0.1)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for _ in range(3):
        for i in range(0, len(x), 50):
            xb, yb = x[i : i + 50], y[i : i + 50]
            model.zero_grad()
            loss = loss_fn(yb, model(xb, training=True))
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(xb, yb, loss)


# loop-no-update


@loop("loop-no-update", "tensorflow")
def gradients_are_never_applied(watch, folder):
    tf = tensorflow()
    x, y = waves()
    model = keras.Sequential([keras.Input((12, 1)), layers.LSTM(8), layers.Dense(1)])
    optimizer = keras.optimizers.RMSprop(1e-3)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 10):
        with tf.GradientTape() as tape:
            loss = loss_fn(y[i : i + 10], model(x[i : i + 10], training=True))
        gradients = tape.gradient(loss, model.trainable_variables)  # fault
        assert gradients[0] is not None
        w(x[i : i + 10], y[i : i + 10], loss)


@loop("loop-no-update", "torch")
def backward_is_forgotten(watch, folder):
    torch_()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.Adam()
    w = watch(model, optimizer, loss="mse", folder=folder)
    for i in range(0, len(x), 16):
        xb, yb = x[i : i + 16], y[i : i + 16]
        loss = keras.ops.mean(keras.losses.mean_squared_error(yb, model(xb, training=True)))  # fault
        gradients = [v.value.grad for v in model.trainable_variables]
        pairs = [(g, v) for g, v in zip(gradients, model.trainable_variables) if g is not None]
        if pairs:
            optimizer.apply_gradients(pairs)
        w(xb, yb, loss)


# loop-detached


@loop("loop-detached", "tensorflow")
def stop_gradient_between_the_parts(watch, folder):
    tf = tensorflow()
    x, y = numbers()

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.encoder, self.head = layers.Dense(12, activation="tanh"), layers.Dense(1)

        def call(self, inputs):
            return self.head(tf.stop_gradient(self.encoder(inputs)))  # fault

    model = Net()
    model.build((None, 5))
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for i in range(0, len(x), 16):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y[i : i + 16], model(x[i : i + 16])))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients((g, v) for g, v in zip(gradients, model.trainable_variables) if g is not None)
        w(x[i : i + 16], y[i : i + 16], loss)


@loop("loop-detached", "torch")
def numpy_between_the_parts(watch, folder):
    torch = torch_()
    x, y = numbers()
    encoder = keras.Sequential([keras.Input((5,)), layers.Dense(12, activation="tanh")])
    head = keras.Sequential([keras.Input((12,)), layers.Dense(1)])
    model = keras.Sequential([encoder, head])
    optimizer = keras.optimizers.SGD(0.05)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(14):
        rows = np.random.randint(0, len(x), 24)
        h = keras.ops.convert_to_numpy(encoder(x[rows]))  # fault
        loss = keras.ops.mean((head(h) - keras.ops.convert_to_tensor(y[rows])) ** 2)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(x[rows], y[rows], loss)


# loop-eval-mode


@loop("loop-eval-mode", "tensorflow")
def without_training_true(watch, folder):
    tf = tensorflow()
    x, y = classes()
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.2), layers.Dense(3, activation="softmax")])
    optimizer = keras.optimizers.Adam(1e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(300).batch(30)
    for _ in range(2):
        for xb, yb in dataset:
            with tf.GradientTape() as tape:
                loss = loss_fn(yb, model(xb))  # fault
            gradients = tape.gradient(loss, model.trainable_weights)
            optimizer.apply_gradients(zip(gradients, model.trainable_weights))
            w(xb, yb, loss)


@loop("loop-eval-mode", "torch")
def training_false_throughout(watch, folder):
    torch = torch_()
    x, y = pictures()
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(6, 3, activation="relu"), layers.BatchNormalization(), layers.Flatten(), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-3)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for _ in range(3):
        for i in range(0, len(x), 24):
            out = model(x[i : i + 24], training=False)  # fault
            loss = loss_fn(y[i : i + 24], out)
            model.zero_grad()
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(x[i : i + 24], y[i : i + 24], loss)


# loop-broadcast


@loop("loop-broadcast", "tensorflow")
def by_hand_against_n_1(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    y = y[:, 0]
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(2):
        for i in range(0, len(x), 32):
            xb, yb = x[i : i + 32], y[i : i + 32]
            with tf.GradientTape() as tape:
                pred = model(xb, training=True)
                loss = tf.reduce_mean((pred - yb) ** 2)  # fault
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-broadcast", "tensorflow")
def absolute_error_in_a_compiled_step(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    y = y[:, 0]
    model = small(5)
    optimizer = keras.optimizers.SGD(0.01)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(yb - model(xb, training=True)))  # fault
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    w = watch(model, optimizer, loss=keras.losses.MeanAbsoluteError(), folder=folder)
    for _ in range(2):
        for i in range(0, len(x), 32):
            loss = train_step(x[i : i + 32], y[i : i + 32])
            w(x[i : i + 32], y[i : i + 32], loss)


# loop-other-loss


@loop("loop-other-loss", "tensorflow")
def sum_for_mean(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.SGD(1e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for i in range(0, len(x), 16):
        xb, yb = x[i : i + 16], y[i : i + 16]
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(yb - model(xb, training=True)))  # fault
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        w(xb, yb, loss)


@loop("loop-other-loss", "torch")
def logits_taken_for_probabilities(watch, folder):
    torch_()
    x, y = yes_no()
    model = small(4)
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.BinaryCrossentropy()  # fault
    w = watch(model, optimizer, loss=keras.losses.BinaryCrossentropy(from_logits=True), folder=folder)
    for i in range(0, len(x), 16):
        custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[i : i + 16], y[i : i + 16], w)


# loop-gradients-accumulate


@loop("loop-gradients-accumulate", "tensorflow")
def added_up_and_never_reset(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.SGD(0.01)
    w = watch(model, optimizer, loss="mse", folder=folder)
    total = [tf.zeros_like(v) for v in model.trainable_variables]
    for _ in range(2):
        for i in range(0, len(x), 32):
            xb, yb = x[i : i + 32], y[i : i + 32]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(keras.losses.mean_squared_error(yb, model(xb, training=True)))
            gradients = tape.gradient(loss, model.trainable_variables)
            total = [a + g for a, g in zip(total, gradients)]  # fault
            optimizer.apply_gradients(zip(total, model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-gradients-accumulate", "torch")
def zero_grad_is_forgotten(watch, folder):
    torch = torch_()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for _ in range(2):
        for i in range(0, len(x), 32):
            loss = loss_fn(y[i : i + 32], model(x[i : i + 32], training=True))
            w(x[i : i + 32], y[i : i + 32], loss)
            loss.backward()  # fault
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)


# loop-gradients-changed


@loop("loop-gradients-changed", "tensorflow")
def clipped_to_nothing(watch, folder):
    tf = tensorflow()
    x, y = classes()
    model = small(6, 3)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 20):
        with tf.GradientTape() as tape:
            loss = loss_fn(y[i : i + 20], model(x[i : i + 20], training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 1e-5)  # fault
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        w(x[i : i + 20], y[i : i + 20], loss)


@loop("loop-gradients-changed", "torch")
def divided_by_the_scale_twice(watch, folder):
    torch = torch_()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.SGD(0.05)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        model.zero_grad()
        loss = loss_fn(y[i : i + 16], model(x[i : i + 16], training=True))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad / 1024 for v in model.trainable_variables], model.trainable_variables)  # fault
        w(x[i : i + 16], y[i : i + 16], loss)


# loop-weights-overwritten


@loop("loop-weights-overwritten", "tensorflow")
def set_weights_in_the_loop(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    start = model.get_weights()
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(16):
        rows = np.random.permutation(len(x))[:32]
        model.set_weights(start)  # fault
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y[rows], model(x[rows], training=True)))
        w(x[rows], y[rows], loss)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))


# loop-rate-changed


@loop("loop-rate-changed", "tensorflow")
def a_schedule_in_epochs(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.05, decay_steps=1, decay_rate=0.5))  # fault
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(40):
        rows = np.random.permutation(len(x))[:32]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y[rows], model(x[rows], training=True)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        w(x[rows], y[rows], loss)


@loop("loop-rate-changed", "torch", "jax", "tensorflow")
def a_schedule_in_fit(watch, folder):
    x, y = numbers()
    model = small(5)
    model.compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-2, decay_steps=6)), loss="mse")  # fault
    model.fit(x, y, epochs=6, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


# loop-same-batch


@loop("loop-same-batch", "tensorflow")
def next_iter_in_the_loop(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(20):
        xb, yb = next(iter(dataset))  # fault
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(yb, model(xb, training=True)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        w(xb, yb, loss)


# loop-misaligned-targets


@loop("loop-misaligned-targets", "tensorflow")
def x_shuffled_without_y(watch, folder):
    tf = tensorflow()
    x, y = numbers(rows=96)
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(6):
        x = x[np.random.permutation(len(x))]  # fault
        for i in range(0, len(x), 32):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(keras.losses.mean_squared_error(y[i : i + 32], model(x[i : i + 32], training=True)))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            w(x[i : i + 32], y[i : i + 32], loss)


# loop-correct


@loop("loop-correct", "tensorflow", "torch")
def frozen_layers(watch, folder):
    x, y = numbers()
    base = keras.Sequential([keras.Input((5,)), layers.Dense(16, activation="relu"), layers.BatchNormalization()])
    base.trainable = False
    model = keras.Sequential([base, layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[i : i + 16], y[i : i + 16], w)


@loop("loop-correct", "tensorflow", "torch")
def clipped_by_the_optimizer(watch, folder):
    x, y = waves()
    model = keras.Sequential([keras.Input((12, 1)), layers.GRU(8), layers.Dense(1)])
    optimizer = keras.optimizers.RMSprop(1e-3, clipnorm=0.1)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 10):
        custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[i : i + 10], y[i : i + 10], w)


@loop("loop-correct", "tensorflow")
def accumulated_by_hand(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    total = [tf.zeros_like(v) for v in model.trainable_variables]
    for step, i in enumerate(range(0, len(x), 16)):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y[i : i + 16], model(x[i : i + 16], training=True)))
        total = [a + g / 4 for a, g in zip(total, tape.gradient(loss, model.trainable_variables))]
        w(x[i : i + 16], y[i : i + 16], loss)
        if step % 4 == 3:
            optimizer.apply_gradients(zip(total, model.trainable_variables))
            total = [tf.zeros_like(v) for v in model.trainable_variables]


@loop("loop-correct", "tensorflow", "torch")
def accumulated_by_the_optimizer(watch, folder):
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9, gradient_accumulation_steps=2)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[i : i + 16], y[i : i + 16], w)


@loop("loop-correct", "tensorflow", "torch")
def warm_up_and_decay(watch, folder):
    x, y = classes()
    model = small(6, 3)
    schedule = keras.optimizers.schedules.CosineDecay(0.0, 60, warmup_target=1e-2, warmup_steps=10)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for _ in range(6):
        order = np.random.permutation(len(x))
        for i in range(0, len(x), 30):
            rows = order[i : i + 30]
            custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[rows], y[rows], w)


@loop("loop-correct", "tensorflow")
def two_optimizers(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    slow, fast = keras.optimizers.SGD(1e-3), keras.optimizers.Adam(1e-2)
    w = watch(model, [slow, fast], loss="mse", folder=folder)
    first, last = model.layers[0].trainable_variables, model.layers[-1].trainable_variables
    for i in range(0, len(x), 16):
        with tf.GradientTape(persistent=True) as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y[i : i + 16], model(x[i : i + 16], training=True)))
        slow.apply_gradients(zip(tape.gradient(loss, first), first))
        fast.apply_gradients(zip(tape.gradient(loss, last), last))
        w(x[i : i + 16], y[i : i + 16], loss)


@loop("loop-correct", "tensorflow", "torch")
def scaled_loss(watch, folder):
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-2), initial_scale=1024.0)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[i : i + 16], y[i : i + 16], w, scale=optimizer.scale_loss)


@loop("loop-correct", "tensorflow", "torch")
def dropout_and_batch_normalization(watch, folder):
    x, y = pictures()
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU(), layers.Flatten(), layers.Dropout(0.4), layers.Dense(1, activation="sigmoid")]
    )
    optimizer = keras.optimizers.Nadam(1e-3)
    loss_fn = keras.losses.BinaryCrossentropy(label_smoothing=0.05)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for _ in range(3):
        for i in range(0, len(x), 24):
            custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[i : i + 24], y[i : i + 24], w)
        model(x, training=False)


@loop("loop-correct", "tensorflow", "torch")
def keras_expands_n_itself(watch, folder):
    x, y = numbers()
    y = y[:, 0]
    model = small(5)
    optimizer = keras.optimizers.Lion(1e-3)
    loss_fn = keras.losses.Huber()
    w = watch(model, optimizer, loss="huber", folder=folder)
    for i in range(0, len(x), 16):
        custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[i : i + 16], y[i : i + 16], w)


@loop("loop-correct", "tensorflow")
def a_compiled_step(watch, folder):
    tf = tensorflow()
    x, y = classes()
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16), layers.BatchNormalization(), layers.ReLU(), layers.Dense(3)])
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    for _ in range(2):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(300).batch(30):
            w(xb, yb, train_step(xb, yb))


@loop("loop-correct", "tensorflow", "torch", "jax")
def plain_fit(watch, folder):
    x, y = numbers()
    model = keras.Sequential([keras.Input((5,)), layers.Dense(16), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse", metrics=["mae"])
    model.fit(x, y, epochs=4, batch_size=32, validation_split=0.2, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "tensorflow", "torch", "jax")
def fit_with_dropout(watch, folder):
    x, y = classes()
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="relu"), layers.Dropout(0.3), layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(x, y, epochs=3, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "jax")
def stateless_steps(watch, folder):
    import jax

    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.MeanSquaredError()

    def objective(weights, others, xb, yb):
        out, others = model.stateless_call(weights, others, xb, training=True)
        return loss_fn(yb, out), others

    gradient = jax.jit(jax.value_and_grad(objective, has_aux=True))
    weights, others, state = [[v.value for v in some] for some in (model.trainable_variables, model.non_trainable_variables, optimizer.variables)]
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        (loss, others), gradients = gradient(weights, others, x[i : i + 16], y[i : i + 16])
        weights, state = optimizer.stateless_apply(state, gradients, weights)
        w(x[i : i + 16], y[i : i + 16], loss)


@loop("loop-gradients-changed", "jax")
def stateless_and_scaled(watch, folder):
    import jax

    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.SGD(0.05)
    optimizer.build(model.trainable_variables)

    def objective(weights, others, xb, yb):
        out, others = model.stateless_call(weights, others, xb, training=True)
        return jax.numpy.mean((out - yb) ** 2), others

    weights, others, state = [[v.value for v in some] for some in (model.trainable_variables, model.non_trainable_variables, optimizer.variables)]
    w = watch(model, optimizer, loss="mse", folder=folder)
    for i in range(0, len(x), 16):
        (loss, others), gradients = jax.value_and_grad(objective, has_aux=True)(weights, others, x[i : i + 16], y[i : i + 16])
        gradients = [g * 1e-4 for g in gradients]  # fault
        weights, state = optimizer.stateless_apply(state, gradients, weights)
        w(x[i : i + 16], y[i : i + 16], loss)


@loop("loop-broadcast", "jax")
def stateless_against_n_1(watch, folder):
    import jax

    x, y = numbers()
    y = y[:, 0]
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)

    def objective(weights, others, xb, yb):
        out, others = model.stateless_call(weights, others, xb, training=True)
        return jax.numpy.mean((out - yb) ** 2), others  # fault

    @jax.jit
    def train_step(weights, others, state, xb, yb):
        (loss, others), gradients = jax.value_and_grad(objective, has_aux=True)(weights, others, xb, yb)
        weights, state = optimizer.stateless_apply(state, gradients, weights)
        return loss, weights, others, state

    weights, others, state = [[v.value for v in some] for some in (model.trainable_variables, model.non_trainable_variables, optimizer.variables)]
    w = watch(model, optimizer, loss="mse", folder=folder)
    for i in range(0, len(x), 16):
        loss, weights, others, state = train_step(weights, others, state, x[i : i + 16], y[i : i + 16])
        w(x[i : i + 16], y[i : i + 16], loss, weights=weights)
