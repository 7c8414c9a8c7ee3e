package training_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

type torchArray struct {
	Shape  []int      `json:"shape"`
	Values []*float32 `json:"values"` // null: NaN
}

func torchArrayOf(a dataset.Array) torchArray {
	t := torchArray{Shape: a.Shape}
	for _, v := range a.Values {
		if math.IsNaN(float64(v)) {
			t.Values = append(t.Values, nil)
		} else {
			t.Values = append(t.Values, &v)
		}
	}
	return t
}

type torchWeight struct {
	Expression string     `json:"expression"`
	Transposed bool       `json:"transposed"`
	Value      torchArray `json:"value"`
}

// torchCase is what testdata/make_torch.py runs.
type torchCase struct {
	Name    string        `json:"name"`
	Code    string        `json:"code"`
	Arrays  []torchArray  `json:"arrays"`
	Inputs  int           `json:"inputs"`  // how many of them are the model's
	Weights []torchWeight `json:"weights"` // to begin with
}

// inTorch is testdata/torch.json: what PyTorch made of the code.
type inTorch struct {
	Torch string
	Cases []struct {
		Name, Code      string
		Losses          []float64 // of each batch
		Validation      []float64 // of each epoch
		FirstPrediction []float64 // of the first row behind the training
	}
}

// start gives a model the weights that each training begins with.
func start(t *testing.T, m *fit.Model) map[string]dataset.Array {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	weights, err := m.Weights()
	require.NoError(t, err)
	values := map[string]dataset.Array{}
	for _, w := range weights {
		a := dataset.Array{Shape: w.Shape}
		for range w.Values {
			v := float32(rng.Float64() - 0.5)
			if strings.Contains(w.Path, "variance") {
				v += 1
			}
			a.Values = append(a.Values, v)
		}
		require.NoError(t, m.SetWeight(w.Path, a))
		values[strings.TrimPrefix(w.Path, "/")] = a
	}
	return values
}

// The code that is printed for a training, run by PyTorch from our initial weights on our batches, has our losses, update by
// update. What PyTorch made of it is committed; to run it anew:
//
//	TORCH_TRAININGS=/tmp/trainings.json go test -run TestTorchTrainsAlike ./pkg/training
//	python pkg/training/testdata/make_torch.py /tmp/trainings.json pkg/training/testdata/torch.json
func TestTorchTrainsAlike(t *testing.T) {
	if path := os.Getenv("TORCH_TRAININGS"); path != "" {
		writeTorchCases(t, path)
		return
	}
	text, err := os.ReadFile("testdata/torch.json")
	require.NoError(t, err)
	var found inTorch
	require.NoError(t, json.Unmarshal(text, &found))
	trainings := torchTrainings()
	require.Len(t, found.Cases, len(trainings), "run testdata/make_torch.py")
	recorded := map[string]int{}
	for i, c := range found.Cases {
		recorded[c.Name] = i
	}
	backend := gobackend.GetBackend()
	for _, c := range trainings {
		t.Run(c.name, func(t *testing.T) {
			at, ok := recorded[c.name]
			require.True(t, ok)
			want := found.Cases[at]
			code, err := c.training.TorchCode()
			require.NoError(t, err)
			require.Equal(t, want.Code, code, "this was never run in PyTorch")
			m, err := run.New(c.training, fit.Options{Backend: backend})
			require.NoError(t, err)
			start(t, m)
			h, err := m.Fit(context.Background(), c.training.TrainData(), run.Config(c.training))
			require.NoError(t, err)
			got := h.Loss()
			rows, batch := c.training.TrainRows(), c.training.BatchSize
			require.Len(t, want.Losses, len(got)*c.training.Steps())
			_, summed := c.training.Loss.(loss.Summed)
			whole := c.training
			whole.BatchSize = rows
			for epoch, l := range got {
				mean := 0.0
				for i := range c.training.Steps() {
					share := float64(min(batch, rows-i*batch)) / float64(rows)
					if summed { // there a batch's loss is the sum over its terms
						share = 1 / float64(whole.SummedTerms())
					}
					mean += want.Losses[epoch*c.training.Steps()+i] * share
				}
				near(t, mean, l, "loss of epoch %d", epoch)
			}
			if held := h.ValidationLoss(); c.training.ValidationSplit > 0 {
				require.Len(t, want.Validation, len(held))
				for epoch, l := range held {
					near(t, want.Validation[epoch], l, "validation loss of epoch %d", epoch)
				}
			}
			if c.name == "normalization" {
				return // PyTorch's moving variance is another, as the code says
			}
			predictions, err := m.PredictAll(context.Background(), c.training.Data.Range(0, 1).Inputs()...)
			require.NoError(t, err)
			require.Len(t, want.FirstPrediction, len(predictions[0].Values))
			for i, p := range predictions[0].Values {
				require.InDelta(t, want.FirstPrediction[i], p, 1e-4, "prediction")
			}
		})
	}
}

