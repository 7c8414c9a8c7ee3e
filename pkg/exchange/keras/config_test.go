package keras

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/exchange/keras/internal/h5"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// sequential is a config.json with these layers behind an input of 4 features, and a compile_config if
// there is one.
func sequential(layers, compile string) string {
	if compile != "" {
		compile = `, "compile_config": ` + compile
	}
	return fmt.Sprintf(`{"module": "keras", "class_name": "Sequential", "config": {"name": "s", "trainable": true, "layers": [
		{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "in"}},
		%s]}%s}`, layers, compile)
}

func layer(class, settings string) string {
	return fmt.Sprintf(`{"module": "keras.layers", "class_name": %q, "config": {%s}, "registered_name": null}`, class, settings)
}

const dense1 = `{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 1}}`

// Keras keeps a rate in float32 and writes it with all the digits that it has in float64. It is read as the short number that it
// was, with the same float32; what is no float32 stays.
func TestRatesAreShort(t *testing.T) {
	for written, want := range map[string]float64{
		"0.0010000000474974513": 0.001, "1.0000000116860974e-07": 1e-7, "0.30000001192092896": 0.3, "0.5": 0.5, "1.0": 1,
		"0.001": 0.001, "0.12345678912345": 0.12345678912345, "1e-50": 1e-50,
	} {
		d := read(t, sequential(dense1, strings.Replace(adam(""), "0.1}", written+"}", 1)))
		assert.Equal(t, want, d.Optimizer.LearningRate, written)
		f, err := strconv.ParseFloat(written, 64)
		require.NoError(t, err)
		assert.Equal(t, float32(f), float32(d.Optimizer.LearningRate), written)
	}
}

func adam(settings string) string {
	return fmt.Sprintf(`{"optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": 0.1%s}}, "loss": "mse"}`, settings)
}

func read(t testing.TB, config string) *Description {
	t.Helper()
	d, err := ReadConfig(strings.NewReader(config))
	require.NoError(t, err)
	return d
}

func TestReadConfig(t *testing.T) {
	d := read(t, sequential(layer("Dense", `"name": "first", "units": 3, "activation": "relu", "use_bias": false`)+","+
		layer("Activation", `"name": "act", "activation": "tanh"`)+","+
		layer("Dense", `"name": "last", "units": 1, "trainable": false, "kernel_regularizer": {"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.5}}`),
		`{"optimizer": {"module": "keras.optimizers", "class_name": "SGD", "config": {"learning_rate": 0.5, "momentum": 0.9, "clipnorm": 1.0}},
		"loss": {"module": "keras.losses", "class_name": "Huber", "config": {"name": "h", "reduction": "sum_over_batch_size", "delta": 2.0}}, "metrics": ["mae"]}`))
	assert.Equal(t, nn.Sequential{
		nn.Dense{Name: "first", Units: 3, Activation: nn.ReLU{}, NoBias: true},
		nn.Renamed{Name: "act", Layer: nn.Tanh{}},
		nn.Frozen{Layer: nn.Dense{Name: "last", Units: 1, KernelRegularizer: nn.L1L2{L2: 0.5}}},
	}, d.Model)
	assert.Equal(t, []int{4}, d.InputShape)
	assert.Equal(t, []string{"/first/kernel", "/last/kernel", "/last/bias"}, d.WeightPaths())
	assert.Equal(t, optim.SGD(0.5).WithRule(optim.SGDRule{Momentum: 0.9}).With(optim.ClipByNorm{Max: 1}), d.Optimizer)
	assert.Equal(t, loss.Huber{Delta: 2}, d.Loss)
	assert.False(t, d.IsAssumed(training.HuberDeltaSetting))
	short := read(t, sequential(dense1, `{"optimizer": "adam", "loss": {"module": "keras.losses", "class_name": "Huber", "config": {"name": "h"}}}`))
	assert.Equal(t, loss.Huber{}, short.Loss)
	assert.True(t, short.IsAssumed(training.HuberDeltaSetting), "Keras leaves it out whatever it is")
	assert.Equal(t, []loss.Metric{loss.MAE{}}, d.Metrics)
	assert.False(t, read(t, sequential(dense1, "")).Compiled)
}

