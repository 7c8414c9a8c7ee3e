package doctor

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// small is a case of a few rows that trains in no time; change makes it hostile.
func small(t *testing.T, rows int, change func(*training.Training)) training.Training {
	t.Helper()
	d, err := dataset.Random(rows, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	c := training.Training{Model: nn.Sequential{nn.Dense{Units: 1}}, Data: d, Optimizer: optim.SGD(0.01), Loss: loss.MSE{}, Epochs: 2, BatchSize: 8}
	change(&c)
	return c
}

func fill(values []float32, v float64) {
	for i := range values {
		values[i] = float32(v)
	}
}

// TestHostileCases examines cases that no reader refuses: a report or an error, and never a panic.
func TestHostileCases(t *testing.T) {
	const huge = 576460752303423488
	nan, inf := math.NaN(), math.Inf(1)
	for name, change := range map[string]func(*training.Training){
		"targets all NaN":       func(c *training.Training) { fill(c.Data.Y.Values, nan) },
		"targets all infinite":  func(c *training.Training) { fill(c.Data.Y.Values, inf) },
		"targets all -infinite": func(c *training.Training) { fill(c.Data.Y.Values, -inf) },
		"inputs all NaN":        func(c *training.Training) { fill(c.Data.X.Values, nan) },
		"all constant":          func(c *training.Training) { fill(c.Data.X.Values, 1); fill(c.Data.Y.Values, 1) },
		"huge values":           func(c *training.Training) { fill(c.Data.X.Values, 3e38); c.Data.Y.Values[0] = 3e38 },
		"huge batch":            func(c *training.Training) { c.BatchSize = huge },
		"huge batch and split":  func(c *training.Training) { c.BatchSize, c.ValidationSplit = math.MaxInt, 0.5 },
		"NaN classes": func(c *training.Training) {
			c.Loss = loss.SparseCategoricalCrossentropy{}
			c.Model = nn.Sequential{nn.Dense{Units: 3, Activation: nn.Softmax{}}}
			fill(c.Data.Y.Values, nan)
		},
		"class beyond the outputs": func(c *training.Training) {
			c.Loss = loss.SparseCategoricalCrossentropy{}
			c.Model = nn.Sequential{nn.Dense{Units: 3, Activation: nn.Softmax{}}}
			fill(c.Data.Y.Values, 998)
		},
		"only the validation rows are NaN": func(c *training.Training) {
			c.ValidationSplit = 0.5
			for i := c.Data.Rows() / 2; i < c.Data.Rows(); i++ {
				c.Data.Y.Values[i] = float32(nan)
			}
		},
		"negative weights": func(c *training.Training) {
			c.Data.SampleWeight = make([]float32, c.Data.Rows())
			fill(c.Data.SampleWeight, -1)
		},
		"NaN weights": func(c *training.Training) {
			c.Data.SampleWeight = make([]float32, c.Data.Rows())
			fill(c.Data.SampleWeight, nan)
		},
		"a nested name twice": func(c *training.Training) {
			c.Model = nn.Sequential{nn.Frozen{Layer: nn.Sequential{nn.Dense{Name: "a", Units: 1}, nn.Dense{Name: "a", Units: 1}}}}
		},
		"a layer is nil":        func(c *training.Training) { c.Model = nn.Sequential{nil, nn.Dense{Units: 1}} },
		"a nested layer is nil": func(c *training.Training) { c.Model = nn.Sequential{nn.Sequential{nil}, nn.Dense{Units: 1}} },
		"a wrapped layer is nil": func(c *training.Training) {
			c.Model = nn.Sequential{nn.Frozen{}, nn.Renamed{}, nn.Dense{Units: 1}}
		},
		"no weights at all": func(c *training.Training) { c.Model = nn.Sequential{nn.ReLU{}} },
	} {
		for _, rows := range []int{1, 2, 7, 60} {
			t.Run(name, func(t *testing.T) {
				c := small(t, rows, change)
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				r, err := Examine(ctx, c, Options{})
				if err == nil {
					require.NotEmpty(t, r.Verdict())
					for _, a := range r.Attempts {
						require.Len(t, a.Causes, len(a.Treatments), "a cause for each treatment, also where the first of two can't be applied")
					}
				}
				var internal *InternalError
				require.NotErrorAs(t, err, &internal)
			})
		}
	}
}

// TestUnseenWithoutATreatmentThatRuns is a model that learns its rows, does badly on the others, and runs as it is
// but under no treatment.
func TestUnseenWithoutATreatmentThatRuns(t *testing.T) {
	c := small(t, 40, func(c *training.Training) {
		c.Epochs, c.ValidationSplit, c.Optimizer = 300, 0.5, optim.Adam(0.05)
	})
	r := &runner{backend: pureGo()}
	e := &examination{ctx: context.Background(), runner: r, patient: &Patient{Training: c}, report: &Report{Training: c}}
	e.early = newEarly(e.ctx, 1, e.runNamed)
	nan := math.NaN()
	e.patient.Before = &Outcome{Loss: 0.01, ValidationLoss: 9, Explained: 0.9, ValidationExplained: -3, Progress: 0.9, ValidationProgress: nan}
	e.patient.Look.Signal = Signal{Linear: nan, Neighbours: nan, Network: nan}
	e.patient.Training.Model = nn.Sequential{nn.Func(func(*model.Scope, *graph.Node) *graph.Node { panic("not at all") })}
	require.NoError(t, e.examineValidation())
	require.Equal(t, Overfitting, e.report.Cause)
	require.False(t, e.report.Findings[0].Verified)
	require.NotContains(t, e.report.Verdict(), "settings tried help", "none could be tried")
}

// A few settings of a layer may ask for any amount of memory: that is refused before anything is built.
func TestMemoryOfWindowsAndScores(t *testing.T) {
	row := func(shape ...int) training.Training {
		x := dataset.Array{Shape: append([]int{40}, shape...)}
		x.Values = make([]float32, 40*x.RowSize())
		return training.Training{Data: dataset.Data{X: x, Y: dataset.Array{Shape: []int{40, 1}, Values: make([]float32, 40)}}, Loss: loss.MSE{}, Optimizer: optim.Adam(1e-3)}
	}
	long, wide := row(30_000, 1), row(300, 300, 1)
	long.Model = nn.Sequential{nn.MultiHeadAttention{NumHeads: 8, KeyDim: 1}, nn.GlobalAveragePooling1D{}, nn.Dense{Units: 1}}
	wide.Model = nn.Sequential{nn.Conv2D{Filters: 1, KernelSize: []int{300}, Padding: "same"}, nn.GlobalAveragePooling2D{}, nn.Dense{Units: 1}}
	for _, c := range []training.Training{long, wide} {
		require.NoError(t, c.Validate())
		_, err := Examine(t.Context(), c, Options{})
		require.ErrorContains(t, err, "of memory would be needed")
	}
}
