package keras

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
)

// memoryRows are the rows of testdata/make_memory.py.
func memoryRows() dataset.Data {
	const rows, width = 12, 3
	x, y := dataset.Array{Shape: []int{rows, width}}, dataset.Array{Shape: []int{rows, 1}}
	for i := range rows {
		sum := 0.0
		for j := range width {
			v := float32(math.Sin(float64(i*width + j)))
			x.Values = append(x.Values, v)
			sum += math.Cos(float64(v))
		}
		y.Values = append(y.Values, float32(sum))
	}
	return dataset.Data{X: x, Y: y}
}

// goOn trains a saved model for three steps, as Keras did, and returns their losses.
func goOn(t *testing.T, d *Description, b string) []float64 {
	t.Helper()
	m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: open(t, b)})
	require.NoError(t, err)
	require.NoError(t, m.Build(d.InputShape...))
	require.NoError(t, d.SetWeights(m))
	if d.Memory != nil {
		require.NoError(t, d.SetMemory(m))
	}
	var losses []float64
	for i := range 3 {
		h, err := m.Fit(context.Background(), memoryRows().Range(4*i, 4*i+4), fit.Config{Epochs: 1, BatchSize: 4, NoShuffle: true})
		require.NoError(t, err)
		losses = append(losses, h.Loss()...)
	}
	return losses
}

// A training that Keras saved after three steps goes on to the losses that it goes on to in Keras, optimizer by optimizer;
// without its memory it goes elsewhere. Where the state can't be taken over, the file says why.
func TestMemory(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "memory", "losses.json"))
	require.NoError(t, err)
	var keras map[string][]float64
	require.NoError(t, json.Unmarshal(data, &keras))
	require.Greater(t, len(keras), 10)
	none := map[string]string{"nadam": "what optim.NadamRule keeps", "accumulated": "gradient_accumulation_steps"}
	for name, want := range keras {
		for _, b := range []string{backend.Go, backend.XLACPU} {
			t.Run(name+"/"+b, func(t *testing.T) {
				d, err := ReadModel(filepath.Join("testdata", "memory", name+".keras"))
				require.NoError(t, err)
				if why := none[name]; why != "" {
					assert.Nil(t, d.Memory)
					assert.Contains(t, d.NoMemory, why)
					assert.ErrorContains(t, d.SetMemory(nil), why)
					return
				}
				require.Empty(t, d.NoMemory)
				require.Equal(t, 3, d.Memory.Steps)
				got := goOn(t, d, b)
				for i := range want {
					assert.InDelta(t, want[i], got[i], 1e-5*max(1, want[i]), "step %d", i+4)
				}
				if name == "sgd" {
					return // which remembers nothing that counts
				}
				d.Memory = nil
				forgot := goOn(t, d, b)
				assert.Greater(t, math.Abs(want[2]-forgot[2]), 1e-4, "the memory makes no difference")
			})
		}
	}
}

func TestNoMemory(t *testing.T) {
	d, err := ReadModel(filepath.Join("testdata", "memory", "untrained.keras"))
	require.NoError(t, err)
	assert.Nil(t, d.Memory)
	assert.NotEmpty(t, d.NoMemory)
	d, err = ReadConfigFile(filepath.Join("testdata", "golden", "..", "..", "..", "saved", "testdata", "several", "config.json"))
	require.NoError(t, err)
	assert.ErrorContains(t, d.SetMemory(nil), "ReadModel")
}

// A memory of another optimizer or model is refused, at once or by the first Fit, and changes nothing.
func TestMemoryOfOthers(t *testing.T) {
	read := func(name string) *Description {
		d, err := ReadModel(filepath.Join("testdata", "memory", name+".keras"))
		require.NoError(t, err)
		return d
	}
	adam := read("adam").Memory
	less := *adam
	less.Slots = less.Slots[1:]
	other := *adam
	other.Slots = append([]optim.Remembered{}, adam.Slots...)
	other.Slots[0].Shape = []int{1}
	for name, c := range map[string]struct {
		into   string
		memory optim.Memory
		says   string
	}{
		"another optimizer": {"rmsprop", *adam, "keeps no"},
		"less":              {"adam", less, "nothing for"},
		"another shape":     {"adam", other, "has shape"},
		"negative":          {"adam", optim.Memory{Steps: -1}, "-1 steps"},
	} {
		t.Run(name, func(t *testing.T) {
			d := read(c.into)
			m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: open(t, backend.Go)})
			require.NoError(t, err)
			fitted := func() error {
				_, err := m.Fit(context.Background(), memoryRows(), fit.Config{BatchSize: 4})
				return err
			}
			if err = m.SetOptimizerMemory(c.memory); err == nil {
				err = fitted()
			}
			require.ErrorContains(t, err, c.says)
			m, err = fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: open(t, backend.Go)})
			require.NoError(t, err)
			require.NoError(t, fitted())
			before, err := m.Store().GetVariable("/optimizers/iteration").Value()
			require.NoError(t, err)
			require.ErrorContains(t, m.SetOptimizerMemory(c.memory), c.says)
			after, err := m.Store().GetVariable("/optimizers/iteration").Value()
			require.NoError(t, err)
			require.Equal(t, before.Value(), after.Value())
			require.NoError(t, fitted(), "it trains on")
		})
	}
}
