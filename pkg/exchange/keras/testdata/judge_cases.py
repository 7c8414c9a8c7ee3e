# The cases of make_judge.py, which runs this file: case(name, layers, …), one setting each.

ACTIVATIONS = "linear relu relu6 leaky_relu elu selu sigmoid tanh hard_sigmoid softplus softsign exponential silu swish hard_silu hard_swish mish gelu softmax".split()


def put(*path, value):
    """An edit of the config: a bare config.json says what Keras' own classes wouldn't write."""

    def edit(config):
        at = config
        for p in path[:-1]:
            at = at[p]
        if value is KeyError:
            at.pop(path[-1], None)
        else:
            at[path[-1]] = value

    return edit


def unnumbered(name):
    """Keras numbers names by all that was made before: another case would rename those behind it."""
    return name.rstrip("0123456789").rstrip("_") if name[-1].isdigit() else name


def edits(*all):
    def edit(config):
        for one in all:
            one(config)

    return edit


def layer_key(key, value, i=1):
    return put("config", "layers", i, "config", key, value=value)


def optimizer_key(key, value):
    return put("compile_config", "optimizer", "config", key, value=value)


# Ordinary models first: they must be read.
case("dense", lambda: keras.Sequential([keras.Input((4,)), L.Dense(3, activation="relu"), L.Dense(2)]))
for a in ACTIVATIONS:
    case("activation-" + a, [L.Dense(3, activation=a), L.Dense(2)])
    case("activation-layer-" + a, [L.Dense(3), L.Activation(a), L.Dense(2)])
for options in ({}, {"max_value": 1.5}, {"max_value": 0}, {"max_value": 0.0, "negative_slope": 0.2}, {"max_value": 6}, {"negative_slope": 0.3}, {"threshold": 0.4}, {"threshold": 0.2, "max_value": 0.7, "negative_slope": 0.1}, {"max_value": 6, "threshold": 0.5}):
    case("relu-layer " + str(options), [L.Dense(4), L.ReLU(**options), L.Dense(2)])
for options in ({}, {"negative_slope": 0.0}, {"negative_slope": 1}, {"negative_slope": 0.05}):
    case("leaky-relu " + str(options), [L.Dense(4), L.LeakyReLU(**options), L.Dense(2)])
for options in ({}, {"alpha": 0.0}, {"alpha": 2}, {"alpha": 0.3}):
    case("elu " + str(options), [L.Dense(4), L.ELU(**options), L.Dense(2)])
for axis in (-1, 1, [-1], [1]):
    case(f"softmax {axis}", [L.Dense(4), L.Softmax(axis=axis)], loss="categorical_crossentropy")
case("softmax-sequences 2", [L.Dense(4), L.Softmax(axis=2), L.Flatten(), L.Dense(2)], x="sequences")
case("softmax-sequences 1", [L.Dense(4), L.Softmax(axis=1), L.Flatten(), L.Dense(2)], x="sequences")
case("softmax-both-axes", [L.Dense(4), L.Softmax(axis=[1, 2]), L.Flatten(), L.Dense(2)], x="sequences")
case("activation-objects", [L.Dense(4, activation=L.LeakyReLU(negative_slope=0.15)), L.Dense(4, activation=L.ELU(alpha=1.5)), L.Dense(4, activation=L.ReLU(max_value=0.5)), L.Dense(2)])
case("activation-function", [L.Dense(4, activation=keras.activations.relu), L.Dense(2)])
case("activation-softmax-object", [L.Dense(4, activation=L.Softmax(axis=1)), L.Dense(2)])
for options in ({}, {"shared_axes": [1]}, {"shared_axes": [1, 2]}):
    case("prelu " + str(options), [L.Dense(3), L.PReLU(alpha_initializer=I.Constant(0.2), alpha_regularizer=R.L2(0.02), **options), L.Flatten(), L.Dense(2)], x="sequences")
# Dense.
case("dense-no-bias", [L.Dense(3, use_bias=False), L.Dense(2)])
case("dense-penalties", [L.Dense(3, kernel_regularizer=R.L2(0.1), bias_regularizer=R.L1(0.05)), L.Dense(2, kernel_regularizer=R.L1L2(0.02, 0.03))])
for r in ("l1", "l2", "l1l2", "L1", "L2", "L1L2"):
    case("penalty-" + r, [L.Dense(3, kernel_regularizer=r), L.Dense(2)])
case("dense-frozen", [L.Dense(3, trainable=False), L.Dense(2)])
case("dense-activity", [L.Dense(3, activity_regularizer="l2"), L.Dense(2)], read=False)
case("dense-constraint", [L.Dense(3, kernel_constraint="non_neg"), L.Dense(2)], read=False)
case("dense-orthogonal-penalty", [L.Dense(3, kernel_regularizer=R.OrthogonalRegularizer()), L.Dense(2)])
case("dense-float64", [L.Dense(3, dtype="float64"), L.Dense(2)], read=False)
case("dense-deep", [L.Dense(3, activation="tanh"), L.Flatten(), L.Dense(2)], x="deep")
# Initializers: what they draw is compared in distribution elsewhere, what isn't drawn here.
for i in ("zeros", "ones", "identity", "zero", "one", "Zeros", "he_normal", "uniform", "normal", "glorot_uniform", "GlorotUniform", "lecun_normal", "orthogonal", "truncated_normal", "random_uniform", "random_normal"):
    case("initializer-" + i, [L.Dense(4, kernel_initializer=i), L.Dense(2)])
