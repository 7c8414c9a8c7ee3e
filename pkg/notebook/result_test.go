package notebook

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
)

type shy struct{ n int }

func (s *shy) String() string { return strings.Repeat("x", s.n) }

func TestResult(t *testing.T) {
	for want, v := range map[string]any{
		"3": 3, "0.5": 0.5, "hello": "hello", `""`: "", "nil": nil, "[1 2]": []int{1, 2},
		`notebook.history{Name: "low", Losses: [0.5]}`: history{"low", []float64{0.5}}, "xxx": &shy{3},
	} {
		var r Recorder
		require.NoError(t, resultOn(&r, v))
		require.Len(t, r.Shown(), 1)
		assert.Equal(t, want, string(r.Shown()[0].Data[Plain]))
	}
	assert.Contains(t, resultText((*shy)(nil)), "its method panics")

	long := resultText(strings.Repeat("é", 5000))
	assert.Less(t, len(long), longestResult+200)
	assert.Contains(t, long, "6000 bytes are left out")
	assert.True(t, strings.HasPrefix(long, "éé"))
}

func TestResultShowsAHistoryAsItsCurve(t *testing.T) {
	h := fit.History{Epochs: []fit.Epoch{{Number: 1, Loss: 0.5}, {Number: 2, Loss: 0.25}}}
	for _, v := range []any{h, &h, losses} {
		var r Recorder
		require.NoError(t, resultOn(&r, v))
		require.Len(t, r.Shown(), 1)
		assert.Contains(t, r.Shown()[0].Data, PNG)
	}
	var none *fit.History
	var r Recorder
	require.NoError(t, resultOn(&r, none))
	assert.Equal(t, "fit.History of no epoch", string(r.Shown()[0].Data[Plain]))
}

func TestResultOfADivergedTrainingSaysWhatToTry(t *testing.T) {
	h := fit.History{Epochs: []fit.Epoch{{Number: 1, Loss: 9}, {Number: 2, Loss: math.Inf(1), LearningRate: 10}, {Number: 3, Loss: math.NaN(), LearningRate: 10}}}
	var r Recorder
	require.NoError(t, resultOn(&r, h))
	require.Len(t, r.Shown(), 2)
	assert.Contains(t, string(r.Shown()[1].Data[Plain]), "The loss is NaN since epoch 2. Try a learning rate of 1 in place of 10, less where that is still too much; inputs and targets of about unit size")
	h.Epochs = append(h.Epochs, fit.Epoch{Number: 4, Loss: 0.5})
	assert.Empty(t, diverged(&h), "it came back")
	assert.Contains(t, divergence(math.NaN(), "step 1", math.NaN()), "Try inputs and targets of about unit size")
}