// Whatever isn't supported is named with its path.
func TestUnsupportedPlacesAreNamed(t *testing.T) {
	rnn := func(settings string) string {
		return layer("LSTM", `"name": "l", "units": 2, `+settings)
	}
	for config, message := range map[string]string{
		sequential(layer("MelSpectrogram", `"name": "mel"`), ""):                                                                                  `config.layers[1] (MelSpectrogram "mel"): layers of class MelSpectrogram are not supported`,
		sequential(layer("Lambda", `"name": "x", "function": {"class_name": "__lambda__"}`), ""):                                                  `config.layers[1] (Lambda "x"): layers of class Lambda`,
		sequential(rnn(`"kernel_constraint": {"class_name": "Mine", "module": "keras.constraints", "config": {}}`), ""):                           `config.layers[1].config.kernel_constraint: the constraint Mine`,
		sequential(rnn(`"stateful": true`), ""):                                                                                                   `config.layers[1].config.stateful: needs an input that says how many rows all batches have, and as many in fit and predict: keras.Input(batch_shape=(32, …))`,
		sequential(rnn(`"dropout": 1.5`), ""):                                                                                                     `config.layers[1].config.dropout: 1.5 must be at least 0 and below 1`,
		sequential(rnn(`"kernel_constraint": {"class_name": "Mine", "module": "keras.constraints", "config": {}}`), ""):                           `config.layers[1].config.kernel_constraint: the constraint Mine`,
		sequential(rnn(`"stateful": true`), ""):                                                                                                   `config.layers[1].config.stateful: needs an input that says how many rows all batches have, and as many in fit and predict: keras.Input(batch_shape=(32, …))`,
		sequential(rnn(`"kernel_constraint": {"class_name": "NonNeg", "config": {}}`), ""):                                                        `config.layers[1].config.kernel_constraint.module: is missing`,
		sequential(rnn(`"wings": 2`), ""):                                                                                                         `config.layers[1].config.wings: this option is not known; its value is 2`,
		sequential(layer("Dense", `"units": 1, "dtype": "int8"`), ""):                                                                             `config.layers[1].config.dtype: "int8" is not supported`,
		sequential(layer("Dense", `"units": 1, "activation": "wave"`), ""):                                                                        `config.layers[1].config.activation: unknown activation "wave"`,
		sequential(layer("Dense", `"units": -1`), ""):                                                                                             `config.layers[1].config.units: -1 must be a whole number from 1 to`,
		sequential(layer("Dense", `"name": "d"`), ""):                                                                                             `config.layers[1].config.units: is missing`,
		sequential(layer("Dense", `"units": 1, "name": "a/b"`), ""):                                                                               `a layer's name must contain none of`,
		sequential(dense1+","+dense1, ""):                                                                                                         `config.layers: layers 0 and 1 are both named "d"`,
		sequential(layer("BatchNormalization", `"axis": 2`), ""):                                                                                  `BatchNormalization.Axis is 2, must be from 1 to 1`,
		sequential(layer("Dense", `"units": 1, "kernel_regularizer": {"class_name": "Ridge", "config": {}}`), ""):                                 `config.layers[1].config.kernel_regularizer: the regularizer Ridge`,
		sequential(layer("Dense", `"units": 1, "kernel_initializer": {"class_name": "STFT", "config": {}}`), ""):                                  `config.layers[1].config.kernel_initializer: the initializer STFT`,
		sequential(layer("Dense", `"units": 1, "activation": {"class_name": "function", "config": "f", "module": "mine"}`), ""):                   `class function of the module "mine" is not Keras' own`,
		sequential(`{"class_name": "Dense", "module": "keras.layers", "registered_name": "p>Dense", "config": {}}`, ""):                           `class Dense is registered by "p"`,
		sequential(dense1, adam(`, "use_ema": 3`)):                                                                                                `compile_config.optimizer.config.use_ema: 3 is neither true nor false`,
		sequential(dense1, adam(`, "loss_scale_factor": 0.0`)):                                                                                    `compile_config.optimizer.config.loss_scale_factor: 0 is not supported`,
		sequential(dense1, adam(`, "beta_1": NaN`)):                                                                                               `compile_config.optimizer.config.beta_1: "NaN" is not finite`,
		sequential(dense1, adam(`, "epsilon": -1`)):                                                                                               `compile_config.optimizer.config.epsilon: -1 must be at least 0`,
		sequential(dense1, `{"optimizer": {"module": "keras.optimizers", "class_name": "MultiOptimizer", "config": {}}, "loss": "mse"}`):          `compile_config.optimizer: the optimizer MultiOptimizer is not supported`,
		sequential(dense1, `{"optimizer": "adam", "loss": "Loss"}`):                                                                               `compile_config.loss: there is no loss "Loss"`,
		sequential(dense1, `{"optimizer": "adam", "loss": "mse", "loss_weights": [2, 3]}`):                                                        `compile_config.loss_weights: has 2 entries for one output`,
		sequential(dense1, `{"optimizer": "adam", "loss": {"module": "keras.losses", "class_name": "Huber", "config": {"reduction": "median"}}}`): `compile_config.loss.config.reduction: "median" is none of sum_over_batch_size, mean, sum`,
		sequential(dense1, `{"optimizer": {"module": "keras.optimizers", "class_name": "SGD", "config": {"learning_rate": {"module": "keras.optimizers.schedules", "class_name": "Mine", "config": {}}}}, "loss": "mse"}`): `compile_config.optimizer.config.learning_rate: the learning-rate schedule Mine`,
		`{"class_name": "MyModel", "module": "keras", "config": {}}`: `class_name: a model of class "MyModel" is not supported`,
	} {
		d, err := ReadConfig(strings.NewReader(config))
		require.Error(t, err, message)
		assert.Nil(t, d)
		var problems training.Problems
		require.ErrorAs(t, err, &problems)
		assert.ErrorContains(t, err, message)
	}
}