for n, i in enumerate((I.Constant(0.3), I.Constant(-2), I.Identity(0.5), I.Identity(0.0), I.Orthogonal(gain=0.0), I.RandomNormal(0.5, 0.0), I.RandomUniform(0.25, 0.25), I.TruncatedNormal(-1.0, 0.0), I.RandomUniform(0, 0))):
    case(f"initializer-{n}-{type(i).__name__}", [L.Dense(4, kernel_initializer=i), L.Dense(2)])
for mode in ("fan_in", "fan_out", "fan_avg"):
    for distribution in ("uniform", "normal", "truncated_normal", "untruncated_normal"):
        case(f"variance-scaling-{mode}-{distribution}", [L.Dense(4, kernel_initializer=I.VarianceScaling(0.7, mode, distribution)), L.Dense(2)])
# Dropout, shapes, pooling, embedding.
for rate in (0, 0.0, 0.3, 0.99):
    case(f"dropout {rate}", [L.Dense(3), L.Dropout(rate), L.Dense(2)])
case("dropout-1", [L.Dense(3), L.Dropout(1), L.Dense(2)], read=False)
case("dropout-noise", [L.Dense(3), L.Dropout(0.5, noise_shape=(None, 1)), L.Dense(2)], read=False)
case("dropout-seed", [L.Dense(3), L.Dropout(0.5, seed=7), L.Dense(2)])
case("flatten", [L.Flatten(), L.Dense(2)], x="sequences")
case("flatten-first", [L.Flatten(data_format="channels_first"), L.Dense(2)], x="deep", read=False)
for shape in ((6,), (2, 3), (3, -1), (-1,), (1, 6, 1)):
    case(f"reshape {shape}", [L.Reshape(shape), L.Flatten(), L.Dense(2)], x="sequences")
case("pooling", [L.GlobalAveragePooling1D(), L.Dense(2)], x="sequences")
case("pooling-keepdims", [L.GlobalAveragePooling1D(keepdims=True), L.Flatten(), L.Dense(2)], x="sequences", read=False)
case("pooling-first", [L.GlobalAveragePooling1D(data_format="channels_first"), L.Dense(2)], x="sequences", read=False)
case("embedding", [L.Embedding(5, 2), L.Flatten(), L.Dense(2)], x="tokens")
case("embedding-penalty", [L.Embedding(5, 2, embeddings_regularizer="l2", embeddings_initializer=I.Constant(0.2)), L.Flatten(), L.Dense(2)], x="tokens")
case("embedding-float", [L.Embedding(5, 2), L.Flatten(), L.Dense(2)], x="tokens", dtype="float32")
case("embedding-int64", [L.Embedding(5, 2), L.Flatten(), L.Dense(2)], x="tokens", dtype="int64")
case("embedding-mask", [L.Embedding(5, 2, mask_zero=True), L.GRU(2), L.Dense(2)], x="tokens", read=False)
for dtype in ("int32", "int64", "uint8", "int8", "bool"):
    case("rows-" + dtype, [L.Dense(3), L.Dense(2)], dtype=dtype, read=False)
case("rows-float64", [L.Dense(3), L.Dense(2)], dtype="float64", read=False)
case("rows-float16", [L.Dense(3), L.Dense(2)], dtype="float16", read=False)
case("normalization-int", [L.LayerNormalization(), L.Dense(2)], dtype="int32", read=False)
# Normalization.
for options in ({}, {"momentum": 0.5}, {"momentum": 0.0}, {"epsilon": 0.1}, {"epsilon": 0.0}, {"center": False}, {"scale": False}, {"center": False, "scale": False}, {"axis": 1}, {"axis": -1}, {"trainable": False}, {"gamma_regularizer": "l2", "beta_regularizer": R.L2(0.1)}, {"gamma_initializer": "zeros", "beta_initializer": "ones", "moving_mean_initializer": I.Constant(0.3), "moving_variance_initializer": I.Constant(2.0)}):
    case("batchnorm " + str(sorted(options)) + str(options.get("axis", "")), [L.Dense(4), L.BatchNormalization(**options), L.Activation("tanh"), L.Dense(2)])
