package keras

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func metricObject(class, settings string) string {
	return `{"module": "keras.metrics", "class_name": "` + class + `", "config": {` + settings + `}, "registered_name": null}`
}

const (
	ownFunction = `{"module": "builtins", "class_name": "function", "config": "my_metric", "registered_name": "function"}`
	ownClass    = `{"module": "me", "class_name": "MyMetric", "config": {"name": "mine"}, "registered_name": "me>MyMetric"}`
	lambda      = `{"class_name": "__lambda__", "config": {"value": "4wEAAA"}}`
)

// oneOutput and twoOutputs are compiled with these metrics.
func oneOutput(metrics string) string {
	return sequential(layer("Dense", `"name": "out", "units": 3`), `{"optimizer": "sgd", "loss": "mse", `+metrics+`}`)
}

func twoOutputs(metrics string) string {
	tensor := `{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["in", 0, 0]}}`
	dense := func(name string) string {
		return `{"module": "keras.layers", "class_name": "Dense", "name": "` + name + `", "config": {"name": "` + name + `", "units": 1}, "inbound_nodes": [{"args": [` + tensor + `], "kwargs": {}}]}`
	}
	return `{"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "layers": [
		{"class_name": "InputLayer", "name": "in", "config": {"batch_shape": [null, 4], "name": "in"}, "inbound_nodes": []},` + dense("left") + "," + dense("right") +
		`], "input_layers": [["in", 0, 0]], "output_layers": [["left", 0, 0], ["right", 0, 0]]}, "compile_config": {"optimizer": "sgd", "loss": "mse", ` + metrics + `}}`
}

// Metrics are read under the names that Keras gives them, however they are nested.
func TestReadMetrics(t *testing.T) {
	auc := metricObject("AUC", `"name": "auc", "num_thresholds": 200, "curve": "ROC"`)
	prc := metricObject("AUC", `"name": "prc", "curve": "PR"`)
	for _, c := range []struct {
		config string
		want   []loss.Metric
		names  []string
	}{
		{oneOutput(`"metrics": null`), nil, nil},
		{oneOutput(`"metrics": ["AUC"]`), []loss.Metric{loss.Reported{Metric: loss.AUC{}, Name: "AUC"}}, []string{"AUC"}},
		{oneOutput(`"metrics": ["acc", "mae", "mean_io_u"]`), []loss.Metric{loss.Reported{Metric: loss.Accuracy{}, Name: "acc"}, loss.MAE{}}, []string{"acc", "mae"}},
		{oneOutput(`"metrics": ["Precision", "recall"]`), []loss.Metric{loss.Reported{Metric: loss.Precision{}, Name: "Precision"}, loss.Recall{}}, []string{"Precision", "recall"}},
		{oneOutput(`"metrics": [` + auc + "," + prc + `]`), []loss.Metric{loss.AUC{}, loss.Reported{Metric: loss.AUC{Curve: "PR"}, Name: "prc"}}, []string{"auc", "prc"}},
		{oneOutput(`"metrics": [["mae"], [[` + auc + `]]]`), []loss.Metric{loss.MAE{}, loss.AUC{}}, []string{"mae", "auc"}},
		{oneOutput(`"metrics": {"out": ["mae", ` + auc + `]}`), []loss.Metric{loss.MAE{}, loss.AUC{}}, []string{"mae", "auc"}},
		{oneOutput(`"metrics": {"any": "mae"}`), []loss.Metric{loss.MAE{}}, []string{"mae"}},
		{oneOutput(`"metrics": ["mae", "mae", "mae"], "weighted_metrics": ["mae", "mse", "mae"]`), nil, []string{"mae", "mae_1", "mae_2", "weighted_mae", "mse", "weighted_mae_1"}},
		{oneOutput(`"weighted_metrics": [` + prc + `]`), []loss.Metric{loss.Reported{Metric: loss.AUC{Curve: "PR"}, Name: "prc", Weighted: true}}, []string{"prc"}},
		{oneOutput(`"metrics": [` + metricObject("MeanMetricWrapper", `"name": "huber", "fn": {"module": "builtins", "class_name": "function", "config": "huber", "registered_name": "function"}, "delta": 0.5`) + `]`),
			[]loss.Metric{loss.Huber{Delta: 0.5}}, []string{"huber"}},
		{oneOutput(`"metrics": [{"module": "builtins", "class_name": "function", "config": "log_cosh", "registered_name": "function"}]`), []loss.Metric{loss.LogCosh{}}, []string{"log_cosh"}},
		{twoOutputs(`"metrics": ["mae", "mse"]`), []loss.Metric{loss.Reported{Metric: loss.MAE{}, Output: "left"}, loss.Reported{Metric: loss.MSE{}, Output: "right"}}, []string{"left_mae", "right_mse"}},
		{twoOutputs(`"metrics": [["mae", ` + auc + `], null], "weighted_metrics": {"right": "mae", "left": ["mae"]}`), nil, []string{"left_mae", "left_auc", "left_weighted_mae", "right_mae"}},
		{twoOutputs(`"metrics": {"right": [` + prc + `]}`), []loss.Metric{loss.Reported{Metric: loss.AUC{Curve: "PR"}, Output: "right", Name: "prc"}}, []string{"right_prc"}},
	} {
		d := read(t, c.config)
		if c.want != nil {
			require.Equal(t, c.want, d.Metrics, c.config)
		}
		var names []string
		for _, m := range d.Metrics {
			names = append(names, m.String())
		}
		require.Equal(t, c.names, names, c.config)
		require.NoError(t, loss.ValidateMetrics(d.Metrics))
	}
}

