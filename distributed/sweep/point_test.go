package sweep

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func TestPointOf(t *testing.T) {
	base := training.Training{Optimizer: optim.SGD(0.5)}
	p, err := PointOf([]byte(`{"learning_rate": 0.1, "optimizer": "adam", "clip_norm": 1, "batch_size": 8}`), base)
	require.NoError(t, err)
	require.Equal(t, []explore.Setting{
		{Axis: "learning rate", Label: "0.1"}, {Axis: "batch size", Label: "8"}, {Axis: "optimizer", Label: "adam"}, {Axis: "clip norm", Label: "1"},
	}, p.Settings())
	changed, err := p.Apply(base)
	require.NoError(t, err)
	require.Equal(t, "optim.Adam(0.1).With(optim.ClipByNorm{Max: 1})", changed.Optimizer.GoCode())
	for text, want := range map[string]string{
		`{}`:                       "space is empty",
		`{"rate": 1}`:              `unknown field "rate"`,
		`{"learning_rate": "a"}`:   "learning_rate",
		`{"learning_rate": -1}`:    "must be above 0",
		`{"optimizer": "madam"}`:   "unknown optimizer",
		`{"batch_size": 8, "x": 1`: "x",
	} {
		_, err := PointOf([]byte(text), base)
		require.ErrorContains(t, err, want, text)
	}
}