case("batchnorm-renorm", [L.Dense(4), L.BatchNormalization(renorm=True), L.Dense(2)], read=False)
case("batchnorm-sequences 2", [L.BatchNormalization(axis=2), L.Flatten(), L.Dense(2)], x="sequences")
case("batchnorm-sequences 1", [L.BatchNormalization(axis=1), L.Flatten(), L.Dense(2)], x="sequences", read=False)
for options in ({}, {"epsilon": 0.1}, {"epsilon": 0}, {"center": False}, {"scale": False}, {"axis": 1}, {"axis": [1]}, {"axis": [-1]}, {"trainable": False}, {"gamma_regularizer": "l2", "beta_initializer": "ones"}):
    case("layernorm " + str(sorted(options)) + str(options.get("axis", "")), [L.Dense(4), L.LayerNormalization(**options), L.Activation("tanh"), L.Dense(2)])
case("layernorm-sequences 2", [L.LayerNormalization(axis=2), L.Flatten(), L.Dense(2)], x="sequences")
case("layernorm-sequences 1", [L.LayerNormalization(axis=1), L.Flatten(), L.Dense(2)], x="sequences", read=False)
# Recurrent layers.
for name, cell in (("simple-rnn", L.SimpleRNN), ("gru", L.GRU), ("lstm", L.LSTM)):
    for options in ({}, {"activation": "relu"}, {"activation": None}, {"use_bias": False}, {"go_backwards": True}, {"unroll": True}, {"trainable": False}, {"kernel_regularizer": "l2", "recurrent_regularizer": R.L2(0.03), "bias_regularizer": "l2"}, {"bias_initializer": "ones", "recurrent_initializer": "identity"}, {"seed": 3}):
        case(f"{name} {sorted(options)}{options.get('activation', '')}", [cell(2, **options), L.Dense(2)], x="sequences")
    case(name + "-sequences", [cell(2, return_sequences=True, go_backwards=True), cell(2), L.Dense(2)], x="sequences")
    for options in ({"dropout": 0.2}, {"recurrent_dropout": 0.2}, {"kernel_constraint": "max_norm"}):
        case(f"{name} {sorted(options)}", [cell(2, **options), L.Dense(2)], x="sequences", read=False)
    case(name + "-stateful", lambda: keras.Sequential([keras.Input(batch_shape=(3, 3, 2)), cell(2, stateful=True), L.Dense(2)]), x="sequences", read=False)
case("gru-reset-before", [L.GRU(2, reset_after=False), L.Dense(2)], x="sequences")
case("gru-reset-before-no-bias", [L.GRU(2, reset_after=False, use_bias=False), L.Dense(2)], x="sequences")
case("gru-recurrent-activation", [L.GRU(2, recurrent_activation="hard_sigmoid"), L.Dense(2)], x="sequences")
case("lstm-forget", [L.LSTM(2, unit_forget_bias=False, recurrent_activation=None), L.Dense(2)], x="sequences")
# Losses.
POSITIVE = [L.Dense(3), L.Dense(2, activation="softplus")]
PROBABILITY = [L.Dense(3), L.Dense(2, activation="sigmoid")]
CLASSES = [L.Dense(3), L.Dense(3, activation="softmax")]


def fresh(layers):
    return lambda: keras.Sequential([keras.Input((4,))] + [type(l).from_config(l.get_config()) for l in layers])


for loss in ("mse", "MSE", "mean_squared_error", "MeanSquaredError", "mae", "MAE", "mean_absolute_error", "MeanAbsoluteError", "huber", "Huber", "log_cosh", "LogCosh"):
    case("loss-" + loss, fresh([L.Dense(3), L.Dense(2)]), loss=loss)
for loss in ("poisson", "Poisson"):
    case("loss-" + loss, fresh(POSITIVE), loss=loss)
for loss in ("bce", "BCE", "binary_crossentropy", "BinaryCrossentropy"):
    case("loss-" + loss, fresh(PROBABILITY), loss=loss)
for loss in ("categorical_crossentropy", "CategoricalCrossentropy", "sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"):
    case("loss-" + loss, fresh(CLASSES), loss=loss)
for loss in ("mape", "msle", "kld", "cosine_similarity", "hinge", "squared_hinge", "dice"):
    case("loss-" + loss, fresh(PROBABILITY), loss=loss)
for loss in (LS.MeanSquaredError, LS.MeanAbsoluteError, LS.Huber, LS.LogCosh):
    case("loss-object-" + loss.__name__, fresh([L.Dense(3), L.Dense(2)]), loss=loss())
    for reduction in ("sum", None, "none", "mean", "mean_with_sample_weight"):
        case(f"loss-{loss.__name__}-{reduction}", fresh([L.Dense(3), L.Dense(2)]), loss=loss(reduction=reduction))
case("loss-huber-delta", fresh([L.Dense(3), L.Dense(2)]), loss=LS.Huber(delta=0.2))
case("loss-huber-delta-written", fresh([L.Dense(3), L.Dense(2)]), loss=LS.Huber(), edit=put("compile_config", "loss", "config", "delta", value=0.2))
case("loss-poisson-object", fresh(POSITIVE), loss=LS.Poisson())
for options in ({}, {"from_logits": True}, {"label_smoothing": 0.2}, {"label_smoothing": 0.1, "from_logits": True}):
    case("loss-bce " + str(sorted(options)), fresh(PROBABILITY), loss=LS.BinaryCrossentropy(**options))
    case("loss-cce " + str(sorted(options)), fresh(CLASSES), loss=LS.CategoricalCrossentropy(**options))