// A few bytes may ask for any number of weights.
func TestModelsThatAreTooLarge(t *testing.T) {
	for _, layers := range []string{
		layer("Dense", `"units": 100000`) + "," + layer("Dense", `"units": 100000`),
		layer("Embedding", `"input_dim": 100000, "output_dim": 100000`),
		layer("Reshape", `"target_shape": [1, 4]`) + "," + layer("LSTM", `"units": 16777216`),
		layer("Dense", `"units": 16777216`) + "," + layer("Dense", `"units": 16777216`),
	} {
		_, err := ReadConfig(strings.NewReader(sequential(layers, "")))
		assert.ErrorContains(t, err, "has more than 268435456 weights")
	}
}

// One look shows all that is wrong.
func TestAllProblemsAtOnce(t *testing.T) {
	_, err := ReadConfig(strings.NewReader(sequential(layer("MelSpectrogram", `"name": "a"`)+","+layer("HashedCrossing", `"name": "b"`), adam(`, "use_ema": 3`))))
	var problems training.Problems
	require.ErrorAs(t, err, &problems)
	assert.Len(t, problems, 3)
}

func TestFunctionalChains(t *testing.T) {
	model := func(layers, outputs string) string {
		return `{"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "layers": [
			{"class_name": "InputLayer", "name": "in", "config": {"batch_shape": [null, 4], "name": "in"}, "inbound_nodes": []},` +
			layers + `], "input_layers": [["in", 0, 0]], "output_layers": ` + outputs + `}}`
	}
	node := func(name, inbound string) string {
		return `{"module": "keras.layers", "class_name": "Dense", "name": "` + name + `", "config": {"name": "` + name + `", "units": 2}, "inbound_nodes": [` + inbound + `]}`
	}
	from := func(name string) string {
		return `{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["` + name + `", 0, 0]}}], "kwargs": {}}`
	}
	d := read(t, model(node("b", from("a"))+","+node("a", from("in")), `[["b", 0, 0]]`))
	assert.Equal(t, []string{"/a/kernel", "/a/bias", "/b/kernel", "/b/bias"}, d.WeightPaths())
	for layers, message := range map[string]string{
		node("a", from("in")) + "," + node("b", from("in")):               `no output needs node "a"`,
		node("a", from("in")+","+from("in")) + "," + node("b", from("a")): `no output needs node "a@1"`,
		node("a", from("b")) + "," + node("b", from("a")):                 "a, b wait for each other's outputs",
		node("b", from("nowhere")):                                        `what node "b" takes is "nowhere"`,
		node("b", from("in")) + "," + node("a", from("b")):                `no output needs node "a"`,
		node("b", `{"args": [], "kwargs": {}}`):                           `node "b" takes nothing`,
		node("b", strings.Replace(from("in"), `0, 0]`, `0.5, 0]`, 1)):     "names no output of a layer",
		node("b", strings.Replace(from("in"), `{}}`, `{"mask": 1}}`, 1)):  "inbound_nodes[0].kwargs.mask: 1",
	} {
		_, err := ReadConfig(strings.NewReader(model(layers, `[["b", 0, 0]]`)))
		assert.ErrorContains(t, err, message)
	}
}

// What Keras 2 wrote by model.to_json() says the same in other words.
func TestKeras2(t *testing.T) {
	config := `{"class_name": "Sequential", "config": {"name": "s", "layers": [
		{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 6, 3], "dtype": "float32", "sparse": false, "ragged": false, "name": "in"}},
		{"class_name": "LSTM", "config": {"name": "lstm", "trainable": true, "dtype": "float32", "units": 4, "implementation": 2, "time_major": false,
			"activation": "tanh", "recurrent_activation": "RECURRENT", "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}}}},
		{"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.25}}]}, "keras_version": "2.15.0", "backend": "tensorflow"}`
	d := read(t, strings.Replace(config, "RECURRENT", "sigmoid", 1))
	assert.Equal(t, []int{6, 3}, d.InputShape)
	assert.Equal(t, nn.Renamed{Name: "leaky", Layer: nn.LeakyReLU{NegativeSlope: 0.25}}, d.Model.(nn.Sequential)[1])
	d = read(t, strings.Replace(config, "RECURRENT", "hard_sigmoid", 1))
	assert.Equal(t, nn.HardSigmoid{Steep: true}, d.Model.(nn.Sequential)[0].(nn.LSTM).RecurrentActivation)
}

