package doctor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

func TestJudges(t *testing.T) {
	d, err := dataset.Random(400, []int{4}, []int{1}, 3)
	require.NoError(t, err)
	c := training.Training{Data: d}
	none := quickly(t, c)
	require.Less(t, none.Best(), 0.05)
	for i := range d.Y.Values { // exclusive or: nothing for a linear model
		x := d.X.Row(i)
		d.Y.Values[i] = 0
		if (x[0] > 0.5) != (x[1] > 0.5) {
			d.Y.Values[i] = 1
		}
	}
	xor := quickly(t, c)
	require.Less(t, xor.Linear, 0.05)
	require.Greater(t, xor.Neighbours, 0.3)
	for i := range d.Y.Values {
		d.Y.Values[i] = 3*d.X.Row(i)[2] - 1
	}
	require.InDelta(t, 1, quickly(t, c).Linear, 0.01)
}

func quickly(t *testing.T, c training.Training) Signal {
	t.Helper()
	s, _, err := signalOf(context.Background(), newTable(c, lookAtTargetsOf(c), ""))
	require.NoError(t, err)
	return s
}

func lookAtTargetsOf(c training.Training) Look {
	return Look{Rows: c.Data.Rows(), TargetLook: lookAtTargets(c.Data.Y)}
}