for options in ({}, {"from_logits": True}):
    case("loss-sparse " + str(sorted(options)), fresh(CLASSES), loss=LS.SparseCategoricalCrossentropy(**options))
case("loss-sparse-ignore", fresh(CLASSES), loss=LS.SparseCategoricalCrossentropy(ignore_class=1))
case("loss-sparse-ignore logits", fresh(CLASSES), loss=LS.SparseCategoricalCrossentropy(ignore_class=0, from_logits=True))
case("loss-sparse-ignore none", fresh(CLASSES), loss=LS.SparseCategoricalCrossentropy(ignore_class=-1))
case("loss-sparse-ignore steps", [L.Dense(4, activation="softmax")], x="sequences", loss=LS.SparseCategoricalCrossentropy(ignore_class=2))
for n, (layers, kind, loss) in enumerate([
    (fresh(PROBABILITY), "rows", LS.BinaryCrossentropy(reduction="sum")), (fresh(CLASSES), "rows", LS.CategoricalCrossentropy(reduction="sum")),
    (fresh(CLASSES), "rows", LS.SparseCategoricalCrossentropy(reduction="sum")), (fresh(CLASSES), "rows", LS.SparseCategoricalCrossentropy(ignore_class=1, reduction="sum")),
    ([L.Dense(4)], "sequences", LS.MeanSquaredError(reduction="sum")), ([L.Dense(4, activation="softmax")], "sequences", LS.SparseCategoricalCrossentropy(reduction="sum")),
    ([L.Dense(4, activation="softmax")], "sequences", LS.SparseCategoricalCrossentropy(ignore_class=2, reduction="sum")),
    ([L.Dense(4, activation="softmax")], "sequences", LS.CategoricalCrossentropy(reduction="mean_with_sample_weight")),
    ([L.Dense(3)], "sequences", LS.CTC(reduction="sum")), (fresh(PROBABILITY), "rows", LS.Dice(reduction="sum")), (fresh(PROBABILITY), "rows", LS.Dice(axis=1, reduction="sum")),
    (fresh(PROBABILITY), "rows", LS.Dice(axis=0, reduction="sum")), (fresh(PROBABILITY), "rows", LS.Tversky(reduction="sum")), (fresh(CLASSES), "rows", LS.Circle(reduction="sum")),
    (fresh(CLASSES), "rows", LS.CategoricalHinge(reduction="sum")), (fresh(PROBABILITY), "rows", LS.BinaryFocalCrossentropy(reduction="sum")),
    ([L.Dense(4, kernel_regularizer="l2")], "sequences", LS.CosineSimilarity(reduction="sum"))]):
    case(f"loss-reduction {n} {loss.name}", layers, x=kind, loss=loss)
case("loss-reduction masked sum", [L.Embedding(6, 3, mask_zero=True), L.Dense(2)], x="tokens", loss=LS.MeanSquaredError(reduction="sum"))
case("loss-reduction masked classes", [L.Embedding(6, 3, mask_zero=True), L.Dense(4, activation="softmax")], x="tokens", loss=LS.SparseCategoricalCrossentropy(reduction="sum"))
case("loss-reduction masked mean", [L.Embedding(6, 3, mask_zero=True), L.Dense(2)], x="tokens", loss=LS.MeanSquaredError(reduction="mean_with_sample_weight"))
case("loss-bce-axis", fresh(PROBABILITY), loss=LS.BinaryCrossentropy(axis=1))
case("loss-cce-axis", fresh(CLASSES), loss=LS.CategoricalCrossentropy(axis=1))
case("loss-function", fresh([L.Dense(3), L.Dense(2)]), loss=keras.losses.mean_squared_error)
case("loss-list", fresh([L.Dense(3), L.Dense(2)]), loss=["mae"])
case("loss-weights", fresh([L.Dense(3), L.Dense(2)]), loss="mse", loss_weights=[1.0])
case("loss-weights-number", fresh([L.Dense(3), L.Dense(2)]), loss="mse", loss_weights=[0.5], read=False)
# Optimizers.
for o in ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "lion", "SGD", "Adam", "AdamW", "RMSprop"):
    case("optimizer-" + o, fresh([L.Dense(3), L.Dense(2)]), optimizer=o, steps=3)