// What can't be read of the metrics, of whatever kind, leaves the training whole: it is left out, and named.
func TestMetricsThatCannotBeReadAreLeftOut(t *testing.T) {
	for metrics, left := range map[string]string{
		`["my_metric"]`:                             "without my_metric",
		`[` + ownFunction + `, "mae"]`:              "without my_metric",
		`[` + ownClass + `, "mae"]`:                 "without mine",
		`[` + lambda + `]`:                          "without __lambda__",
		`["mae", "my_metric", ` + ownFunction + `]`: "without my_metric, my_metric",
		`{"out": "my_metric"}`:                      "without my_metric",
		`[3]`:                                       "without 3",
		`"my_metric"`:                               "without my_metric",
		`["mean_io_u"]`:                             "without mean_io_u",
		`[` + metricObject("AUC", `"name": "a", "curve": "XY"`) + `]`:                             "without a",
		`[` + metricObject("AUC", `"name": "a", "something": 1`) + `]`:                            "without a",
		`[` + metricObject("IoU", `"name": "i", "num_classes": 2, "target_class_ids": [2]`) + `]`: "without i",
		`[` + metricObject("Mean", `"name": "mean"`) + `]`:                                        "without mean",
		`[{"class_name": ""}]`:                       "without ",
		`[{"class_name": 3, "config": {"name": 4}}]`: "without 4",
	} {
		d := read(t, oneOutput(`"metrics": `+metrics))
		require.Len(t, d.Assumed, 1, metrics)
		assert.Equal(t, training.MetricsSetting, d.Assumed[0].Setting)
		assert.Equal(t, left, d.Assumed[0].Value, metrics)
		assert.NotEmpty(t, d.Assumed[0].Why)
		assert.Equal(t, strings.Count(metrics, `"mae"`), len(d.Metrics), metrics)
		assert.Equal(t, loss.MSE{}, d.Loss)
		assert.Equal(t, optim.SGD(0.01), d.Optimizer)
	}
	for _, metrics := range []string{`["mae"]`, `["mae", "mse", "mae"]`, `{"middle": "mae"}`, `"mae"`, metricObject("AUC", "")} {
		d := read(t, twoOutputs(`"metrics": `+metrics))
		assert.True(t, d.IsAssumed(training.MetricsSetting), metrics)
		assert.Equal(t, []string{"left", "right"}, nn.OutputNames(d.Model))
	}
	d := read(t, oneOutput(`"metrics": ["mae"]`))
	assert.Empty(t, d.Assumed)
}

// The loss of a graph's only output may stand under the name of its layer.
func TestLossOfOneOutputByItsName(t *testing.T) {
	tensor := `{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["in", 0, 0]}}`
	compiled := func(loss string) string {
		return `{"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "layers": [
		{"class_name": "InputLayer", "name": "in", "config": {"batch_shape": [null, 4], "name": "in"}, "inbound_nodes": []},
		{"module": "keras.layers", "class_name": "Dense", "name": "out", "config": {"name": "out", "units": 1}, "inbound_nodes": [{"args": [` + tensor + `], "kwargs": {}}]}],
		"input_layers": [["in", 0, 0]], "output_layers": [["out", 0, 0]]}, "compile_config": {"optimizer": "sgd", "loss": ` + loss + `}}`
	}
	for _, given := range []string{`{"out": "mae"}`, `{"out": ["mae"]}`, `["mae"]`} {
		assert.Equal(t, loss.MAE{}, read(t, compiled(given)).Loss, given)
	}
	for _, given := range []string{`{"other": "mae"}`, `{"out": null}`, `{"out": "mae", "other": "mae"}`} {
		assert.Equal(t, []string{"compile_config.loss.class_name"}, paths(partial(t, compiled(given))), given)
	}
}

// One output's loss may have a weight, in each way that Keras writes it.
func TestLossWeightOfOneOutput(t *testing.T) {
	for weights, want := range map[string]loss.Loss{
		`null`: loss.MSE{}, `1.0`: loss.MSE{}, `[1]`: loss.MSE{}, `[1.0]`: loss.MSE{}, `{"out": 1}`: loss.MSE{},
		`2.0`: loss.Outputs{{Name: "y", Loss: loss.MSE{}, Weight: 2}}, `[2.0]`: loss.Outputs{{Name: "y", Loss: loss.MSE{}, Weight: 2}},
		`{"out": 0.5}`: loss.Outputs{{Name: "y", Loss: loss.MSE{}, Weight: 0.5}},
	} {
		assert.Equal(t, want, read(t, oneOutput(`"loss_weights": `+weights)).Loss, weights)
	}
	for _, weights := range []string{`[1, 2]`, `"2"`, `1`, `2`, `-1.0`, `[null, 1]`, `{"a": 2, "b": 1}`, `[0]`, `1e999`} {
		p := partial(t, oneOutput(`"loss_weights": `+weights))
		assert.Contains(t, p.Problems[0].Path, "compile_config.loss_weights", weights)
	}
}
