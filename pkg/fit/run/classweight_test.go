package run_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// array is an array in class_weight.json.
type array struct {
	Shape  []int     `json:"shape"`
	Values []float32 `json:"values"`
}

func (a array) data() dataset.Array { return dataset.Array{Shape: a.Shape, Values: a.Values} }

// Weights of classes give Keras' losses; testdata/make_class_weight.py wrote them.
func TestClassWeightIsKeras(t *testing.T) {
	text, err := os.ReadFile("testdata/class_weight.json")
	require.NoError(t, err)
	var golden struct {
		Cases []struct {
			Name            string          `json:"name"`
			LossName        string          `json:"loss_name"`
			Units           int             `json:"units"`
			Activation      string          `json:"activation"`
			X               []float32       `json:"x"`
			Y               array           `json:"y"`
			Weights         []array         `json:"weights"`
			ClassWeight     map[int]float64 `json:"class_weight"`
			ValidationSplit float64         `json:"validation_split"`
			Loss            []float64       `json:"loss"`
			Accuracy        []float64       `json:"accuracy"`
			ValLoss         []float64       `json:"val_loss"`
		} `json:"cases"`
	}
	require.NoError(t, json.Unmarshal(text, &golden))
	require.Len(t, golden.Cases, 4)
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) {
			backendtest.Each(t, func(t *testing.T, b compute.Backend) {
				l, err := loss.ByName(c.LossName)
				require.NoError(t, err)
				activation, err := nn.ActivationByName(c.Activation)
				require.NoError(t, err)
				described := training.Training{
					Model: nn.Sequential{nn.Dense{Units: 8, Activation: nn.Tanh{}}, nn.Dense{Units: c.Units, Activation: activation}},
					Data:  dataset.Data{X: dataset.Array{Shape: []int{50, 4}, Values: c.X}, Y: c.Y.data()}, Optimizer: optim.Adam(0.05), Loss: l,
					Metrics: []loss.Metric{loss.Accuracy{}}, Epochs: 4, BatchSize: 16, NoShuffle: true, ValidationSplit: c.ValidationSplit, ClassWeight: c.ClassWeight,
				}
				require.NoError(t, described.Validate())
				m, err := run.New(described, fit.Options{Backend: b})
				require.NoError(t, err)
				var weights []dataset.Array
				for _, w := range c.Weights {
					weights = append(weights, w.data())
				}
				require.NoError(t, m.SetWeights(weights))
				h, err := m.Fit(context.Background(), described.TrainData(), run.Config(described))
				require.NoError(t, err)
				require.InDeltaSlice(t, c.Loss, h.Loss(), 1e-5)
				require.InDeltaSlice(t, c.ValLoss, h.ValidationLoss(), 1e-5)
				for i, e := range h.Epochs {
					require.InDelta(t, c.Accuracy[i], e.Metrics["accuracy"], 1e-6, "metrics aren't weighted")
				}
			})
		})
	}
}