OPTIMIZERS = [
    O.SGD(0.1, momentum=0.5), O.SGD(0.1, momentum=0.5, nesterov=True), O.SGD(0.1, nesterov=True), O.SGD(0.0),
    O.Adam(0.1, beta_1=0.5, beta_2=0.6, epsilon=0.01), O.Adam(0.1, amsgrad=True, beta_1=0.0), O.Adam(0.1, beta_2=0.0),
    O.AdamW(0.1), O.AdamW(0.1, weight_decay=0.3), O.AdamW(0.1, weight_decay=0.0), O.RMSprop(0.1, rho=0.5, momentum=0.3), O.RMSprop(0.1, centered=True, epsilon=0.01), O.RMSprop(0.1, rho=0.0),
    O.Adagrad(0.1, initial_accumulator_value=0.0, epsilon=0.1), O.Adagrad(0.1, initial_accumulator_value=0.5), O.Adadelta(1.0, rho=0.5, epsilon=0.01), O.Adamax(0.1, beta_1=0.5, beta_2=0.5, epsilon=0.1),
    O.Nadam(0.1, beta_1=0.5, beta_2=0.5, epsilon=0.1), O.Lion(0.01, beta_1=0.5, beta_2=0.5),
    O.SGD(0.1, weight_decay=0.2), O.SGD(0.1, clipnorm=0.1), O.SGD(0.1, clipvalue=0.01), O.SGD(0.1, global_clipnorm=0.1), O.Adam(0.1, weight_decay=0.1, clipnorm=0.05),
    O.SGD(0.1, ema_momentum=0.5), O.Nadam(0.1, weight_decay=0.1), O.Lion(0.01, weight_decay=0.5), O.Adagrad(0.1, clipvalue=0.02),
]
for n, o in enumerate(OPTIMIZERS):
    case(f"optimizer-{n}-{unnumbered(o.name)}", fresh([L.Dense(3), L.Dense(2)]), optimizer=o, steps=3)
for n, o in enumerate([O.SGD(0.1, use_ema=True), O.SGD(0.1, gradient_accumulation_steps=2), O.Ftrl(0.1), O.Adafactor(0.1), O.Muon(0.1), O.LossScaleOptimizer(O.SGD(0.1))]):
    case(f"optimizer-more-{n}-{unnumbered(o.name)}", fresh([L.Dense(3), L.Dense(2)]), optimizer=o)
case("optimizer-loss-scale", fresh([L.Dense(3), L.Dense(2)]), optimizer=O.SGD(0.1, loss_scale_factor=2.0))
# Schedules: as many steps as they need.
SCHEDULES = [
    S.ExponentialDecay(0.1, 2, 0.5), S.ExponentialDecay(0.1, 2.5, 0.5), S.ExponentialDecay(0.1, 1.5, 0.5, staircase=True), S.ExponentialDecay(0.1, 2, 1.5), S.ExponentialDecay(0.1, 2, 0.0),
    S.InverseTimeDecay(0.1, 2, 0.5), S.InverseTimeDecay(0.1, 1.5, 0.5), S.InverseTimeDecay(0.1, 2.5, 0.5, staircase=True),
    S.PolynomialDecay(0.1, 3), S.PolynomialDecay(0.1, 2.5, 0.01, power=2), S.PolynomialDecay(0.1, 2, 0.01, cycle=True), S.PolynomialDecay(0.1, 1.5, 0.01, cycle=True), S.PolynomialDecay(0.1, 3, 0.0, power=0.5), S.PolynomialDecay(0.1, 3, power=0.0), S.PolynomialDecay(0.01, 3, 0.1),
    S.PiecewiseConstantDecay([1, 3], [0.1, 0.05, 0.01]), S.PiecewiseConstantDecay([1.5, 2.5], [0.1, 0.05, 0.01]), S.PiecewiseConstantDecay([2], [0.0, 0.1]),
    S.CosineDecay(0.1, 4), S.CosineDecay(0.1, 2.5), S.CosineDecay(0.1, 4, alpha=0.3), S.CosineDecay(0.1, 4, alpha=1.0), S.CosineDecay(0.1, 4, alpha=1.5), S.CosineDecay(0.01, 3, warmup_target=0.1, warmup_steps=2), S.CosineDecay(0.01, 3, warmup_target=0.1, warmup_steps=1.5), S.CosineDecay(0.01, 3, warmup_target=0.1), S.CosineDecay(0.1, 3, warmup_steps=2), S.CosineDecay(0.1, 3, warmup_target=0.0, warmup_steps=2),
    S.CosineDecayRestarts(0.1, 2), S.CosineDecayRestarts(0.1, 1.5), S.CosineDecayRestarts(0.1, 2, t_mul=1.0), S.CosineDecayRestarts(0.1, 3, t_mul=0.8), S.CosineDecayRestarts(0.1, 2, t_mul=1.5, m_mul=0.5, alpha=0.1), S.CosineDecayRestarts(0.1, 2, alpha=1.2), S.CosineDecayRestarts(0.1, 2, m_mul=2.0), S.CosineDecayRestarts(0.1, 2, m_mul=0.0),
]
for n, s in enumerate(SCHEDULES):
    case(f"schedule-{n}-{type(s).__name__}", fresh([L.Dense(3), L.Dense(2)]), optimizer=O.SGD(s), steps=6)


