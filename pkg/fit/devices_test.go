package fit_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// sharedOut are trainings with all that could see of how many rows a device has: what mixes rows, draws numbers, pads, weighs,
// counts or is measured. Their last batches are smaller.
func sharedOut(t *testing.T) map[string]struct {
	net     nn.Layer
	loss    loss.Loss
	data    dataset.Data
	options fit.Options
} {
	t.Helper()
	type training = struct {
		net     nn.Layer
		loss    loss.Loss
		data    dataset.Data
		options fit.Options
	}
	random := func(rows int, row ...int) dataset.Data {
		d, err := dataset.Random(rows, row, []int{1}, 5)
		require.NoError(t, err)
		return d
	}
	labels := func(d dataset.Data, classes int) dataset.Data {
		for i := range d.Y.Values {
			d.Y.Values[i] = float32(i * i % classes)
		}
		return d
	}
	tokens := labels(random(60, 5), 2)
	for i := range tokens.X.Values {
		tokens.X.Values[i] = float32(i * 7 % 5)
	}
	weighted := random(60, 3)
	weighted.SampleWeight = make([]float32, 60)
	for i := range weighted.SampleWeight {
		weighted.SampleWeight[i] = float32(i % 3)
	}
	relu := nn.ReLU{}
	return map[string]training{
		"batch normalization and dropout": {nn.Sequential{nn.Dense{Units: 8, NoBias: true}, nn.BatchNormalization{}, nn.Dropout{Rate: 0.4}, nn.Dense{Units: 1}}, loss.MSE{}, random(60, 3), fit.Options{}},
		"sample weights":                  {small(), loss.MSE{}, weighted, fit.Options{Metrics: []loss.Metric{loss.RMSE{}}}},
		"images": {nn.Sequential{nn.Conv2D{Filters: 3, KernelSize: []int{3}, Activation: relu}, nn.MaxPooling2D{}, nn.Flatten{}, nn.Dense{Units: 3, Activation: nn.Softmax{}}},
			loss.SparseCategoricalCrossentropy{}, labels(random(60, 8, 8, 2), 3), fit.Options{Metrics: []loss.Metric{loss.Accuracy{}}}},
		"masked sequences": {nn.Sequential{nn.Embedding{InputDim: 5, OutputDim: 3, MaskZero: true}, nn.LSTM{Units: 4}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}},
			loss.BinaryCrossentropy{}, tokens, fit.Options{Metrics: []loss.Metric{loss.AUC{}}}},
		"probes":    {small(), loss.MSE{}, random(60, 3), fit.Options{Probes: []fit.Probe{norms{}}, ProbeEvery: 3}},
		"in chunks": {small(), loss.MSE{}, random(60, 3), fit.Options{MemoryLimit: 600}},
	}
}

// A training on four devices is the one on one device: losses, validation, metrics, readings, weights and what comes of them.
func TestDevicesGiveTheNumbersOfOne(t *testing.T) {
	b := backendtest.Devices(t, 4)
	require.Equal(t, 4, b.NumDevices())
	for name, c := range sharedOut(t) {
		t.Run(name, func(t *testing.T) {
			train := func(devices int) (*fit.History, fit.Result, []fit.Weight) {
				options := c.options
				options.Backend, options.Seed, options.Devices = b, 3, devices
				m, err := fit.Compile(c.net, optim.Adam(1e-2).With(optim.ClipByGlobalNorm{Max: 1}), c.loss, options)
				require.NoError(t, err)
				h, err := m.Fit(ctx, c.data, fit.Config{Epochs: 2, BatchSize: 16, ValidationSplit: 0.15})
				require.NoError(t, err)
				more, err := m.Fit(ctx, c.data, fit.Config{BatchSize: 32})
				require.NoError(t, err)
				h.Steps = append(h.Steps, more.Steps...)
				r, err := m.Evaluate(ctx, c.data)
				require.NoError(t, err)
				return h, r, weightsOf(t, m)
			}
			one, oneResult, oneWeights := train(1)
			four, fourResult, fourWeights := train(4)
			near := func(want, got float64) { require.InDelta(t, want, got, 1e-6*math.Max(1, math.Abs(want))) }
			for i := range one.Steps {
				require.InEpsilon(t, one.Steps[i], four.Steps[i], 1e-6, "step %d", i)
			}
			for i, e := range one.Epochs {
				require.InEpsilon(t, e.Loss, four.Epochs[i].Loss, 1e-6)
				require.InEpsilon(t, e.Validation.Loss, four.Epochs[i].Validation.Loss, 1e-6)
				for metric, v := range e.Metrics {
					near(v, four.Epochs[i].Metrics[metric])
				}
			}
			near(oneResult.Loss, fourResult.Loss)
			if len(one.Readings.Rows) > 0 {
				require.Equal(t, one.Readings.Steps, four.Readings.Steps)
				for i, row := range one.Readings.Rows {
					require.InDeltaSlice(t, row, four.Readings.Rows[i], 1e-5)
				}
			}
			for i, w := range oneWeights {
				require.InDeltaSlice(t, w.Values, fourWeights[i].Values, 1e-5, w.Path)
			}
		})
	}
}

