package fit

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func TestModelAndHistoryPrint(t *testing.T) {
	b, err := backend.Open(backend.Options{Name: backend.Go})
	require.NoError(t, err)
	m, err := Compile(nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, optim.Adam(0.01), loss.MSE{}, Options{Backend: b.Backend, Metrics: []loss.Metric{loss.MAE{}}})
	require.NoError(t, err)
	require.Equal(t, `fit.Model, not trained yet
  model      nn.Sequential{
    nn.Dense{Units: 8, Activation: nn.ReLU{}},
    nn.Dense{Units: 1},
  }
  optimizer  optim.Adam(0.01)
  loss       mse
  metrics    mae`, fmt.Sprint(m))
	m.progress.epochs = 1
	require.Contains(t, m.String(), "trained for 1 epoch\n")
	require.Contains(t, fmt.Sprint((*Model)(nil)), "fit.Compile makes one")

	h := &History{Epochs: []Epoch{{Number: 1, Loss: 0.5}, {Number: 2, Loss: 0.3}, {Number: 3, Loss: 0.25, Metrics: map[string]float64{"mae": 0.4}, Validation: &Result{0.3, map[string]float64{"mae": 0.45}}}}, Stopped: "no better for 2 epochs"}
	require.Equal(t, "epoch 1: loss 0.5\nepoch 3: loss 0.25, mae 0.4, val_loss 0.3, val_mae 0.45\nstopped: no better for 2 epochs", fmt.Sprint(h))
	require.Equal(t, "fit.History of no epoch", fmt.Sprint((*History)(nil)))
}
