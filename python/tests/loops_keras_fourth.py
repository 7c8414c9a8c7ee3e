"""A fourth batch of Keras loops, written without a look at the rules, at their tests or at the batches before, and held back until it stood."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, tensorflow, torch_
from loops_fifth_data import friedman, glyphs, reviews, sensors, spirals, tags

ALL = ("tensorflow", "torch", "jax")


def arrays(*tensors):
    return [np.array(t.numpy()) for t in tensors]


def tabular():
    x, y = arrays(*friedman())
    return x.astype("float32"), y.astype("float32")


def dense(width, out, activation="relu"):
    return keras.Sequential([keras.Input((width,)), layers.Dense(24, activation=activation), layers.Dense(out)])


# faults


class TorchStep(keras.Model):
    """A step of its own, as the guide for PyTorch has it, but for one line."""

    def train_step(self, data):
        x, y = data
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        loss.backward()  # fault: step_of_its_own_without_zero_grad
        trainable_weights = list(self.trainable_weights)
        gradients = [v.value.grad for v in trainable_weights]
        with torch_().no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


@loop("loop-gradients-accumulate", "torch")
def step_of_its_own_without_zero_grad(watch, folder):
    x, y = tabular()
    inputs = keras.Input((8,))
    model = TorchStep(inputs, layers.Dense(1)(layers.Dense(24, activation="gelu")(inputs)))
    model.compile(optimizer=keras.optimizers.SGD(0.02), loss="mse")
    model.fit(x, y, batch_size=30, epochs=2, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-wrong-parameters", "tensorflow")
def applies_to_the_old_head(watch, folder):
    tf = tensorflow()
    x, kind, _ = arrays(*glyphs())
    base = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(6, 3, activation="relu"), layers.Flatten()])
    old = keras.Sequential([base, layers.Dense(10)])
    trainable = old.trainable_variables  # fault
    model = keras.Sequential([base, layers.Dense(16, activation="relu"), layers.Dense(2)])
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(1e-3)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    ds = tf.data.Dataset.from_tensor_slices((x.transpose(0, 2, 3, 1), kind)).shuffle(200, seed=1).batch(16)
    for epoch in range(2):
        for images, labels in ds:
            with tf.GradientTape() as tape:
                logits = model(images, training=True)
                loss = loss_fn(labels, logits)
            grads = tape.gradient(loss, trainable)
            optimizer.apply_gradients((g, v) for g, v in zip(grads, trainable) if g is not None)
            w(images, labels, loss)


@loop("loop-eval-mode", "tensorflow")
def training_flag_is_false(watch, folder):
    tf = tensorflow()
    x, arm = arrays(*spirals())
    model = keras.Sequential([keras.Input((2,)), layers.Dense(32), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.3), layers.Dense(3)])
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.RMSprop(1e-3)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            logits = model(xb, training=False)  # fault
            value = loss_fn(yb, logits)
        grads = tape.gradient(value, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        w(xb, yb, value)

    for _ in range(2):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, arm)).shuffle(200, seed=2).batch(20):
            train_step(xb, yb)


@loop("loop-broadcast", "tensorflow")
def absolute_errors_of_a_column(watch, folder):
    tf = tensorflow()
    x, y = tabular()
    model = dense(8, 1)
    optimizer = keras.optimizers.Adam(5e-3)
    w = watch(model, optimizer, loss="mae", folder=folder)
    for epoch in range(2):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y[:, 0])).shuffle(200, seed=3).batch(30):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.abs(yb - model(xb, training=True)))  # fault
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-same-batch", "tensorflow", "torch")
def takes_one_of_the_dataset(watch, folder):
    x, y = (a.astype("float32") for a in arrays(*tags()))

    class Batches(keras.utils.PyDataset):
        def __init__(self):
            super().__init__()
            self.size = 25

        def __len__(self):
            return len(x) // self.size

        def __getitem__(self, index):
            low = (index // len(x)) * self.size  # fault
            return x[low : low + self.size], y[low : low + self.size]

    model = dense(7, 5)
    model.compile(keras.optimizers.Nadam(2e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(Batches(), epochs=3, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-misaligned-targets", *ALL)
def rows_are_shuffled_without_targets(watch, folder):
    x, arm = arrays(*spirals())

    class Shuffled(keras.utils.PyDataset):
        def __init__(self, features, labels, size):
            super().__init__()
            self.features, self.labels, self.size = features, labels, size
            self.rng = np.random.default_rng(4)

        def __len__(self):
            return len(self.features) // self.size

        def __getitem__(self, i):
            rows = slice(i * self.size, (i + 1) * self.size)
            return self.features[rows], self.labels[rows]

        def on_epoch_end(self):
            self.features = self.features[self.rng.permutation(len(self.features))]  # fault

    model = dense(2, 3, "tanh")
    model.compile(keras.optimizers.Adam(5e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(Shuffled(x, arm, 40), epochs=3, shuffle=False, verbose=0, callbacks=[watch.callback(folder)])


class Decay(keras.callbacks.Callback):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def on_train_batch_end(self, batch, logs=None):
        rate = self.model.optimizer.learning_rate
        rate.assign(rate * self.factor)  # fault: decays_behind_each_batch


@loop("loop-rate-changed", *ALL)
def decays_behind_each_batch(watch, folder):
    x, y = tabular()
    model = dense(8, 1)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse")
    model.fit(x, y, batch_size=20, epochs=3, verbose=0, callbacks=[Decay(0.3), watch.callback(folder)])


class RestoreBest(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.best, self.weights = float("-inf"), None

    def on_train_begin(self, logs=None):
        self.weights = self.model.get_weights()

    def on_epoch_end(self, epoch, logs=None):
        if logs["loss"] > self.best:  # the wrong way round, so that the first stay the best
            self.model.set_weights(self.weights)  # fault: restores_what_was_worst


@loop("loop-weights-overwritten", *ALL)
def restores_what_was_worst(watch, folder):
    x, kind = arrays(*sensors())
    model = keras.Sequential([keras.Input((16, 3)), layers.Conv1D(8, 3, activation="relu"), layers.GlobalAveragePooling1D(), layers.Dense(4)])
    model.compile(keras.optimizers.Adam(5e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x.transpose(0, 2, 1).copy(), kind, batch_size=50, epochs=4, verbose=0, callbacks=[RestoreBest(), watch.callback(folder)])


@loop("loop-gradients-changed", "tensorflow")
def clipped_to_nothing_by_global_norm(watch, folder):
    tf = tensorflow()
    x, y = tabular()
    model = dense(8, 1, "tanh")
    opt = keras.optimizers.SGD(0.05)
    mse = keras.losses.MeanSquaredError()
    w = watch(model, opt, loss=mse, folder=folder)
    for epoch in range(2):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(200, seed=5).batch(24):
            with tf.GradientTape() as tape:
                loss = mse(yb, model(xb, training=True))
            grads = tape.gradient(loss, model.trainable_variables)
            grads, _ = tf.clip_by_global_norm(grads, 1e-5)  # fault
            opt.apply_gradients(zip(grads, model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-detached", "torch")
def encoder_within_no_grad(watch, folder):
    torch = torch_()
    ids, _, label = arrays(*reviews())
    encoder = keras.Sequential([keras.Input((10,), dtype="int32"), layers.Embedding(40, 8), layers.GRU(12)])
    head = keras.Sequential([keras.Input((12,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
    inputs = keras.Input((10,), dtype="int32")
    model = keras.Model(inputs, head(encoder(inputs)))
    optimizer = keras.optimizers.Adam(5e-3)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(2):
        for i in range(0, 140, 20):
            xb, yb = torch.tensor(ids[i : i + 20], dtype=torch.int32), torch.tensor(label[i : i + 20])[:, None]
            with torch.no_grad():  # fault
                features = encoder(xb, training=True)
            logits = head(features, training=True)
            loss = loss_fn(yb, logits)
            model.zero_grad()
            loss.backward()
            variables = [v for v in model.trainable_variables if v.value.grad is not None]
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(xb, yb, loss)


@loop("loop-other-loss", "torch", "tensorflow")
def sums_what_is_claimed_a_mean(watch, folder):
    x, y = tabular()
    model = dense(8, 1)
    optimizer = keras.optimizers.Adam(1e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(2):
        for i in range(0, 180, 30):
            xb, yb = x[i : i + 30], y[i : i + 30]
            if keras.backend.backend() == "torch":
                torch = torch_()
                xb, yb = torch.tensor(xb), torch.tensor(yb)
                loss = ops.sum(ops.square(yb - model(xb, training=True)))  # fault
                model.zero_grad()
                loss.backward()
                with torch.no_grad():
                    optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            else:
                tf = tensorflow()
                with tf.GradientTape() as tape:
                    loss = ops.sum(ops.square(yb - model(xb, training=True)))
                grads = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(grads, model.trainable_variables))
            w(xb, yb, loss)


# correct


@loop("loop-correct", "tensorflow")
def accumulates_on_a_tape(watch, folder):
    tf = tensorflow()
    x, arm = arrays(*spirals())
    model = dense(2, 3)
    optimizer = keras.optimizers.Adam(5e-3, gradient_accumulation_steps=2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(2):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, arm)).shuffle(200, seed=6).batch(20):
            with tf.GradientTape() as tape:
                loss = loss_fn(yb, model(xb, training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-correct", *ALL)
def cosine_clipped_and_averaged(watch, folder):
    x, y = tabular()
    model = dense(8, 1, "silu")
    rate = keras.optimizers.schedules.CosineDecay(1e-3, 30, warmup_target=5e-3, warmup_steps=4)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-4, global_clipnorm=1.0, use_ema=True, ema_overwrite_frequency=None), "huber")
    model.fit(x, y, batch_size=20, epochs=3, validation_split=0.2, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "torch")
def frozen_base_in_inference(watch, folder):
    torch = torch_()
    x, kind, _ = arrays(*glyphs())
    base = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(6, 3, strides=2), layers.BatchNormalization(), layers.ReLU(), layers.Flatten()])
    base.trainable = False
    inputs = keras.Input((12, 12, 1))
    model = keras.Model(inputs, layers.Dense(2)(layers.Dropout(0.2)(base(inputs, training=False))))
    optimizer = keras.optimizers.Adam(3e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    rows = np.random.default_rng(7)
    for step in range(15):
        pick = rows.choice(len(x), 16, replace=False)
        xb, yb = torch.tensor(x.transpose(0, 2, 3, 1)[pick]), torch.tensor(kind[pick])
        model.zero_grad()
        loss = loss_fn(yb, model(xb, training=True))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(xb, yb, loss)


@loop("loop-correct", *ALL)
def two_outputs_weighted(watch, folder):
    x, kind = arrays(*sensors())
    level = x.mean((1, 2)).astype("float32")[:, None]
    inputs = keras.Input((16, 3))
    h = layers.GRU(12)(inputs)
    model = keras.Model(inputs, {"kind": layers.Dense(4, activation="softmax", name="kind")(h), "level": layers.Dense(1, name="level")(h)})
    model.compile(keras.optimizers.Adam(3e-3), {"kind": "sparse_categorical_crossentropy", "level": "mse"}, loss_weights={"kind": 1.0, "level": 0.5})
    model.fit(x.transpose(0, 2, 1).copy(), {"kind": kind, "level": level}, batch_size=25, epochs=3, verbose=0, callbacks=[watch.callback(folder)])


class Smoothed(keras.Model):
    """Adds a loss of its own to the compiled one, in a step of its own."""

    def train_step(self, data):
        tf = tensorflow()
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


@loop("loop-correct", "tensorflow")
def step_of_its_own_with_a_penalty(watch, folder):
    x, y = (a.astype("float32") for a in arrays(*tags()))
    inputs = keras.Input((7,))
    hidden = layers.Dense(24, activation="elu", kernel_regularizer=keras.regularizers.L2(1e-3))(inputs)
    model = Smoothed(inputs, layers.Dense(5, activation="sigmoid")(layers.LayerNormalization()(hidden)))
    model.compile(keras.optimizers.Lion(1e-3), "binary_crossentropy", metrics=["binary_accuracy"])
    model.fit(x, y, batch_size=25, epochs=2, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "jax")
def stateless_in_jit(watch, folder):
    import jax

    x, arm = arrays(*spirals())
    model = dense(2, 3)
    optimizer = keras.optimizers.Adam(5e-3)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    def value(trainable, fixed, xb, yb):
        logits, fixed = model.stateless_call(trainable, fixed, xb, training=True)
        return loss_fn(yb, logits), fixed

    @jax.jit
    def train_step(state, xb, yb):
        trainable, fixed, opt = state
        (loss, fixed), grads = jax.value_and_grad(value, has_aux=True)(trainable, fixed, xb, yb)
        trainable, opt = optimizer.stateless_apply(opt, grads, trainable)
        return loss, (trainable, fixed, opt)

    state = ([v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables], [v.value for v in optimizer.variables])
    rng = np.random.default_rng(8)
    for step in range(16):
        rows = rng.choice(len(x), 32, replace=False)
        loss, state = train_step(state, x[rows], arm[rows])
        w(x[rows], arm[rows], loss, weights=state[0])
