package keras

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// legacyCase is what testdata/make_legacy.py says of a file.
type legacyCase struct {
	Version     string
	Input       []int
	Predictions []nested
	Targets     []nested
	Memory      bool
	Losses      []float64
}

// nested are lists of numbers in lists, row-major.
type nested struct {
	shape  []int
	values []float32
}

func (n *nested) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	for at := v; ; {
		list, ok := at.([]any)
		if !ok {
			break
		}
		n.shape, at = append(n.shape, len(list)), list[0]
	}
	var flatten func(v any)
	flatten = func(v any) {
		if list, ok := v.([]any); ok {
			for _, one := range list {
				flatten(one)
			}
			return
		}
		n.values = append(n.values, float32(v.(float64)))
	}
	flatten(v)
	return nil
}

func (n nested) array() dataset.Array { return dataset.Array{Shape: n.shape, Values: n.values} }

func legacyCases(t *testing.T) map[string]legacyCase {
	all := map[string]legacyCase{}
	for _, which := range []string{"keras2", "keras3"} {
		data, err := os.ReadFile("testdata/legacy/" + which + "_expected.json")
		require.NoError(t, err)
		cases := map[string]legacyCase{}
		require.NoError(t, json.Unmarshal(data, &cases))
		for name, c := range cases {
			all[name] = c
		}
	}
	return all
}

func (c legacyCase) data(tokens bool) dataset.Data {
	x := dataset.Array{Shape: c.Input}
	for i := range sizeOf(c.Input) {
		v := math.Sin(float64(i))
		if tokens {
			v = float64(i % 6)
		}
		x.Values = append(x.Values, float32(v))
	}
	var ys []dataset.Array
	for _, y := range c.Targets {
		ys = append(ys, y.array())
	}
	return dataset.Of([]dataset.Array{x}, ys)
}

// Files of Keras 2 and legacy ones of Keras 3 predict what they did there, and train on with the same losses, from where
// the optimizer was.
func TestLegacyFiles(t *testing.T) {
	for name, c := range legacyCases(t) {
		t.Run(name, func(t *testing.T) {
			d, err := ReadModel("testdata/legacy/" + name + ".h5")
			require.NoError(t, err)
			require.Equal(t, c.Losses != nil, d.Compiled)
			require.Equal(t, c.Memory, d.Memory != nil, d.NoMemory)
			backends := []string{backend.Go, backend.XLACPU}
			if strings.HasPrefix(name, "keras3") { // which differ from them in the file alone
				backends = backends[:1]
			}
			for _, b := range backends {
				t.Run(b, func(t *testing.T) {
					c.check(t, d, fit.Options{Backend: open(t, b)}, strings.Contains(name, "branches"))
				})
			}
		})
	}
}

func (c legacyCase) check(t *testing.T, d *Description, options fit.Options, tokens bool) {
	ctx := context.Background()
	data := c.data(tokens)
	optimizer, l := d.Optimizer, d.Loss
	if !d.Compiled {
		optimizer, l = optim.SGD(1), loss.MSE{}
	}
	m, err := fit.Compile(d.Model, optimizer, l, options)
	require.NoError(t, err)
	require.NoError(t, m.Build(data.X.Shape[1:]...))
	require.NoError(t, d.SetWeights(m))
	ys, err := m.PredictAll(ctx, data.X)
	require.NoError(t, err)
	require.Len(t, ys, len(c.Predictions))
	for i, want := range c.Predictions {
		require.Equal(t, want.shape, ys[i].Shape)
		for j, v := range want.values {
			assert.InDelta(t, v, ys[i].Values[j], 1e-5*max(1, math.Abs(float64(v))), "output %d, value %d", i, j)
		}
	}
	if c.Losses == nil {
		return
	}
	if c.Memory {
		require.NoError(t, d.SetMemory(m))
	}
	h, err := m.Fit(ctx, data, fit.Config{Epochs: 2, BatchSize: 4, NoShuffle: true})
	require.NoError(t, err)
	near(t, "losses", c.Losses, h.Loss())
}

// What Keras 2's other files say is the same model.
func TestKeras2InOtherFiles(t *testing.T) {
	want, err := ReadModel("testdata/legacy/keras2_sequence.h5")
	require.NoError(t, err)
	d, err := ReadModel("testdata/legacy/keras2_sequence.keras")
	require.NoError(t, err)
	assert.Equal(t, want.Model, d.Model)
	assert.Equal(t, want.Weights, d.Weights)
	assert.Equal(t, want.Optimizer, d.Optimizer)
	assert.Equal(t, want.Loss, d.Loss)
	assert.Equal(t, want.Memory, d.Memory)
	d, err = ReadConfigFile("testdata/legacy/keras2_sequence.json")
	require.NoError(t, err)
	assert.Equal(t, want.Model, d.Model)
	assert.False(t, d.Compiled)
}

// Keras 2 computed another hard_sigmoid, in each kind of file: it is told by its version, for 2.12 to 2.15 write modules as
// Keras 3 does.
func TestKeras2sHardSigmoid(t *testing.T) {
	function := func(d *Description, err error) nn.Activation {
		require.NoError(t, err)
		return d.Model.(nn.Sequential)[0].(nn.Dense).Activation
	}
	steep := nn.HardSigmoid{Steep: true}
	data, err := os.ReadFile("testdata/legacy/keras2_sequence.json")
	require.NoError(t, err)
	require.Equal(t, steep, function(ReadConfig(strings.NewReader(strings.Replace(string(data), `"tanh"`, `"hard_sigmoid"`, 1)))))

	all := parts(t, "testdata/legacy/keras2_sequence.keras")
	all[configName] = strings.Replace(all[configName], `"tanh"`, `"hard_sigmoid"`, 1)
	file := archive(t, all)
	require.Equal(t, steep, function(ReadModelFrom(bytes.NewReader(file), int64(len(file)))))

	for name, want := range map[string]nn.Activation{"keras2": steep, "keras3": nn.HardSigmoid{}} {
		file, err = os.ReadFile("testdata/legacy/" + name + "_sequence.h5")
		require.NoError(t, err)
		file = bytes.Replace(file, []byte(`"activation": "tanh", "use_bias": true`), []byte(`"activation":"hard_sigmoid"              `)[:38], 1)
		require.Equal(t, want, function(ReadModelFrom(bytes.NewReader(file), int64(len(file)))))
	}
}

