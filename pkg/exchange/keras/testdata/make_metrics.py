"""Writes metrics.json.gz: Keras' metrics, as a file has them, and their values. Needs keras and jax.

    KERAS_BACKEND=jax python make_metrics.py metrics.json.gz
"""

import gzip
import json
import math
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
import keras  # noqa: E402
import numpy as np  # noqa: E402

M = keras.metrics
warnings.filterwarnings("ignore")
rng = np.random.default_rng(11)
cases = []


def numbers(x):
    """Numbers JSON has no form for become strings."""
    return [float(f"{float(v):.8g}") if math.isfinite(v) else str(float(v)) for v in np.asarray(x, np.float64).ravel()]


def array(x):
    return dict(shape=list(x.shape), values=numbers(x))


def case(metric, y, p, weights=None, values=False):
    """The metric of all rows at once, with and without weights of rows; values: of the predictions alone."""
    y, p = np.asarray(y, np.float32), np.asarray(p, np.float32)
    for w in [None] + ([np.asarray(weights, np.float32)] if weights is not None else []):
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(metric)))
        try:
            m = keras.saving.deserialize_keras_object(config)
        except TypeError:  # Keras doesn't read its own array of label_weights
            m = metric
            m.reset_state()
        if values:
            m.update_state(p, sample_weight=w)
        else:
            m.update_state(y, p, sample_weight=w)
        cases.append(dict(config=config, labels=array(y), predictions=array(p), weights=None if w is None else numbers(w), values=numbers(m.result())))


bits1, prob1 = (rng.random((9, 1)) < 0.4) * 1.0, np.round(rng.random((9, 1)), 2)
bits3, prob3 = (rng.random((9, 3)) < 0.4) * 1.0, np.round(rng.random((9, 3)), 2)
prob3[0] = [0.0, 1.0, 0.5]
bits32, prob32 = (rng.random((5, 4, 2)) < 0.4) * 1.0, rng.random((5, 4, 2))
weights = [1.0, 0.5, 2.0, 0.0, 3.0, 1.0, 0.25, 1.5, 1.0]
whole = [1.0, 2.0, 0.0, 3.0, 1.0, 1.0, 2.0, 1.0, 4.0]
one_hot = np.eye(3)[[0, 2, 1, 1, 0, 2, 2, 1, 0]]
classes = np.array([0, 2, 1, 1, 0, 2, 2, 1, 0])
score = rng.normal(size=(9, 3))
ties = np.round(score)

for thresholds in [None, 0.3, [0.7, 0.2], [0.0, 0.5, 1.0], [0.5, 0.5], [0.0], [1.0, 0.9, 0.0]]:
    for metric in [M.Precision, M.Recall, M.TruePositives, M.FalsePositives, M.TrueNegatives, M.FalseNegatives]:
        case(metric(thresholds=thresholds), bits3, prob3, weights)
for metric in [M.Precision, M.Recall]:
    case(metric(), bits1, prob1, weights)
    case(metric(), bits1[:, 0], prob1, weights)
    case(metric(), bits32, prob32)
    case(metric(), np.zeros((4, 1)), np.zeros((4, 1)))
    case(metric(), np.ones((4, 1)), np.ones((4, 1)))
    for options in [dict(class_id=0), dict(class_id=2), dict(top_k=1), dict(top_k=2), dict(top_k=2, class_id=1), dict(top_k=3), dict(top_k=2, thresholds=0.4), dict(class_id=1, thresholds=[0.2, 0.6])]:
        case(metric(**options), bits3, prob3, weights)
        case(metric(**options), bits3, ties, weights)
for metric in [M.SensitivityAtSpecificity, M.SpecificityAtSensitivity, M.PrecisionAtRecall, M.RecallAtPrecision]:
    for at in [0.0, 0.5, 0.8, 1.0]:
        case(metric(at), bits3, prob3, weights)
        case(metric(at, num_thresholds=1), bits3, prob3, weights)
        case(metric(at, num_thresholds=2), bits3, prob3)
        case(metric(at, num_thresholds=7, class_id=1), bits3, prob3, weights)
    case(metric(0.5), np.zeros((4, 1)), prob1[:4])
    case(metric(0.5), np.ones((4, 1)), prob1[:4])
    case(metric(0.5), bits3, 3 * score, weights)

for curve in ["ROC", "PR", "PRGAIN"]:
    for method in ["interpolation", "majoring", "minoring"]:
        kind = dict(curve=curve, summation_method=method)
        case(M.AUC(**kind), bits3, prob3, weights)
        case(M.AUC(**kind), bits1, prob1, weights)
        case(M.AUC(num_thresholds=3, **kind), bits3, prob3, weights)
        case(M.AUC(multi_label=True, **kind), bits3, prob3, weights)
    case(M.AUC(curve=curve), bits1[:, 0], prob1)
    case(M.AUC(curve=curve), np.zeros((4, 1)), prob1[:4])
    case(M.AUC(curve=curve), np.ones((4, 1)), prob1[:4])
    case(M.AUC(curve=curve), bits1, (bits1 + 1) / 3)
    case(M.AUC(curve=curve), bits1, (2 - bits1) / 3)
    case(M.AUC(curve=curve), bits1, 0 * bits1)
    case(M.AUC(curve=curve, from_logits=True), bits3, 3 * score, weights)
    case(M.AUC(curve=curve, thresholds=[0.9, 0.2, 0.35]), bits3, prob3, weights)
    case(M.AUC(curve=curve, thresholds=[0.5]), bits3, prob3, weights)
    case(M.AUC(curve=curve, label_weights=[0.2, 1.0, 3.0]), bits3, prob3, weights)
    case(M.AUC(curve=curve, label_weights=[0.2, 1.0, 3.0], thresholds=[0.9, 0.2]), bits3, prob3, weights)
    case(M.AUC(curve=curve, multi_label=True, num_labels=3, label_weights=[0.2, 1.0, 3.0]), bits3, prob3, weights)
    case(M.AUC(curve=curve, multi_label=True, thresholds=[0.9, 0.2]), bits3, prob3)
    case(M.AUC(curve=curve), bits32, prob32)