# What a bare config.json may leave out or set to null.
case("adamw-without-decay", fresh([L.Dense(3), L.Dense(2)]), optimizer=O.AdamW(0.1), steps=3, edit=optimizer_key("weight_decay", KeyError))
case("adamw-null-decay", fresh([L.Dense(3), L.Dense(2)]), optimizer=O.AdamW(0.1), read=False, edit=optimizer_key("weight_decay", None))
for key, i in (("use_bias", 1), ("kernel_initializer", 1), ("bias_initializer", 1)):
    case(f"null-dense-{key}", fresh([L.Dense(3), L.Dense(2)]), read=False, edit=layer_key(key, None, i))
for key in ("center", "scale", "gamma_initializer", "beta_initializer", "moving_mean_initializer", "moving_variance_initializer", "momentum", "epsilon"):
    case(f"null-batchnorm-{key}", [L.BatchNormalization(), L.Dense(2)], read=False, edit=layer_key(key, None))
for key in ("reset_after", "use_bias", "return_sequences", "recurrent_initializer"):
    case(f"null-gru-{key}", [L.GRU(2), L.Dense(2)], x="sequences", read=False, edit=layer_key(key, None))
case("null-lstm-forget", [L.LSTM(2), L.Dense(2)], x="sequences", read=False, edit=layer_key("unit_forget_bias", None))
# Models.
case("sequential-frozen", fresh([L.Dense(3), L.Dense(2)]), edit=put("config", "trainable", value=False))


def chain(*layers, shape=(4,)):
    def model():
        x = first = keras.Input(shape)
        for l, kwargs in layers:
            x = l(x, **kwargs)
        return keras.Model(first, x)

    return model


case("functional", chain((L.Dense(3), {}), (L.Dense(2), {})))
case("functional-frozen", chain((L.Dense(3), {}), (L.Dense(2), {})), edit=put("config", "trainable", value=False))
case("functional-dropout", chain((L.Dense(3), {}), (L.Dropout(0.3), {}), (L.Dense(2), {})))
case("functional-dropout-0", chain((L.Dense(3), {}), (L.Dropout(0.0), {}), (L.Dense(2), {})))
for cell in (L.SimpleRNN, L.GRU, L.LSTM):
    case("functional-" + cell.__name__, chain((cell(2), {}), (L.Dense(2), {}), shape=(3, 2)), x="sequences")
for training in (True, False):
    case(f"functional-batchnorm-{training}", chain((L.Dense(3), {}), (L.BatchNormalization(), {"training": training}), (L.Activation("tanh"), {}), (L.Dense(2), {})))
    case(f"functional-lstm-{training}", chain((L.LSTM(2), {"training": training}), (L.Dense(2), {}), shape=(3, 2)), x="sequences")
case("functional-softmax", chain((L.Dense(3), {}), (L.Softmax(axis=1), {})), loss="categorical_crossentropy")


def twice():
    x = keras.Input((4,))
    d = L.Dense(4)
    return keras.Model(x, L.Dense(2)(d(d(x))))


def two_heads():
    x = keras.Input((4,))
    return keras.Model(x, L.Dense(2)(L.Add()([L.Dense(3)(x), L.Dense(3)(x)])))


case("functional-shared", twice, read=False)
case("functional-branches", two_heads, read=False)
case("uncompiled", fresh([L.Dense(3), L.Dense(2)]), compile=False)
case("uncompiled-empty", fresh([L.Dense(3), L.Dense(2)]), edit=put("compile_config", value={}))
case("uncompiled-null", fresh([L.Dense(3), L.Dense(2)]), edit=put("compile_config", value=None))



def build_later(layers):
    m = keras.Sequential(layers)
    m.build((None, 4))
    return m


case("without-input", lambda: build_later([L.Dense(3), L.Softmax(axis=1), L.Dense(2)]))
case("metrics", fresh([L.Dense(3), L.Dense(2)]), metrics=["mae", keras.metrics.MeanSquaredError()])
case("weighted-metrics", fresh([L.Dense(3), L.Dense(2)]), weighted_metrics=["mae"])
KM = keras.metrics
case("metrics-summed", fresh([L.Dense(3), L.Dense(2, activation="sigmoid")]), metrics=["AUC", KM.AUC(curve="PR", name="prc"), KM.Precision(class_id=0), KM.F1Score(average="micro"), KM.R2Score(), KM.MeanIoU(2)])
case("metrics-named", fresh([L.Dense(3), L.Dense(2, activation="sigmoid")]), metrics={"a": [KM.Recall(thresholds=[0.2, 0.7])], "b": "mae"}, weighted_metrics=[["mse"]])
case("one-loss-weight", fresh([L.Dense(3), L.Dense(2)]), loss_weights=[2.0])
case("one-loss-weight-number", fresh([L.Dense(3), L.Dense(2)]), loss_weights=0.25)
case("one-loss-weight-named", fresh([L.Dense(3), L.Dense(2)]), loss_weights={"any": 3.0})
case("steps-per-execution", fresh([L.Dense(3), L.Dense(2)]), steps_per_execution=3)
case("conv", [L.Conv1D(2, 2), L.Flatten(), L.Dense(2)], x="sequences", read=False)
case("nested", [keras.Sequential([keras.Input((4,)), L.Dense(3)]), L.Dense(2)], read=False)

