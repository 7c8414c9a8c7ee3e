"""A third batch of loops of Keras, held back: other nets, losses and styles, steps of one's own in fit, callbacks, train_on_batch."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import classes, custom, loop, numbers, pictures, small, tensorflow, torch_, waves, yes_no

ALL = ("tensorflow", "torch", "jax")


def wide(width, out=1, last=None):
    return keras.Sequential([keras.Input((width,)), layers.Dense(24, activation="elu"), layers.Dense(10, activation="tanh"), layers.Dense(out, activation=last)])


class Own(keras.Model):
    """A model whose step is written by hand, on TensorFlow and PyTorch."""

    def run(self, x):
        return self(x, training=True)

    def objective(self, y, out):
        return self.compute_loss(y=y, y_pred=out)

    def learned(self):
        return self.trainable_variables

    def changed(self, gradients):
        return gradients

    def move(self, gradients, variables):
        self.optimizer.apply(gradients, variables)

    def train_step(self, data):
        x, y = data
        variables = self.learned()
        if keras.backend.backend() == "tensorflow":
            tf = tensorflow()
            with tf.GradientTape() as tape:
                loss = self.objective(y, self.run(x))
            self.move(self.changed(tape.gradient(loss, variables)), variables)
        else:
            torch = torch_()
            self.zero_grad()
            loss = self.objective(y, self.run(x))
            loss.backward()
            with torch.no_grad():
                self.move(self.changed([v.value.grad for v in variables]), variables)
        return {"loss": loss}


def functional(kind, width=5, out=1, last=None, middle=()):
    inputs = keras.Input((width,))
    h = layers.Dense(14, activation="relu")(inputs)
    for layer in middle:
        h = layer(h)
    return kind(inputs, layers.Dense(out, activation=last)(h))


@loop("loop-wrong-parameters", "tensorflow", "torch")
def a_step_of_ones_own_over_the_head_alone(watch, folder):
    class Net(Own):
        def learned(self):
            return self.layers[-1].trainable_variables  # fault

    x, y = numbers()
    model = functional(Net)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
    model.fit(x, y, epochs=3, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-wrong-parameters", "tensorflow", "torch")
def built_for_the_first_model(watch, folder):
    x, y = numbers()
    first, model = wide(5), wide(5)
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(first.trainable_variables)  # fault
    loss_fn = keras.losses.LogCosh()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        xb, yb = x[i : i + 16], y[i : i + 16]
        if keras.backend.backend() == "tensorflow":
            with tensorflow().GradientTape() as tape:
                loss = loss_fn(yb, model(xb, training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
        else:
            model.zero_grad()
            loss = loss_fn(yb, model(xb, training=True))
            loss.backward()
            gradients = [v.value.grad for v in model.trainable_variables]
        optimizer.apply([ops.copy(g) for g in gradients])
        w(xb, yb, loss)


@loop("loop-no-update", "tensorflow", "torch")
def a_step_of_ones_own_that_moves_nothing(watch, folder):
    class Net(Own):
        def move(self, gradients, variables):
            pass

    x, y = classes()
    model = functional(Net, 6, 3, "softmax")
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
    model.fit(x, y, epochs=2, batch_size=20, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-no-update", "jax")
def new_weights_are_dropped(watch, folder):
    import jax

    x, y = yes_no()
    model = wide(4, 1)
    optimizer = keras.optimizers.Adamax(1e-2)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

    def objective(weights, others, xb, yb):
        out, others = model.stateless_call(weights, others, xb, training=True)
        return loss_fn(yb, out), others

    @jax.jit
    def train_step(weights, others, state, xb, yb):
        (loss, others), gradients = jax.value_and_grad(objective, has_aux=True)(weights, others, xb, yb)
        moved, state = optimizer.stateless_apply(state, gradients, weights)
        return loss, weights, others, state  # fault

    weights, others, state = [[v.value for v in some] for some in (model.trainable_variables, model.non_trainable_variables, optimizer.variables)]
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 20):
        loss, weights, others, state = train_step(weights, others, state, x[i : i + 20], y[i : i + 20])
        w(x[i : i + 20], y[i : i + 20], loss, weights=weights)


@loop("loop-no-update", "tensorflow")
def the_loss_is_outside_of_the_tape(watch, folder):
    tf = tensorflow()
    x, y = pictures()
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(5, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 12):
        xb, yb = tf.constant(x[i : i + 12]), tf.constant(y[i : i + 12])
        logits = model(xb, training=True)  # fault
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, logits)
        gradients = tape.gradient(loss, model.trainable_variables)
        pairs = [(g, v) for g, v in zip(gradients, model.trainable_variables) if g is not None]
        if pairs:
            optimizer.apply_gradients(pairs)
        w(xb, yb, loss)


@loop("loop-eval-mode", "tensorflow", "torch")
def a_step_of_ones_own_without_training(watch, folder):
    class Net(Own):
        def run(self, x):
            return self(x)  # fault

    x, y = classes()
    model = functional(Net, 6, 3, None, [layers.BatchNormalization(), layers.Dropout(0.3)])
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, y, epochs=2, batch_size=25, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-broadcast", "tensorflow", "torch")
def a_step_of_ones_own_against_n_1(watch, folder):
    class Net(Own):
        def objective(self, y, out):
            return ops.mean(ops.square(y - out))  # fault

    x, y = numbers()
    model = functional(Net)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
    model.fit(x, y[:, 0], epochs=2, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-other-loss", "tensorflow", "torch")
def a_step_of_ones_own_by_absolute_errors(watch, folder):
    class Net(Own):
        def objective(self, y, out):
            return ops.mean(ops.absolute(y - out))  # fault

    x, y = numbers()
    model = functional(Net)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
    model.fit(x, y, epochs=2, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-other-loss", "tensorflow", "torch")
def logits_in_a_compiled_step_of_ones_own(watch, folder):
    class Net(Own):
        def objective(self, y, out):
            return ops.mean(keras.losses.sparse_categorical_crossentropy(y, out))  # fault

    x, y = classes()
    model = functional(Net, 6, 3)
    model.compile(optimizer=keras.optimizers.RMSprop(3e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, y, epochs=2, batch_size=30, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-other-loss", "jax")
def stateless_by_the_sum(watch, folder):
    import jax

    x, y = numbers()
    model = wide(5)
    optimizer = keras.optimizers.SGD(1e-4)
    optimizer.build(model.trainable_variables)

    def objective(weights, others, xb, yb):
        out, others = model.stateless_call(weights, others, xb, training=True)
        return jax.numpy.sum((out - yb) ** 2), others  # fault

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


@loop("loop-gradients-accumulate", "tensorflow")
def accumulators_are_never_reset(watch, folder):
    tf = tensorflow()
    x, y = classes()
    model = wide(6, 3)
    optimizer = keras.optimizers.Adam(3e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    held = [tf.Variable(tf.zeros_like(v), trainable=False) for v in model.trainable_variables]
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for _ in range(2):
        for i in range(0, len(x), 15):
            with tf.GradientTape() as tape:
                loss = loss_fn(y[i : i + 15], model(x[i : i + 15], training=True))
            for a, g in zip(held, tape.gradient(loss, model.trainable_variables)):
                a.assign_add(g)  # fault
            optimizer.apply_gradients(zip(held, model.trainable_variables))
            w(x[i : i + 15], y[i : i + 15], loss)


@loop("loop-gradients-accumulate", "torch")
def cleared_once_ahead_of_the_loop(watch, folder):
    torch = torch_()
    x, y = waves()
    model = keras.Sequential([keras.Input((12, 1)), layers.GRU(6), layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.01)
    w = watch(model, optimizer, loss="mae", folder=folder)
    model.zero_grad()  # fault
    for i in range(0, len(x), 10):
        loss = ops.mean(ops.absolute(model(x[i : i + 10], training=True) - ops.convert_to_tensor(y[i : i + 10])))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(x[i : i + 10], y[i : i + 10], loss)


@loop("loop-gradients-changed", "tensorflow", "torch")
def scaled_in_a_step_of_ones_own(watch, folder):
    class Net(Own):
        def changed(self, gradients):
            return [g * 1e-5 for g in gradients]  # fault

    x, y = numbers()
    model = functional(Net)
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
    model.fit(x, y, epochs=2, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-gradients-changed", "tensorflow", "torch")
def the_sign_turned_in_a_step_of_ones_own(watch, folder):
    class Net(Own):
        def changed(self, gradients):
            return [-g for g in gradients]  # fault

    x, y = numbers()
    model = functional(Net)
    model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="mse")
    model.fit(x, y, epochs=2, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-gradients-cleared", "torch")
def zeroed_ahead_of_apply(watch, folder):
    torch = torch_()
    x, y = yes_no()
    model = wide(4, 1, "sigmoid")
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.BinaryCrossentropy()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 20):
        loss = loss_fn(y[i : i + 20], model(x[i : i + 20], training=True))
        loss.backward()
        for v in model.trainable_variables:
            v.value.grad.zero_()  # fault
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(x[i : i + 20], y[i : i + 20], loss)


@loop("loop-weights-overwritten", *ALL)
def a_callback_that_puts_weights_back(watch, folder):
    class Back(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.start = self.model.get_weights()

        def on_train_batch_begin(self, batch, logs=None):
            self.model.set_weights(self.start)  # fault

    x, y = numbers()
    model = wide(5)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    model.fit(x, y, epochs=3, batch_size=32, verbose=0, callbacks=[Back(), watch.callback(folder)])


@loop("loop-rate-changed", *ALL)
def a_callback_that_halves_the_rate(watch, folder):
    class Halves(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.optimizer.learning_rate = float(ops.convert_to_numpy(self.model.optimizer.learning_rate)) * 0.5  # fault

    x, y = classes()
    model = wide(6, 3, "softmax")
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="sparse_categorical_crossentropy")
    model.fit(x, y, epochs=8, batch_size=50, verbose=0, callbacks=[Halves(), watch.callback(folder)])


@loop("loop-same-batch", *ALL)
def a_dataset_that_forgets_its_index(watch, folder):
    class Rows(keras.utils.PyDataset):
        def __len__(self):
            return 8

        def __getitem__(self, index):
            return x[0:32], y[0:32]  # fault

    x, y = numbers()
    model = small(5)
    model.compile(optimizer="adam", loss="mse")
    model.fit(Rows(), epochs=3, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-misaligned-targets", *ALL)
def targets_of_the_other_end_on_train_on_batch(watch, folder):
    x, y = numbers()
    model = small(5)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    w = watch(model, model.optimizer, loss="mse", folder=folder)
    for i in range(0, len(x), 16):
        xb, yb = x[i : i + 16], y[i : i + 16]
        loss = model.train_on_batch(xb, yb[::-1])  # fault
        w(xb, yb, loss)


@loop("loop-detached", *ALL)
def stop_gradient_in_the_call_of_a_fit(watch, folder):
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.encoder, self.head = layers.Dense(12, activation="tanh"), layers.Dense(1)

        def call(self, inputs):
            return self.head(ops.stop_gradient(self.encoder(inputs)))  # fault

    x, y = numbers()
    model = Net()
    model.build((None, 5))
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    model.fit(x, y, epochs=2, batch_size=16, verbose=0, callbacks=[watch.callback(folder)])


# loop-correct


@loop("loop-correct", "tensorflow", "torch")
def a_step_of_ones_own(watch, folder):
    x, y = classes()
    model = functional(Own, 6, 3, "softmax", [layers.LayerNormalization(), layers.Dropout(0.2)])
    model.compile(optimizer=keras.optimizers.Nadam(1e-3), loss="sparse_categorical_crossentropy")
    model.fit(x, y, epochs=3, batch_size=25, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "tensorflow", "torch")
def clipped_in_a_step_of_ones_own(watch, folder):
    class Net(Own):
        def changed(self, gradients):
            norm = ops.sqrt(sum(ops.sum(ops.square(g)) for g in gradients))
            return [g * ops.minimum(1.0, 0.5 / norm) for g in gradients]

    x, y = numbers()
    model = functional(Net)
    model.compile(optimizer=keras.optimizers.SGD(0.02, momentum=0.9), loss="mse")
    model.fit(x, y, epochs=2, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "tensorflow")
def accumulators_that_are_reset(watch, folder):
    tf = tensorflow()
    x, y = classes()
    model = wide(6, 3)
    optimizer = keras.optimizers.Adam(3e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    held = [tf.Variable(tf.zeros_like(v), trainable=False) for v in model.trainable_variables]
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for _ in range(2):
        for n, i in enumerate(range(0, len(x), 15)):
            with tf.GradientTape() as tape:
                loss = loss_fn(y[i : i + 15], model(x[i : i + 15], training=True)) / 2
            for a, g in zip(held, tape.gradient(loss, model.trainable_variables)):
                a.assign_add(g)
            if n % 2:
                optimizer.apply_gradients(zip(held, model.trainable_variables))
                for a in held:
                    a.assign(tf.zeros_like(a))
            w(x[i : i + 15], y[i : i + 15], loss)


@loop("loop-correct", *ALL)
def train_on_batch_with_dropout(watch, folder):
    x, y = yes_no()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(12, activation="selu"), layers.AlphaDropout(0.1), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adamw", loss="binary_crossentropy")
    w = watch(model, model.optimizer, loss="binary_crossentropy", folder=folder)
    for _ in range(2):
        order = np.random.permutation(len(x))
        for i in range(0, len(x), 20):
            rows = order[i : i + 20]
            w(x[rows], y[rows], model.train_on_batch(x[rows], y[rows]))


@loop("loop-correct", *ALL)
def train_on_batch_with_metrics(watch, folder):
    x, y = classes()
    model = wide(6, 3, "softmax")
    model.compile(optimizer=keras.optimizers.SGD(0.05, nesterov=True, momentum=0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    w = watch(model, model.optimizer, loss="sparse_categorical_crossentropy", folder=folder)
    for i in range(0, len(x), 20):
        loss, _ = model.train_on_batch(x[i : i + 20], y[i : i + 20])
        w(x[i : i + 20], y[i : i + 20], loss)


@loop("loop-correct", *ALL)
def a_frozen_base_in_fit(watch, folder):
    x, y = pictures()
    base = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(), layers.GlobalMaxPooling2D()])
    base.trainable = False
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(base(inputs, training=False)))
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=4, batch_size=24, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", *ALL)
def halved_once_an_epoch(watch, folder):
    x, y = numbers()
    model = wide(5)
    model.compile(optimizer=keras.optimizers.RMSprop(1e-2), loss="huber")
    rate = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    model.fit(x, y, epochs=5, batch_size=64, verbose=0, callbacks=[rate, watch.callback(folder)])


@loop("loop-correct", *ALL)
def a_loss_of_ones_own_and_weights_of_classes(watch, folder):
    def pinball(y, out):
        return ops.mean(ops.maximum(0.9 * (y - out), -0.1 * (y - out)), axis=-1)

    x, y = numbers()
    model = small(5)
    model.compile(optimizer="adam", loss=pinball)
    model.fit(x, y, epochs=3, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", *ALL)
def class_weights_in_fit(watch, folder):
    x, y = classes()
    model = wide(6, 3, "softmax")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(x, y, epochs=3, batch_size=30, class_weight={0: 1.0, 1: 2.0, 2: 0.5}, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", *ALL)
def averages_and_constraints(watch, folder):
    x, y = numbers()
    model = keras.Sequential([keras.Input((5,)), layers.Dense(12, activation="relu", kernel_constraint=keras.constraints.MaxNorm(1.0)), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(1e-2, use_ema=True, ema_momentum=0.9), loss="mse")
    model.fit(x, y, epochs=3, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", *ALL)
def noise_and_augmentation(watch, folder):
    x, y = pictures()
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.RandomFlip("horizontal"), layers.GaussianNoise(0.1), layers.Conv2D(4, 3), layers.ReLU(), layers.Flatten(), layers.Dense(1)])
    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(x, y, epochs=3, batch_size=20, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", *ALL)
def sixteen_bits_in_fit(watch, folder):
    x, y = numbers()
    model = keras.Sequential([keras.Input((5,)), layers.Dense(16, activation="relu", dtype="mixed_bfloat16"), layers.Dense(1, dtype="mixed_bfloat16"), layers.Activation("linear", dtype="float32")])
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    model.fit(x, y, epochs=3, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", *ALL)
def two_inputs_and_a_mask(watch, folder):
    x, y = numbers()
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    model = keras.Model([a, b], layers.Dense(1)(layers.concatenate([layers.Dense(8, activation="relu")(a), layers.Dense(4)(b)])))
    model.compile(optimizer=keras.optimizers.Adagrad(0.1), loss="mse")
    model.fit({"a": x[:, :3], "b": x[:, 3:]}, y, epochs=3, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", *ALL)
def words_and_a_recurrent_layer(watch, folder):
    rng = np.random.default_rng(3)
    x = rng.integers(1, 20, (160, 7)).astype("int32")
    y = (x[:, 0] > 10).astype("float32")[:, None]
    model = keras.Sequential([keras.Input((7,), dtype="int32"), layers.Embedding(20, 6, mask_zero=True), layers.Bidirectional(layers.LSTM(5)), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy")
    model.fit(x, y, epochs=3, batch_size=20, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "tensorflow")
def generator_and_discriminator(watch, folder):
    tf = tensorflow()
    x, _ = numbers(width=3)
    generator, model = small(2, 3), wide(3)
    ours, theirs = keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, ours, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        real = tf.constant(x[i : i + 16])
        noise = tf.random.normal((16, 2))
        made = generator(noise, training=True)
        both, labels = tf.concat([real, made], 0), tf.concat([tf.ones((16, 1)), tf.zeros((16, 1))], 0)
        with tf.GradientTape() as tape:
            loss = loss_fn(labels, model(both, training=True))
        ours.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        w(both, labels, loss)
        with tf.GradientTape() as tape:
            fooled = loss_fn(tf.ones((16, 1)), model(generator(noise, training=True), training=True))
        theirs.apply_gradients(zip(tape.gradient(fooled, generator.trainable_variables), generator.trainable_variables))


@loop("loop-correct", "tensorflow", "torch")
def penalties_are_added(watch, folder):
    x, y = numbers()
    model = keras.Sequential([keras.Input((5,)), layers.Dense(12, activation="relu", kernel_regularizer="l1"), layers.Dense(1, kernel_regularizer="l2")])
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)) + sum(model.losses), x[i : i + 16], y[i : i + 16], w)


@loop("loop-correct", "jax")
def stateless_with_statistics(watch, folder):
    import jax

    x, y = classes()
    model = keras.Sequential([keras.Input((6,)), layers.Dense(10), layers.BatchNormalization(), layers.ReLU(), layers.Dense(3)])
    optimizer = keras.optimizers.Lion(1e-3)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def objective(weights, others, xb, yb):
        out, others = model.stateless_call(weights, others, xb, training=True)
        return loss_fn(yb, out), others

    @jax.jit
    def train_step(weights, others, state, xb, yb):
        (loss, others), gradients = jax.value_and_grad(objective, has_aux=True)(weights, others, xb, yb)
        weights, state = optimizer.stateless_apply(state, gradients, weights)
        return loss, weights, others, state

    weights, others, state = [[v.value for v in some] for some in (model.trainable_variables, model.non_trainable_variables, optimizer.variables)]
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 20):
        loss, weights, others, state = train_step(weights, others, state, x[i : i + 20], y[i : i + 20])
        w(x[i : i + 20], y[i : i + 20], loss, weights=weights)