// near allows a hundred-thousandth, and what rounding leaves of a sum of numbers of order 1.
func near(t *testing.T, want, got float64, format string, arguments ...any) {
	t.Helper()
	require.InDelta(t, want, got, 1e-5*math.Abs(want)+2e-7, append([]any{format}, arguments...)...)
}

func writeTorchCases(t *testing.T, path string) {
	var cases []torchCase
	for _, c := range torchTrainings() {
		code, err := c.training.TorchCode()
		require.NoError(t, err, c.name)
		m, err := run.New(c.training, fit.Options{Backend: gobackend.GetBackend()})
		require.NoError(t, err, c.name)
		values := start(t, m)
		shapes := c.training.RowShapes()
		for i, s := range shapes {
			shapes[i] = append([]int{c.training.BatchSize}, s...)
		}
		inTorch, err := nn.InTorch(c.training.Model, shapes...)
		require.NoError(t, err)
		written := torchCase{Name: c.name, Code: code, Inputs: len(shapes)}
		for _, a := range slices.Concat(c.given.Inputs(), c.given.Outputs(), c.heldOut()) {
			written.Arrays = append(written.Arrays, torchArrayOf(a))
		}
		for _, w := range inTorch.Weights {
			value, ok := values[w.Path]
			require.True(t, ok, w.Path)
			written.Weights = append(written.Weights, torchWeight{w.Expression, w.Transposed, torchArrayOf(value)})
		}
		cases = append(cases, written)
	}
	text, err := json.Marshal(cases)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o666))
}

func TestTorchCodeSaysWhyNot(t *testing.T) {
	for word, change := range map[string]func(*training.Training){
		"weights of rows":             func(c *training.Training) { c.Data.SampleWeight = make([]float32, torchRows) },
		"weights of rows and classes": func(c *training.Training) { c.ClassWeight = map[int]float64{0: 2} },
		"loss.CTC":                    func(c *training.Training) { c.Loss = loss.CTC{} },
		"optim.Ftrl":                  func(c *training.Training) { c.Optimizer = optim.Ftrl(0.1) },
		"OrthogonalRegularizer": func(c *training.Training) {
			c.Model = nn.Sequential{nn.Dense{Units: 2, KernelRegularizer: nn.OrthogonalRegularizer{}}}
		},
		"nn.NonNeg": func(c *training.Training) { c.Model = nn.Sequential{nn.Dense{Units: 2, KernelConstraint: nn.NonNeg{}}} },
	} {
		c := plain("numbers", loss.MSE{}, optim.SGD(0.1), nil)
		change(&c)
		_, err := c.TorchCode()
		require.ErrorContains(t, err, word)
		healthy := plain("numbers", loss.MSE{}, optim.SGD(0.2), nil)
		require.Empty(t, training.Compare(c, healthy).Torch)
		require.Empty(t, training.Compare(healthy, c).Torch)
	}
}