# Losses, optimizers and regularizers that came later.
for loss in ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "KLDivergence", "CosineSimilarity", "Hinge", "SquaredHinge", "Dice", "Tversky", "BinaryFocalCrossentropy", "KLD", "MAPE", "tversky", "binary_focal_crossentropy", "kl_divergence", "mean_absolute_percentage_error"):
    case("loss-more-" + loss, fresh(PROBABILITY), loss=loss)
for loss in ("CategoricalHinge", "CategoricalFocalCrossentropy", "categorical_hinge", "categorical_focal_crossentropy", "circle"):
    case("loss-more-" + loss, fresh(CLASSES), loss=loss)
for n, loss in enumerate([
    LS.BinaryFocalCrossentropy(), LS.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.6, gamma=1.5), LS.BinaryFocalCrossentropy(from_logits=True, label_smoothing=0.2, gamma=0.0),
    LS.Dice(), LS.Dice(axis=1), LS.Dice(axis=[0, 1]), LS.Dice(axis=(-1,)), LS.Tversky(alpha=0.2, beta=0.9), LS.Tversky(axis=[1]), LS.Tversky(alpha=0.0), LS.CosineSimilarity(), LS.Hinge(), LS.KLDivergence(),
    LS.MeanSquaredLogarithmicError(), LS.MeanAbsolutePercentageError(),
]):
    case(f"loss-more-object-{n}-{loss.name}", fresh(PROBABILITY), loss=loss)
for n, loss in enumerate([
    LS.CategoricalFocalCrossentropy(), LS.CategoricalFocalCrossentropy(alpha=0.5, gamma=0.5, label_smoothing=0.1), LS.CategoricalFocalCrossentropy(from_logits=True), LS.CategoricalHinge(), LS.Circle(), LS.Circle(gamma=2.0, margin=0.3, remove_diagonal=False),
    LS.CategoricalGeneralizedCrossEntropy(), LS.CategoricalGeneralizedCrossEntropy(q=0.8),
]):
    case(f"loss-more-classes-{n}-{loss.name}", fresh(CLASSES), loss=loss)
case("loss-more-ctc", [L.Dense(3)], x="sequences", loss="ctc")
case("loss-more-ctc-object", [L.Dense(4)], x="sequences", loss=LS.CTC())
for n, o in enumerate([
    O.Ftrl(0.1, learning_rate_power=-0.7, initial_accumulator_value=0.5, l1_regularization_strength=0.01, l2_regularization_strength=0.2, l2_shrinkage_regularization_strength=0.1, beta=0.4),
    O.Adafactor(0.1, beta_2_decay=-0.5, epsilon_1=1e-3, epsilon_2=0.1, clip_threshold=0.7, relative_step=False), O.Lamb(0.1), O.Lamb(0.1, beta_1=0.5, beta_2=0.6, epsilon=0.01, weight_decay=0.1),
    O.Muon(0.1, weight_decay=0.1, adam_weight_decay=0.3, momentum=0.5, ns_steps=2, nesterov=False, rms_rate=0.5, adam_lr_ratio=0.3, epsilon=0.01), O.Muon(0.01, muon_a=3.0, muon_b=-4.0, muon_c=1.5, clipnorm=0.1),
    O.ScheduleFreeAdamW(0.1), O.ScheduleFreeAdamW(0.1, beta_1=0.5, beta_2=0.6, epsilon=0.01, warmup_steps=3, weight_decay=0.1),
    O.SGD(0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2), O.Adam(0.1, use_ema=True, ema_momentum=0.9), O.Adam(0.1, gradient_accumulation_steps=3), O.RMSprop(0.1, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=1),
    O.SGD(S.ExponentialDecay(0.1, 2, 0.5), gradient_accumulation_steps=2), O.SGD(0.1, gradient_accumulation_steps=2, clipnorm=0.1, weight_decay=0.1), O.SGD(0.1, loss_scale_factor=1000.0), O.Ftrl(S.PolynomialDecay(0.1, 5)),
    O.LossScaleOptimizer(O.Adam(0.1), initial_scale=4.0, dynamic_growth_steps=2), O.LossScaleOptimizer(O.SGD(0.1), initial_scale=0.5, dynamic_growth_steps=1), O.Adafactor(S.ExponentialDecay(0.1, 2, 0.5)),
    O.Muon(0.1, exclude_layers=["dense"]), O.Muon(0.1, exclude_embeddings=False),
]):
    case(f"optimizer-later-{n}-{unnumbered(o.name)}", fresh([L.Dense(3), L.Dense(2)]), optimizer=o, steps=5, read="exclude_layers" not in str(o.get_config()) or not o.get_config()["exclude_layers"])