// Each device computes its part of the batch alone, and only what the step needs of all rows passes between them.
func TestDevicesShareTheSteps(t *testing.T) {
	backendtest.Devices(t, 4)
	exe, err := os.Executable()
	require.NoError(t, err)
	folder := t.TempDir()
	child := exec.Command(exe, "-test.run", "^TestDevicesGiveTheNumbersOfOne$/^sample_weights$")
	child.Env = append(os.Environ(), "XLA_FLAGS=--xla_dump_hlo_as_text --xla_dump_to="+folder) // which plugins read when they are loaded
	said, err := child.CombinedOutput()
	require.NoError(t, err, string(said))
	files, err := filepath.Glob(filepath.Join(folder, "*training*after_optimizations.txt"))
	require.NoError(t, err)
	shared, validated := 0, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		alone := !strings.Contains(string(text), "num_partitions=4")
		require.Equal(t, alone, !strings.Contains(string(text), "all-reduce("), file)
		require.Equal(t, alone, strings.Contains(string(text), "f32[16,") || strings.Contains(string(text), "f32[32,"), "a whole batch, in %s", file)
		require.NotContains(t, string(text), "all-gather")
		if strings.Contains(string(text), "f32[9,3]") { // the rows to validate on
			require.Equal(t, alone, strings.Contains(string(text), "f32[9,4]") || strings.Contains(string(text), "f32[12,4]"), "all of their activations, in %s", file)
			validated++
		}
		if !alone {
			shared++
		}
	}
	require.Equal(t, 2, shared, "one for each Fit of %v", files)
	require.Equal(t, 2, validated, "of the first Fit on one device, and on four")
}

// Validation data of more than one batch, the last of which is filled up.
func TestDevicesValidateInBatches(t *testing.T) {
	validate := func(devices int) []float64 {
		m := compile(t, small(), optim.Adam(1e-2), fit.Options{Backend: backendtest.Devices(t, 4), Seed: 3, Devices: devices})
		h, err := m.Fit(ctx, noise(t, 64), fit.Config{Epochs: 2, Validation: noise(t, 9001)})
		require.NoError(t, err)
		return h.ValidationLoss()
	}
	require.InEpsilonSlice(t, validate(1), validate(4), 1e-6)
}