// Zero means "default" in nn's structs, and 0 in Keras.
func TestZeroIsKept(t *testing.T) {
	d := read(t, sequential(layer("LeakyReLU", `"name": "a", "negative_slope": 0.0`)+","+layer("BatchNormalization", `"name": "b", "momentum": 0.0, "epsilon": 0.0`)+","+
		layer("Dense", `"name": "c", "units": 1, "kernel_initializer": {"class_name": "RandomNormal", "config": {"mean": 0.5, "stddev": 0.0}}`), ""))
	assert.NotZero(t, d.Model.(nn.Sequential)[0].(nn.Renamed).Layer.(nn.LeakyReLU).NegativeSlope)
	assert.NotZero(t, d.Model.(nn.Sequential)[1].(nn.BatchNormalization).Momentum)
	assert.NotZero(t, d.Model.(nn.Sequential)[1].(nn.BatchNormalization).Epsilon)
	values, err := d.Model.(nn.Sequential)[2].(nn.Dense).KernelInitializer.Values(nil, 2)
	require.NoError(t, err)
	assert.Equal(t, []float32{0.5, 0.5}, values)
}

func TestSnakeCase(t *testing.T) {
	for class, want := range map[string]string{
		"Dense": "dense", "SimpleRNN": "simple_rnn", "LSTM": "lstm", "PReLU": "p_re_lu", "LeakyReLU": "leaky_re_lu",
		"BatchNormalization": "batch_normalization", "GlobalAveragePooling1D": "global_average_pooling1d",
	} {
		assert.Equal(t, want, codec.ClassName(class))
	}
}

// What the readers may allocate. A .keras file is inflated before it is read, which may make a thousand times
// of it, and its chunks once more.
var (
	configAllowance = allowance.Allowance{Fixed: 1 << 20, PerByte: 400}
	modelAllowance  = allowance.Allowance{Fixed: 64 << 20, PerByte: 8 * 1032}
)

// maxMessage bounds what an error may put on the screen, whatever stands in the file.
const maxMessage = 1 << 14

// FuzzConfig reads anything as a config.json: no panic, no endless loop, no more memory than is allowed.
func FuzzConfig(f *testing.F) {
	f.Add([]byte(sequential(dense1, adam(""))))
	f.Add([]byte(`{"class_name": "Sequential", "config": {"layers": [NaN, -Infinity, "\"NaN"]}}`))
	files, err := filepath.Glob("testdata/[mt]*/*.keras") // models, text
	require.NoError(f, err)
	for _, file := range files {
		f.Add([]byte(parts(f, file)[configName]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d *Description
		var err error
		configAllowance.Check(t, len(data), func() { d, err = ReadConfig(bytes.NewReader(data)) })
		if (d == nil) == (err == nil) {
			t.Fatal("either a description or an error")
		}
		if err != nil && len(err.Error()) > maxMessage {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
		var p *training.Partial
		if errors.As(err, &p) {
			if len(p.Problems) == 0 || p.Training.Model == nil {
				t.Fatal("nothing is wrong, or nothing in the model's place")
			}
			_, _ = nn.Heads(p.Training.Model)
			_ = nn.Leaves(p.Training.Model)
			_, _ = nn.FirstUnread(p.Training.Model)
		}
		if err == nil {
			// The doctor and probes rely on finding every layer of a model that could be read.
			if err := nn.Walk(d.Model, func(nn.Place) bool { return true }); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzModel reads anything as a .keras file.
func FuzzModel(f *testing.F) {
	files, err := filepath.Glob("testdata/[mt]*/*.keras") // models, text
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d *Description
		var err error
		modelAllowance.Check(t, len(data), func() { d, err = ReadModelFrom(bytes.NewReader(data), int64(len(data))) })
		if (d == nil) == (err == nil) {
			t.Fatal("either a description or an error")
		}
	})
}

// FuzzWeights reads anything as the weights of an LSTM and a Dense.
func FuzzWeights(f *testing.F) {
	all := parts(f, "testdata/models/lstm.keras")
	f.Add([]byte(all[weightsName]))
	model, err := ReadConfig(strings.NewReader(all[configName]))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, weights []byte) {
		d := *model
		var err error
		modelAllowance.Check(t, len(weights), func() {
			var file *h5.File
			if file, err = h5.Parse(weights); err == nil {
				err = d.readWeights(file)
			}
		})
		if err == nil && len(d.Weights) != len(d.WeightPaths()) {
			t.Fatal("a weight is missing")
		}
	})
}