// Settings that meant something else, or whose default did, are refused by their place.
func TestWhatKeras2MeantOtherwise(t *testing.T) {
	const model = `{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "d", "units": 1, "batch_input_shape": [null, 2]}}], "keras_version": "VERSION", "compile_config": {"optimizer": OPTIMIZER, "loss": "mse"}}`
	read := func(version, optimizer string) (*Description, error) {
		return ReadConfig(strings.NewReader(strings.NewReplacer("VERSION", version, "OPTIMIZER", optimizer).Replace(model)))
	}
	d, err := read("2.2.4", `{"class_name": "SGD", "config": {"lr": 0.5, "decay": 0.25, "momentum": 0.9, "nesterov": false}}`)
	require.NoError(t, err)
	assert.Equal(t, []int{2}, d.InputShape)
	assert.Equal(t, optim.SGDRule{Momentum: 0.9}, d.Optimizer.Rule)
	assert.Equal(t, 0.5, d.Optimizer.Schedule.At(0))
	assert.Equal(t, 0.25, d.Optimizer.Schedule.At(4))
	_, err = read("2.15.0", `{"class_name": "Custom>Adam", "config": {"learning_rate": 0.5, "is_legacy_optimizer": false}}`)
	require.NoError(t, err)
	for _, c := range [][3]string{
		{"2.2.4", `{"class_name": "RMSprop", "config": {"lr": 0.5}}`, "RMSprop of Keras before 2.11"},
		{"2.10.1", `"rmsprop"`, "RMSprop of Keras before 2.11"},
		{"2.2.4", `{"class_name": "Adagrad", "config": {"lr": 0.5}}`, "initial_accumulator_value: is missing"},
		{"2.2.4", `{"class_name": "Adam", "config": {"lr": 0.5, "clipnorm": 1.0}}`, "clipnorm: of Keras 2.2.4 is one norm over all"},
		{"2.15.0", `{"class_name": "Mine>Adam", "config": {"lr": 0.5}}`, "Mine>Adam"},
	} {
		_, err = read(c[0], c[1])
		assert.ErrorContains(t, err, c[2])
	}
	for _, version := range []string{"2.15.0", "2.11.0"} { // a name alone is today's
		d, err = read(version, `"rmsprop"`)
		require.NoError(t, err)
		assert.IsType(t, optim.RMSpropRule{}, d.Optimizer.Rule)
	}
	_, err = read("2.2.4-tf", `{"class_name": "Adam", "config": {"learning_rate": 0.5, "clipnorm": 1.0}}`)
	require.NoError(t, err)

	gru := `{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "GRU", "config": {"name": "g", "units": 1 RESET}}]}}`
	_, err = ReadConfig(strings.NewReader(strings.Replace(gru, " RESET", "", 1)))
	require.ErrorContains(t, err, "reset_after: is missing")
	_, err = ReadConfig(strings.NewReader(strings.Replace(gru, " RESET", `, "reset_after": false`, 1)))
	require.NoError(t, err)
}

func TestLegacyFilesThatAreNotModels(t *testing.T) {
	good, err := os.ReadFile("testdata/legacy/keras2_sequence.h5")
	require.NoError(t, err)
	for what, c := range map[string][2]string{
		"weights alone":          {"model_config", "no model_config in the file, so"},
		"no JSON":                {`{"class_name": "Sequential"`, "not JSON"},
		"no weights":             {"model_weights", "model_weights"},
		"a layer without":        {"batch_normalization\x00", "batch_normalization"},
		"weights of other names": {"dense_1/bias:0", "dense_1"},
	} {
		t.Run(what, func(t *testing.T) {
			data := bytes.ReplaceAll(good, []byte(c[0]), bytes.Repeat([]byte("x"), len(c[0])))
			if what == "weights alone" {
				c[1] = "no model_config"
			}
			_, err := ReadModelFrom(bytes.NewReader(data), int64(len(data)))
			require.ErrorContains(t, err, c[1])
		})
	}
	whole, err := ReadModel("testdata/legacy/keras2_sequence.h5")
	require.NoError(t, err)
	for n := 8; n < len(good); n += 501 {
		d, err := ReadModelFrom(bytes.NewReader(good[:n]), int64(n))
		if err == nil {
			require.Equal(t, whole.Weights, d.Weights, "cut at %d, behind the weights", n)
			require.NotEmpty(t, d.NoMemory)
			continue
		}
		require.NotErrorAs(t, err, new(*training.Partial))
	}
}

// FuzzLegacy reads anything as an .h5: no panic, no endless loop, no more memory than is allowed.
func FuzzLegacy(f *testing.F) {
	files, err := filepath.Glob("testdata/legacy/*.h5")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d *Description
		var err error
		modelAllowance.Check(t, len(data), func() { d, err = readLegacy(bytes.NewReader(data), int64(len(data))) })
		if (d == nil) == (err == nil) {
			t.Fatal("either a description or an error")
		}
		if err == nil && len(d.Weights) != len(d.WeightPaths()) {
			t.Fatal("a weight is missing")
		}
		if err != nil && len(err.Error()) > maxMessage {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
	})
}
