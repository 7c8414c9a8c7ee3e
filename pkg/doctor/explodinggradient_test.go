package doctor

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// A relu keeps nothing that a layer carries over time within bounds, with gates or without; other layers and other activations are left alone.
func TestTanhOverTime(t *testing.T) {
	dense := nn.Dense{Units: 2, Activation: nn.ReLU{}}
	for _, c := range []struct{ model, want nn.Layer }{
		{nn.Sequential{nn.SimpleRNN{Units: 3, Activation: nn.ReLU{}}, dense}, nn.Sequential{nn.SimpleRNN{Units: 3, Activation: nn.Tanh{}}, dense}},
		{nn.Sequential{nn.Sequential{nn.GRU{Units: 3, Activation: nn.Linear{}}}, dense}, nn.Sequential{nn.Sequential{nn.GRU{Units: 3, Activation: nn.Tanh{}}}, dense}},
		{nn.Sequential{nn.LSTM{Units: 3}, dense}, nil},
		{nn.Sequential{nn.LSTM{Units: 3, Activation: nn.Sigmoid{}}, dense}, nil},
		{dense, nil},
	} {
		require.Equal(t, c.want != nil, hasLayer(c.model, carriesUnbounded), "%v", c.model)
		treated, err := tanhOverTime.Apply(training.Training{Model: c.model})
		require.NoError(t, err)
		if c.want == nil {
			c.want = c.model
		}
		require.Equal(t, c.want, treated.Model)
	}
}
