package callback_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
)

func TestCSVLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.csv")
	for range 2 {
		script(t, []float64{0.5, math.NaN(), math.Inf(1)}, &callback.CSVLog{Path: path})
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "epoch,learning_rate,loss\n1,1,0.5\n2,1,NaN\n3,1,+Inf\n", string(text))
	}
	_, err := smallModel(t).Fit(ctx, noise(t, 4), fit.Config{Callbacks: []fit.Callback{&callback.CSVLog{}}})
	require.ErrorContains(t, err, "no Path")
}