case(M.AUC(num_thresholds=2), bits3, prob3, weights)

for average in [None, "micro", "macro", "weighted"]:
    for p in [prob3, ties, 0 * prob3]:
        case(M.F1Score(average=average), one_hot, p, weights)
        case(M.F1Score(average=average, threshold=0.4), bits3, p, weights)
        case(M.FBetaScore(average=average, beta=0.5), one_hot, p, weights)
        case(M.FBetaScore(average=average, beta=2.0, threshold=0.6), bits3, p, weights)

seq, guess = rng.integers(0, 4, size=(9, 5)), rng.integers(-1, 5, size=(9, 5))
dense, dense_guess = np.eye(3)[rng.integers(0, 3, size=(4, 6))], rng.random((4, 6, 3))
for ignore in [None, 0, 2, -1, 255]:
    case(M.IoU(4, [0, 3], ignore_class=ignore), seq, guess)
    case(M.IoU(4, [1], ignore_class=ignore), seq, guess)
    case(M.MeanIoU(4, ignore_class=ignore), seq, guess)
    case(M.MeanIoU(3, ignore_class=ignore), classes, classes[::-1], whole)
    case(M.OneHotIoU(3, [0, 2], ignore_class=ignore), dense, dense_guess)
    case(M.OneHotMeanIoU(3, ignore_class=ignore), dense, dense_guess)
    case(M.OneHotMeanIoU(3, ignore_class=ignore), one_hot, score, whole)
case(M.MeanIoU(6), seq, seq)
case(M.MeanIoU(3), seq, guess + 0.7)
case(M.MeanIoU(3, sparse_y_pred=False), classes, score, whole)
case(M.IoU(3, [1, 2], sparse_y_true=False), one_hot, classes[::-1].copy(), whole)
case(M.OneHotIoU(3, [1], sparse_y_pred=True), one_hot, classes[::-1].copy(), whole)
case(M.OneHotMeanIoU(3, sparse_y_pred=True), one_hot, classes[::-1].copy())
case(M.MeanIoU(25), seq, guess)
for options in [{}, dict(target_class_ids=[1]), dict(target_class_ids=[0], threshold=0.3), dict(threshold=0.0)]:
    case(M.BinaryIoU(**options), bits3, prob3)
    case(M.BinaryIoU(**options), bits1, prob1, whole)

y, p = rng.normal(size=(9, 3)), rng.normal(size=(9, 3))
y32, p32 = rng.normal(size=(5, 4, 2)), rng.normal(size=(5, 4, 2))
for aggregation in ["uniform_average", "variance_weighted_average", None]:
    for regressors in [0, 2, 40]:
        m = M.R2Score(class_aggregation=aggregation, num_regressors=regressors)
        case(m, y, y + p / 3, weights)
        case(m, y[:, :1], p[:, :1], weights)
        case(m, np.ones((9, 2)), p[:, :2])
case(M.R2Score(), y[:, 0], p[:, :1])
for m in [M.PearsonCorrelation(), M.ConcordanceCorrelation(), M.CosineSimilarity()]:
    case(m, y, p, weights)
    case(m, y, y + p / 3, weights)
    case(m, y32, p32)
    case(m, y[:, :1], p[:, :1])
for k in [1, 2, 3, 5]:
    for scores in [score, ties]:
        case(M.TopKCategoricalAccuracy(k=k), one_hot, scores, weights)
        case(M.SparseTopKCategoricalAccuracy(k=k), classes, scores, weights)
        case(M.SparseTopKCategoricalAccuracy(k=k), classes[:, None], scores)
case(M.TopKCategoricalAccuracy(k=2), dense, dense_guess)
case(M.SparseTopKCategoricalAccuracy(k=2), np.argmax(dense, -1), dense_guess)
case(M.Accuracy(), classes, classes[::-1].copy(), weights)
case(M.Accuracy(), seq, guess)
for m in [M.Mean(), M.Sum()]:
    case(m, y, p, weights, values=True)
    case(m, y, p[:, :1], weights, values=True)
for m in [M.MeanSquaredError(), M.MeanAbsoluteError(), M.RootMeanSquaredError(), M.LogCoshError(), M.MeanAbsolutePercentageError()]:
    case(m, y, p, weights)
case(M.BinaryAccuracy(threshold=0.3), bits3, prob3, weights)
case(M.CategoricalAccuracy(), one_hot, score, weights)
case(M.SparseCategoricalAccuracy(), classes, score, weights)
case(M.BinaryCrossentropy(), bits3, np.clip(prob3, 0.1, 0.9), weights)
case(M.MeanMetricWrapper(keras.losses.huber, name="huber", delta=0.5), y, p, weights)

with open(sys.argv[1], "wb") as f:
    f.write(gzip.compress(json.dumps(cases).encode(), mtime=0))
