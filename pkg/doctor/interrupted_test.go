package doctor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// incurable is stuck for two reasons at once, so that many treatments are tried.
func incurable(t *testing.T) training.Training {
	t.Helper()
	d, err := dataset.Random(120, []int{3}, []int{1}, 5)
	require.NoError(t, err)
	for i := range d.Y.Values {
		d.Y.Values[i] = 3*d.X.Row(i)[0] - 1000
	}
	return training.Training{
		Model: nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}},
		Data:  d, Optimizer: optim.Adam(1e-8), Loss: loss.MSE{}, Epochs: 10, BatchSize: 16,
	}
}

// Wherever an examination is interrupted, it says what it knows by then, as no verdict, and what a whole one knows more.
func TestInterruptedSaysWhatIsKnown(t *testing.T) {
	c := incurable(t)
	for _, at := range []int{1, 2, 4} {
		var r *doctor.Report
		var err error
		soon(t, func() time.Duration {
			ctx, cancel := context.WithCancel(t.Context())
			began := time.Time{}
			r, err = doctor.Examine(ctx, c, doctor.Options{OnStep: func(s doctor.Step) {
				if s.Trial == at {
					began = time.Now()
					cancel()
				}
			}})
			return time.Since(began)
		})
		require.ErrorIs(t, err, context.Canceled)
		require.Nil(t, r)
		var interrupted *doctor.Interrupted
		require.ErrorAs(t, err, &interrupted)
		r = interrupted.Report
		require.True(t, r.Interrupted)
		require.Contains(t, r.Verdict(), "Interrupted ")
		require.Contains(t, r.Verdict(), "no verdict")
		require.Equal(t, at > 1, r.Before != nil)
		require.NotEqual(t, doctor.Healthy, r.Cause)
		for _, f := range r.Findings {
			require.False(t, f.Verified)
			require.NotEqual(t, doctor.Proved, f.Certainty())
			require.NotEmpty(t, f.Treatment.Go)
		}
		if at == 1 {
			require.Contains(t, r.Verdict(), "before anything was run")
			require.Empty(t, r.Attempts)
		}
		if at == 4 {
			require.NotEmpty(t, r.Findings)
		}
	}
}

// The trials are numbered one by one, and their estimated number is that of the plan: not below what comes, and never one that
// somebody wrote down.
func TestTrialsAreCounted(t *testing.T) {
	c := incurable(t)
	var steps []doctor.Step
	var told []string
	_, err := doctor.Examine(t.Context(), c, doctor.Options{OnStep: func(s doctor.Step) { steps = append(steps, s) }, Progress: func(what string) { told = append(told, what) }})
	require.NoError(t, err)
	require.Len(t, told, len(steps))
	trials, last := 0, doctor.Step{}
	for i, s := range steps {
		require.Equal(t, told[i], s.What)
		if s.Trial == 0 {
			continue
		}
		trials++
		require.Equal(t, trials, s.Trial)
		if s.Of > 0 {
			require.GreaterOrEqual(t, s.Of, s.Trial)
			require.Positive(t, s.Left)
			require.True(t, strings.HasPrefix(s.String(), "trial "))
			last = s
		}
	}
	require.Positive(t, last.Of, "a plan was told")
}

func TestReportAsAString(t *testing.T) {
	r := &doctor.Report{Cause: doctor.DyingReLU, Findings: []doctor.Finding{{
		Rule: doctor.Rules()[0], Cause: doctor.DyingReLU, Symptoms: []doctor.Symptom{{Text: "all are off"}}, Treatment: doctor.Treatment{Text: "draw anew", Go: "a", Keras: "b\nc"},
	}}}
	text := r.String()
	require.True(t, strings.HasPrefix(text, r.Verdict()))
	require.Contains(t, text, "\n1. dying-relu: draw anew\n   Go: a\n   Keras: b\n   c\n   all are off")
}
