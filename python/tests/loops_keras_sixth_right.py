"""The sixth Keras batch's correct loops, each with something odd that is meant, and what the batch has in common."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, tensorflow, torch_
from loops_eighth_data import EPOCHS, clusters, drift, glyphs, letters_in, motifs, reviews, tags, wells

ALL = ("tensorflow", "torch", "jax")


def as_numpy(*tensors):
    return [np.array(t.numpy()) for t in tensors]


def pictures():
    x, kind = as_numpy(*glyphs())
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)), kind.astype("int32")


def dense(width, out, hidden=20, activation="relu"):
    return keras.Sequential([keras.Input((width,)), layers.Dense(hidden, activation=activation), layers.Dense(out)])


def shuffled(size, *arrays):
    """Yield batches of all epochs, in a new order for each."""
    rng = np.random.default_rng(12)
    for _ in range(EPOCHS):
        order = rng.permutation(len(arrays[0]))
        for i in range(0, len(order), size):
            yield [a[order[i : i + size]] for a in arrays]


class Functional:
    """What a step on JAX keeps and hands on."""

    def __init__(self, model, optimizer, objective):
        import jax

        self.model, self.optimizer = model, optimizer
        optimizer.build(model.trainable_variables)
        self.trainable = [v.value for v in model.trainable_variables]
        self.fixed = [v.value for v in model.non_trainable_variables]
        self.kept = [v.value for v in optimizer.variables]

        def loss_of(trainable, fixed, x, y):
            out, fixed = model.stateless_call(trainable, fixed, x, training=True)
            return objective(y, out), fixed

        self.gradients = jax.jit(jax.value_and_grad(loss_of, has_aux=True))

    def apply(self, grads):
        self.trainable, self.kept = self.optimizer.stateless_apply(self.kept, grads, self.trainable)


@loop("loop-correct", "tensorflow")
def three_parts_of_a_batch_are_summed(watch, folder):
    tf = tensorflow()
    x, y = as_numpy(*letters_in())
    model = dense(10, 1)
    optimizer = keras.optimizers.Adam(1e-2)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=bce, folder=folder)
    sums = [tf.Variable(tf.zeros_like(v)) for v in model.trainable_variables]
    for n, (xb, yb) in enumerate(shuffled(16, x, y), 1):
        with tf.GradientTape() as tape:
            loss = bce(yb, model(xb, training=True))
        for s, g in zip(sums, tape.gradient(loss, model.trainable_variables)):
            s.assign_add(g / 3)
        if n % 3 == 0:
            optimizer.apply_gradients(zip([tf.identity(s) for s in sums], model.trainable_variables))
            for s in sums:
                s.assign(tf.zeros_like(s))
        w(xb, yb, loss)


@loop("loop-correct", "tensorflow")
def kept_features_under_a_new_head(watch, folder):
    tf = tensorflow()
    x, kind = pictures()
    base = keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(8, 3), layers.BatchNormalization(), layers.ReLU(), layers.Flatten()])
    for _ in range(20):
        base(x, training=True)
    base.trainable = False
    inputs = keras.Input((9, 9, 1))
    model = keras.Model(inputs, layers.Dense(3)(layers.Dropout(0.2)(base(inputs, training=False))))
    optimizer = keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(28, x, kind):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_weights), model.trainable_weights))
        w(xb, yb, loss)


@loop("loop-correct", "tensorflow")
def clipped_by_the_norm_of_all(watch, folder):
    tf = tensorflow()
    x, y = as_numpy(*drift())
    model = keras.Sequential([keras.Input((12, 2)), layers.LSTM(12), layers.Dense(1)])
    optimizer = keras.optimizers.Nadam(5e-3)
    loss_fn = keras.losses.Huber()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(29, x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        grads, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), 0.5)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        w(xb, yb, loss)


@loop("loop-correct", "tensorflow")
def learns_from_a_larger_one(watch, folder):
    tf = tensorflow()
    x, kind = as_numpy(*clusters())
    teacher, student = dense(7, 4, 64), dense(7, 4, 10, "tanh")
    teacher.compile(keras.optimizers.Adam(1e-2), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    teacher.fit(x, kind, epochs=8, verbose=0)
    optimizer = keras.optimizers.AdamW(2e-2, weight_decay=1e-3)
    loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True)
    w = watch(student, optimizer, loss=loss_fn, folder=folder)
    for (xb,) in shuffled(31, x):
        soft = tf.nn.softmax(teacher(xb, training=False) / 2.0)
        with tf.GradientTape() as tape:
            loss = loss_fn(soft, student(xb, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, student.trainable_variables), student.trainable_variables))
        w(xb, soft, loss)


@loop("loop-correct", "torch")
def a_rate_for_each_half(watch, folder):
    torch = torch_()
    x, y = as_numpy(*tags())
    body, head = layers.Dense(24, activation="gelu"), layers.Dense(5)
    model = keras.Sequential([keras.Input((9,)), body, head])
    slow, fast = keras.optimizers.Adam(2e-3), keras.optimizers.SGD(0.3)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, [slow, fast], loss=loss_fn, folder=folder)
    for xb, yb in shuffled(26, x, y):
        model.zero_grad()
        loss = loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True))
        loss.backward()
        with torch.no_grad():
            for optimizer, layer in ((slow, body), (fast, head)):
                optimizer.apply([v.value.grad for v in layer.trainable_variables], layer.trainable_variables)
        w(xb, yb, loss)


@loop("loop-correct", "torch")
def rows_blended_with_others(watch, folder):
    torch = torch_()
    x, kind = pictures()
    model = keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(8, 3, activation="relu"), layers.GlobalMaxPooling2D(), layers.Dense(3)])
    optimizer = keras.optimizers.RMSprop(5e-3)
    loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    rng = np.random.default_rng(5)
    for xb, yb in shuffled(28, x, np.eye(3, dtype="float32")[kind]):
        share, order = np.float32(rng.beta(0.4, 0.4)), rng.permutation(len(xb))
        xb, yb = share * xb + (1 - share) * xb[order], share * yb + (1 - share) * yb[order]
        model.zero_grad()
        loss = loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(xb, yb, loss)


@loop("loop-correct", "jax")
def state_handed_on_with_a_warm_up(watch, folder):
    x, y = as_numpy(*wells())
    model = keras.Sequential([keras.Input((8,)), layers.Dense(24), layers.BatchNormalization(), layers.Activation("silu"), layers.Dense(1)])
    rate = keras.optimizers.schedules.CosineDecay(0.0, 24, warmup_target=2e-2, warmup_steps=4)
    loss_fn = keras.losses.MeanSquaredError()
    step = Functional(model, keras.optimizers.Adam(rate), loss_fn)
    w = watch(model, step.optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(30, x, y):
        (loss, step.fixed), grads = step.gradients(step.trainable, step.fixed, xb, yb)
        step.apply(grads)
        w(xb, yb, loss, weights=step.trainable)


@loop("loop-correct", "jax")
def gradients_of_two_halves_averaged(watch, folder):
    """As over two devices, one after the other."""
    import jax

    x, y = as_numpy(*letters_in())
    x, y = x[:180], y[:180]
    model, loss_fn = dense(10, 1, activation="tanh"), keras.losses.BinaryCrossentropy(from_logits=True)
    step = Functional(model, keras.optimizers.SGD(0.5), loss_fn)
    w = watch(model, step.optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(36, x, y):
        halves = [step.gradients(step.trainable, step.fixed, xb[i::2], yb[i::2]) for i in range(2)]
        step.apply(jax.tree.map(lambda a, b: (a + b) / 2, halves[0][1], halves[1][1]))
        w(xb, yb, (halves[0][0][0] + halves[1][0][0]) / 2, weights=step.trainable)


class Averages(keras.callbacks.Callback):
    """Keeps averages of the weights beside the model."""

    kept = None

    def on_train_batch_end(self, batch, logs=None):
        now = self.model.get_weights()
        self.kept = now if self.kept is None else [0.9 * a + 0.1 * b for a, b in zip(self.kept, now)]


@loop("loop-correct", *ALL)
def averages_beside_a_fit(watch, folder):
    ids, _, kind = as_numpy(*reviews())
    model = keras.Sequential([keras.Input((10,), dtype="int32"), layers.Embedding(40, 10), layers.GlobalAveragePooling1D(), layers.Dense(12, activation="relu"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(1e-2, global_clipnorm=1.0), keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(ids.astype("int32"), kind[:, None].astype("float32"), batch_size=22, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder), Averages()])


@loop("loop-correct", *ALL)
def noisy_curves_cleaned_with_a_plateau(watch, folder):
    (curves,) = as_numpy(motifs())
    noisy = curves + 0.1 * np.random.default_rng(3).normal(size=curves.shape).astype("float32")
    model = keras.Sequential([keras.Input((20,)), layers.Dense(24, activation="elu"), layers.Dense(4, kernel_regularizer=keras.regularizers.L2(1e-5)), layers.Dense(24, activation="elu"), layers.Dense(20)])
    model.compile(keras.optimizers.Adamax(1e-2), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=2)
    model.fit(noisy, curves, batch_size=34, epochs=EPOCHS, validation_split=0.1, verbose=0, callbacks=[watch.callback(folder), plateau])


@loop("loop-correct", *ALL)
def class_weights_and_early_stopping(watch, folder):
    x, kind = as_numpy(*clusters())
    model = keras.Sequential([keras.Input((7,)), layers.Dense(20, activation="relu"), layers.Dropout(0.2), layers.Dense(4, activation="softmax")])
    model.compile(keras.optimizers.RMSprop(5e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    model.fit(x, kind, batch_size=24, epochs=EPOCHS, validation_split=0.2, class_weight={0: 1.0, 1: 1.0, 2: 2.0, 3: 0.5}, verbose=0, callbacks=[watch.callback(folder), stop])


def weighted_error(y, out):
    """Large targets count twice."""
    return ops.mean(ops.where(ops.abs(y) > 1, 2.0, 1.0) * ops.square(y - out))


@loop("loop-correct", "tensorflow", "torch")
def an_objective_of_ones_own(watch, folder):
    x, y = as_numpy(*wells())
    model = keras.Sequential([keras.Input((8,)), layers.Dense(24, activation="relu"), layers.LayerNormalization(), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05, momentum=0.8), weighted_error, run_eagerly=True)
    model.fit(x, y, batch_size=30, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder)])
