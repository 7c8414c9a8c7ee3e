"""Loops on JAX: stateless calls, compiled and not. With mended=True the marked line is as it should be."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop

# wrong


def write_back(model, values):
    for variable, value in zip(model.trainable_variables, values):
        variable.assign(value)


@loop("loop-detached", "jax")
def an_encoder_below_a_head(watch, folder, mended=False):
    import jax

    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 300)
    angle = 2 * y + 0.5 * rng.normal(size=300)
    x = np.concatenate([np.stack([np.cos(angle), np.sin(angle)], axis=1), rng.normal(size=(300, 10))], axis=1).astype("float32")
    encoder = keras.Sequential([keras.Input((12,)), layers.Dense(16, activation="tanh"), layers.Dense(2, activation="tanh")])
    head = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    model = keras.Sequential([keras.Input((12,)), encoder, head])
    optimizer = keras.optimizers.Adam(2e-2)
    optimizer.build(encoder.trainable_variables + head.trainable_variables)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    split = len(encoder.trainable_variables)

    @jax.jit
    def update(params, slots, xb, yb):
        def objective(p):
            below = p if mended else params
            h, _ = encoder.stateless_call(below[:split], [], xb)  # fault
            logits, _ = head.stateless_call(p[split:], [], h)
            return scce(yb, logits)

        loss, grads = jax.value_and_grad(objective)(params)
        params, slots = optimizer.stateless_apply(slots, grads, params)
        return loss, params, slots

    w = watch(model, optimizer, loss=scce, folder=folder)
    params = [v.value for v in encoder.trainable_variables + head.trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for epoch in range(8):
        for rows in rng.permutation(300).reshape(-1, 30):
            loss, params, slots = update(params, slots, x[rows], y[rows])
            w(x[rows], y[rows], loss, weights=params)
    write_back(model, params)


@loop("loop-gradients-changed", "jax")
def a_norm_of_at_most_ten(watch, folder, mended=False):
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(3)
    x = rng.normal(size=(256, 8)).astype("float32")
    y = (x[:, :2] @ [[1.0], [-0.8]] + 0.1 * rng.normal(size=(256, 1))).astype("float32")

    def clip_by_global_norm(grads, max_norm):
        norm = jnp.sqrt(sum(jnp.sum(g**2) for g in grads))
        ratio = max_norm / (norm + 1e-6) if mended else norm / max_norm  # fault
        return [g * jnp.minimum(1.0, ratio) for g in grads]

    inputs = keras.Input((8,))
    h = layers.Dense(16, activation="relu")(inputs)
    h = layers.Add()([h, layers.Dense(16, activation="relu")(h)])
    model = keras.Model(inputs, layers.Dense(1)(h))
    optimizer = keras.optimizers.SGD(0.03)
    optimizer.build(model.trainable_variables)

    def objective(trainable, xb, yb):
        prediction, _ = model.stateless_call(trainable, [], xb, training=True)
        return jnp.mean((prediction - yb) ** 2)

    @jax.jit
    def train_step(trainable, slots, xb, yb):
        loss, grads = jax.value_and_grad(objective)(trainable, xb, yb)
        grads = clip_by_global_norm(grads, 10.0)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, trainable, slots

    w = watch(model, optimizer, loss="mse", folder=folder)
    trainable = [v.value for v in model.trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for step in range(80):
        rows = rng.choice(256, 32, replace=False)
        loss, trainable, slots = train_step(trainable, slots, x[rows], y[rows])
        w(x[rows], y[rows], loss, weights=trainable)
    write_back(model, trainable)


@loop("loop-broadcast", "jax")
def the_sum_of_a_sequence(watch, folder, mended=False):
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(5)
    x = rng.normal(size=(240, 6, 2)).astype("float32")
    y = (x[:, :, 0].sum(axis=1, keepdims=True) / 2).astype("float32")
    model = keras.Sequential([keras.Input((6, 2)), layers.LSTM(12), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(2e-2)
    optimizer.build(model.trainable_variables)

    def loss_fn(trainable, xb, yb):
        outputs, _ = model.stateless_call(trainable, fixed, xb, training=True)
        predicted = outputs if mended else outputs[:, -1]  # fault
        return jnp.mean(jnp.abs(yb - predicted))

    fixed = [v.value for v in model.non_trainable_variables]  # the seed of a dropout of 0
    step, apply = jax.jit(jax.value_and_grad(loss_fn)), jax.jit(optimizer.stateless_apply)
    w = watch(model, optimizer, loss="mae", folder=folder)
    trainable = [v.value for v in model.trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for epoch in range(6):
        order = rng.permutation(240)
        for i in range(0, 240, 24):
            xb, yb = x[order[i : i + 24]], y[order[i : i + 24]]
            loss, grads = step(trainable, xb, yb)
            trainable, slots = apply(slots, grads, trainable)
            w(xb, yb, loss, weights=trainable)
    write_back(model, trainable)


@loop("loop-same-batch", "jax")
def drawn_with_a_key(watch, folder, mended=False):
    import jax

    rng = np.random.default_rng(7)
    y = rng.integers(0, 4, 400).astype("int32")
    x = (rng.normal(size=(4, 10))[y] + 0.8 * rng.normal(size=(400, 10))).astype("float32")
    inputs = keras.Input((10,))
    h = layers.Dense(48, activation="relu")(inputs)
    h = layers.Dense(48, activation="relu")(h)
    model = keras.Model(inputs, layers.Dense(4)(h))
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def sample(key, size=16):
        rows = jax.random.choice(key, len(x), (size,), replace=False)
        return x[rows], y[rows]

    def objective(trainable, xb, yb):
        return scce(yb, model.stateless_call(trainable, [], xb, training=True)[0])

    @jax.jit
    def train_step(trainable, slots, xb, yb):
        loss, grads = jax.value_and_grad(objective)(trainable, xb, yb)
        return loss, *optimizer.stateless_apply(slots, grads, trainable)

    w = watch(model, optimizer, loss=scce, folder=folder)
    trainable = [v.value for v in model.trainable_variables]
    slots = [v.value for v in optimizer.variables]
    key = jax.random.PRNGKey(0)
    for step in range(100):
        if mended:
            key, _ = jax.random.split(key)
        xb, yb = sample(key)  # fault
        loss, trainable, slots = train_step(trainable, slots, xb, yb)
        w(xb, yb, loss, weights=trainable)
    write_back(model, trainable)


# correct


class Focal(keras.losses.Loss):
    """Errors on what is known already count little."""

    def __init__(self, gamma=2.0):
        super().__init__(name="focal")
        self.gamma = gamma

    def call(self, y_true, y_pred):
        sure = ops.sigmoid(ops.where(y_true > 0.5, y_pred, -y_pred))
        return ops.mean(-((1 - sure) ** self.gamma) * ops.log(sure + 1e-7), axis=-1)


@loop("loop-correct", "jax")
def few_of_the_one_class(watch, folder):
    import jax

    rng = np.random.default_rng(9)
    x = rng.normal(size=(500, 6)).astype("float32")
    y = (x[:, :1] - x[:, 1:2] > 1.8).astype("float32")
    model = keras.Sequential([keras.Input((6,)), layers.Dense(24, activation="elu"), layers.Dense(1)])
    optimizer = keras.optimizers.Adagrad(0.1)
    optimizer.build(model.trainable_variables)
    focal = Focal()
    rare, common = np.flatnonzero(y), np.flatnonzero(y == 0)

    @jax.jit
    def train_step(trainable, slots, xb, yb):
        def objective(values):
            return focal(yb, model.stateless_call(values, [], xb, training=True)[0])

        loss, grads = jax.value_and_grad(objective)(trainable)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, trainable, slots

    w = watch(model, optimizer, loss=focal, folder=folder)
    trainable = [v.value for v in model.trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for step in range(80):
        rows = np.concatenate([rng.choice(rare, 16), rng.choice(common, 16)])
        loss, trainable, slots = train_step(trainable, slots, x[rows], y[rows])
        w(x[rows], y[rows], loss, weights=trainable)
    write_back(model, trainable)


class Tied(keras.Model):
    """What encodes also decodes."""

    def __init__(self, width, code):
        super().__init__()
        self.encode = layers.Dense(code, activation="tanh")
        self.encode.build((None, width))
        self.bias = self.add_weight(shape=(width,), initializer="zeros", name="back")
        self.built = True

    def call(self, x, training=False):
        return ops.matmul(self.encode(x), ops.transpose(self.encode.kernel)) + self.bias


@loop("loop-correct", "jax")
def resumed_and_cleaned_of_noise(watch, folder):
    import jax

    rng = np.random.default_rng(11)
    x = np.tanh(rng.normal(size=(320, 3)) @ rng.normal(size=(3, 10))).astype("float32")
    mse = keras.losses.MeanSquaredError()

    def build():
        model = Tied(10, 5)
        optimizer = keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(1e-2, 200, alpha=0.1), weight_decay=1e-4)
        optimizer.build(model.trainable_variables)
        return model, optimizer

    def run(model, optimizer, steps, report=None):
        def objective(trainable, noisy, clean):
            return mse(clean, model.stateless_call(trainable, [], noisy, training=True)[0])

        @jax.jit
        def update(trainable, slots, noisy, clean):
            loss, grads = jax.value_and_grad(objective)(trainable, noisy, clean)
            return loss, *optimizer.stateless_apply(slots, grads, trainable)

        trainable = [v.value for v in model.trainable_variables]
        slots = [v.value for v in optimizer.variables]
        for step in range(steps):
            clean = x[rng.integers(0, 320, 32)]
            noisy = clean + 0.1 * rng.normal(size=clean.shape).astype("float32")
            loss, trainable, slots = update(trainable, slots, noisy, clean)
            if report:
                report(noisy, clean, loss, weights=trainable)
        write_back(model, trainable)
        for variable, value in zip(optimizer.variables, slots):
            variable.assign(value)

    before, its_optimizer = build()
    run(before, its_optimizer, 20)
    model, optimizer = build()
    model.set_weights(before.get_weights())
    for variable, saved in zip(optimizer.variables, its_optimizer.variables):
        variable.assign(saved.value)
    run(model, optimizer, 80, watch(model, optimizer, loss=mse, folder=folder))