case("optimizer-later-muon-embedding", [L.Embedding(5, 3), L.Flatten(), L.Dense(2)], x="tokens", optimizer=O.Muon(0.1), steps=3)
case("optimizer-later-muon-embedding-included", [L.Embedding(5, 3), L.Flatten(), L.Dense(2)], x="tokens", optimizer=O.Muon(0.1, exclude_embeddings=False), steps=3)
for o in ("adafactor", "ftrl", "muon", "schedulefreeadamw", "lamb"):
    case("optimizer-later-" + o, fresh([L.Dense(3), L.Dense(2)]), optimizer=O.get(o) if o != "lamb" else O.Lamb(), steps=3)
for r in (R.OrthogonalRegularizer(0.3), R.OrthogonalRegularizer(0.3, mode="columns"), "orthogonal_regularizer"):
    case(f"penalty-more-{r}-{getattr(r, 'mode', '')}".split(" object")[0], [L.Dense(3, kernel_regularizer=r), L.Dense(2)])
# Constraints, which act behind each update. Rates are high, so that they have something to do.
for n, c in enumerate([
    C.MaxNorm(0.5), C.MaxNorm(), C.MaxNorm(0.4, axis=1), C.MaxNorm(0.3, axis=[0, 1]), C.NonNeg(), C.UnitNorm(), C.UnitNorm(axis=-1), C.MinMaxNorm(0.6, 0.7), C.MinMaxNorm(0.2, 0.5, rate=0.3), C.MinMaxNorm(), "max_norm", "non_neg", "unit_norm", "min_max_norm",
]):
    case(f"constraint-{n}", [L.Dense(3, kernel_constraint=c, bias_constraint="non_neg"), L.Dense(2)], optimizer=O.Adam(0.3), steps=4)
for options in ({"max_value": 0.0}, {"max_value": 1e9}, {"axis": [1]}, {"axis": [-1, 0]}):
    case("constraint-max-norm " + str(options), [L.Dense(3, kernel_constraint=C.MaxNorm(**options)), L.Dense(2)], optimizer=O.SGD(0.3), steps=3, read=options != {"max_value": 0.0})
for options in ({"rate": 0.0}, {"min_value": 0.5, "max_value": 0.1}):
    case("constraint-min-max-norm " + str(options), [L.Dense(3, kernel_constraint=C.MinMaxNorm(**options)), L.Dense(2)], optimizer=O.SGD(0.3), steps=3, read=options != {"rate": 0.0})
case("constraint-frozen", [L.Dense(3, kernel_constraint="unit_norm", trainable=False), L.Dense(2)], optimizer=O.SGD(0.3), steps=3)
case("constraint-ema", [L.Dense(3, kernel_constraint="unit_norm"), L.Dense(2)], optimizer=O.SGD(0.3, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2), steps=4)
case("constraint-accumulated", [L.Dense(3, kernel_constraint=C.MaxNorm(0.4)), L.Dense(2)], optimizer=O.SGD(0.3, gradient_accumulation_steps=2, weight_decay=0.1), steps=4)
case("constraint-embedding", [L.Embedding(5, 2, embeddings_constraint=C.MaxNorm(0.3, axis=1)), L.Flatten(), L.Dense(2)], x="tokens", optimizer=O.Adam(0.3), steps=3)
for layer in (L.SimpleRNN, L.GRU, L.LSTM):
    case(f"constraint-{layer.__name__}", [layer(3, kernel_constraint=C.MaxNorm(0.5), recurrent_constraint="unit_norm", bias_constraint="non_neg"), L.Dense(2)], x="sequences", optimizer=O.Adam(0.3), steps=3)
case("constraint-norms", [L.Dense(3), L.BatchNormalization(gamma_constraint=C.MinMaxNorm(0.2, 0.5), beta_constraint="non_neg"), L.LayerNormalization(gamma_constraint="non_neg", beta_constraint=C.MaxNorm(0.1)), L.Dense(2)], optimizer=O.SGD(0.3), steps=3)  # Adam would make a step of the rounding in a bias without a gradient
case("constraint-prelu", [L.Dense(3), L.PReLU(alpha_constraint="non_neg"), L.Dense(2)], optimizer=O.Adam(0.3), steps=3)
case("constraint-conv", [L.Conv1D(3, 2, kernel_constraint=C.MaxNorm(0.4, axis=[0, 1]), bias_constraint="non_neg"), L.SeparableConv1D(2, 1, depthwise_constraint="unit_norm", pointwise_constraint="non_neg"), L.Flatten(), L.Dense(2)], x="sequences", optimizer=O.Adam(0.3), steps=3)
case("constraint-einsum", [L.EinsumDense("ab,bc->ac", 3, bias_axes="c", kernel_constraint="max_norm", bias_constraint="non_neg"), L.Dense(2)], optimizer=O.Adam(0.9), steps=3)