func TestDevicesThatCannotBe(t *testing.T) {
	four, one := backendtest.Devices(t, 4), backendtest.XLA(t)
	stateful := nn.Sequential{nn.LSTM{Units: 2, Stateful: true}, nn.Dense{Units: 1}}
	for name, c := range map[string]struct {
		net     nn.Layer
		options fit.Options
		want    string
	}{
		"negative":    {small(), fit.Options{Backend: four, Devices: -1}, "Options.Devices is -1"},
		"pure Go":     {small(), fit.Options{Backend: goBackend, Devices: 2}, "take XLA, or 1 device"},
		"too many":    {small(), fit.Options{Backend: four, Devices: 5}, "5 devices are asked for"},
		"one CPU":     {small(), fit.Options{Backend: one, Devices: 2}, `backend.Options{Name: "xla:cpu,devices=2"}`},
		"stepwise":    {small(), fit.Options{Backend: four, Devices: 2, Stepwise: true}, "Options.Stepwise is for one device"},
		"stateful":    {stateful, fit.Options{Backend: four, Devices: 2}, `"lstm" is stateful`},
		"most of all": {small(), fit.Options{Backend: four, Devices: math.MaxInt}, "devices are asked for"},
	} {
		_, err := fit.Compile(c.net, optim.Adam(1e-2), loss.MSE{}, c.options)
		require.ErrorContains(t, err, c.want, name)
		require.NotContains(t, err.Error(), "\n", name)
	}
	m := compile(t, small(), optim.Adam(1e-2), fit.Options{Backend: four, Devices: 4})
	for _, c := range []fit.Config{{BatchSize: 30}, {BatchSize: 1000}, {BatchSize: 3}} { // there are 70 rows
		_, err := m.Fit(ctx, noise(t, 70), c)
		require.ErrorContains(t, err, "take a multiple of 4")
	}
	_, err := m.Fit(ctx, noise(t, 70), fit.Config{BatchSize: 28})
	require.NoError(t, err, "an error leaves the model usable")

	alike := compile(t, small(), optim.Adam(1e-3), fit.Options{Backend: four, Devices: 4})
	config := fit.Config{BatchSize: 28}
	var apart *fit.ApartError
	_, err = fit.Together(ctx, []fit.Member{{Model: m, Data: noise(t, 70), Config: config}, {Model: alike, Data: noise(t, 70), Config: config}}, 0)
	require.ErrorAs(t, err, &apart)
	require.ErrorContains(t, err, "several devices")
}

// A training that was interrupted goes on, on as many devices as there are then.
func TestDevicesOfACheckpoint(t *testing.T) {
	b, data := backendtest.Devices(t, 4), noise(t, 60)
	path := filepath.Join(t.TempDir(), "run.ckpt")
	train := func(devices, epochs int, path string) []float32 {
		m := compile(t, small(), optim.Adam(1e-2), fit.Options{Backend: b, Seed: 3, Devices: devices})
		h, err := m.Fit(ctx, data, fit.Config{Epochs: epochs, BatchSize: 16, Checkpoint: fit.Checkpointing{Path: path}})
		require.NoError(t, err)
		return h.Steps
	}
	want := train(1, 4, "")
	train(4, 2, path)
	got := train(2, 4, path)
	require.Len(t, got, len(want))
	for i := range want {
		require.InEpsilon(t, want[i], got[i], 1e-6, "step %d", i)
	}
}

// What sharing out costs where nothing is gained by it: the devices of a CPU share its processors.
func BenchmarkDevices(b *testing.B) {
	opened := backendtest.Devices(b, 4)
	for name, c := range map[string]struct {
		units, features, rows, batch int
	}{"example 1": {64, 10, 1000, 32}, "MLP": {512, 784, 4096, 128}} {
		data, err := dataset.Random(c.rows, []int{c.features}, []int{1}, 5)
		require.NoError(b, err)
		for _, devices := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("%s/%d", name, devices), func(b *testing.B) {
				net := nn.Sequential{nn.Dense{Units: c.units, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
				if c.units > 64 {
					net = slices.Insert(net, 1, nn.Layer(nn.Dense{Units: c.units, Activation: nn.ReLU{}}))
				}
				m := compile(b, net, optim.Adam(1e-3), fit.Options{Backend: opened, Devices: devices})
				fitted := func(epochs int) {
					_, err := m.Fit(ctx, data, fit.Config{Epochs: epochs, BatchSize: c.batch})
					require.NoError(b, err)
				}
				fitted(1)
				for b.Loop() {
					fitted(1)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*(c.rows+c.batch-1)/c.batch), "µs/step")
			})
		}
	}
}
