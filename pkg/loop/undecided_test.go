package loop

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Steps at which Keras' optimizer gathers gradients leave the weights as they are; where it makes one of each gradient that is unknown.
func TestUndecidedWhereGradientsAreGathered(t *testing.T) {
	none := Number(math.NaN())
	penalized := Row{Loss: 1.001, Replayed: 1, GradientRatio: none, GradientCosine: none, UpdateRatio: none}
	updated := penalized
	updated.UpdateRatio = 1
	seen := Step{Arrayed: true, View: viewWeights}
	for config, decided := range map[string]bool{
		`{"config": {"gradient_accumulation_steps": 3}}`:    true,
		`{"config": {"gradient_accumulation_steps": null}}`: false,
		`{"config": {}}`: false,
		`nothing`:        false,
	} {
		r := &Recording{Framework: kerasFramework, Steps: []Step{seen, seen, seen}, Optimizers: []Optimizer{{Config: []byte(config)}}}
		why := r.undecided(&Report{Steps: []Row{penalized, penalized, updated}}, &replays{})
		require.Equal(t, decided, why == "", config)
	}
	still := Step{Backwards: 1, LossGraph: "tensor", Line: &Line{}, Events: []string{"backward", "step"}}
	still.Events = still.Events[:1] // no optimizer's step was seen
	for steps, named := range map[int]bool{3: true, 4: false} {
		r := &Recording{Framework: kerasFramework, Steps: []Step{still, still, still}, Optimizers: []Optimizer{{Config: fmt.Appendf(nil, `{"config": {"gradient_accumulation_steps": %d}}`, steps)}}}
		require.Equal(t, named, noUpdate(r, unreplayed(3)) != nil, "the first step of %d gradients", steps)
	}
}

// What wasn't compared, or doesn't agree, is not said to be as it is claimed.
func TestUndecided(t *testing.T) {
	none := Number(math.NaN())
	nothing := Row{Step: 1, Loss: 1, Replayed: none, GradientRatio: none, GradientCosine: none, UpdateRatio: none}
	loss := nothing
	loss.Replayed = 1
	gradient, update := loss, loss
	gradient.GradientRatio, update.UpdateRatio = 1, 1
	other, still, another := update, update, loss // of another loss: the update the optimizer's, or not, or only the gradient known
	other.Loss, still.Loss, another.Loss, still.UpdateRatio, another.GradientCosine = 3, 3, 3, 0.2, 0.5
	penalized := another
	penalized.GradientCosine = 0.9999
	with := func(r Row) Row { r.GradientRatio = 1; return r }
	unmoved, lost := loss, update
	unmoved.Loss, lost.Loss = 3, none
	seen := Step{Arrayed: true, View: viewWeights}
	compiled := []Step{seen, seen, seen}
	two, one := []Step{{Arrayed: true}, {Arrayed: true}}, []Step{{Arrayed: true}, {}}
	for _, c := range []struct {
		steps  []Step
		report Report
		want   string
	}{
		{two, Report{Steps: []Row{nothing}}, "had nothing to compare"},
		{two, Report{}, "had nothing to compare"},
		{two, Report{Steps: []Row{loss, loss}}, "had nothing to compare"},
		{two, Report{Steps: []Row{nothing, gradient}}, ""},
		{two, Report{Steps: []Row{nothing, update}}, ""},
		{two, Report{Steps: []Row{other, other}}, ""},
		{two, Report{Steps: []Row{with(penalized), with(penalized)}}, ""},
		{two, Report{Steps: []Row{other, update}}, ""},
		{two, Report{Steps: []Row{still, update}}, ""},
		{two, Report{Steps: []Row{still, still}}, "neither it nor what moved the weights"},
		{two, Report{Steps: []Row{still, other}}, "neither it nor what moved the weights"},
		{two, Report{Steps: []Row{with(another), with(another)}}, "neither it nor what moved the weights"},
		{compiled, Report{Steps: []Row{unmoved, lost, lost}}, "neither it nor what moved the weights"},
		{compiled, Report{Steps: []Row{other, lost, lost}}, ""},
		{compiled, Report{Steps: []Row{update, lost, lost}}, ""},
		{two, Report{Steps: []Row{gradient}, strays: true}, "doesn't agree everywhere"},
		{one, Report{Steps: []Row{gradient, nothing}}, "1 of 2 steps have their weights"},
		{one[:1], Report{Steps: []Row{gradient}}, "too little was recorded"},
	} {
		why := (&Recording{Steps: c.steps, GradientHooks: []string{}}).undecided(&c.report, &replays{})
		require.Equal(t, c.want == "", why == "")
		require.Contains(t, why, c.want)
	}
}

// Gradients that hooks may have changed on their way through the model, and that can't be compared with the loss's or aren't these, prove
// nothing, though each update is the optimizer's; without hooks there is nothing that could have.
func TestGradientsBeyondHooks(t *testing.T) {
	none := Number(math.NaN())
	apart := &replays{steps: []replayed{{}, {}}}
	for k := range apart.steps {
		one := &apart.steps[k]
		one.scale = 1
		one.own.add([]float32{1, 0}, []float32{1, 1})
		one.parts = []part{{"w", one.own}}
	}
	alike := &replays{steps: []replayed{{}, {}}}
	for name, c := range map[string]struct {
		hooks    []string
		all      *replays
		gradient Number
		keras    bool
		want     string
	}{
		"none":                    {[]string{}, alike, none, false, ""},
		"none, and others":        {[]string{}, apart, 1, false, ""},
		"not known":               {nil, alike, none, false, "whether hooks on layers or weights change them isn't known"},
		"not known, but compared": {nil, alike, 1, false, ""},
		"some":                    {[]string{"a", "b"}, alike, none, false, "there are hooks on those of a, b"},
		"some, compared":          {[]string{"a"}, alike, 1, false, ""},
		"some, and others":        {[]string{"a", "b", "c", "d", "e", "f"}, apart, 1, false, "at 2 of 2 steps, and there are hooks on those of a, b, c, d and 2 more"},
		"of Keras":                {nil, alike, none, true, ""},
	} {
		r := &Recording{Framework: torchFramework, GradientHooks: c.hooks, Steps: []Step{{Arrayed: true}, {Arrayed: true}}}
		if c.keras {
			r.Framework = kerasFramework
		}
		row := Row{GradientRatio: c.gradient, GradientCosine: none, UpdateRatio: 1}
		why := r.undecided(&Report{Steps: []Row{row, row}}, c.all)
		require.Equal(t, c.want == "", why == "", "%s: %s", name, why)
		require.Contains(t, why, c.want, name)
	}
}

// Of a correct loop one step says too little, whatever made it one; what a fault shows in one step is named all the same.
func TestOneStep(t *testing.T) {
	for cause, want := range map[Cause]Cause{Correct: Undecided, WrongParameters: WrongParameters} {
		for _, ended := range []bool{true, false} {
			folder := unpacked(t, string(cause))
			path := filepath.Join(folder, File)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			told := with(`"steps": 4`, `"steps": 1`)(string(content))
			if !ended {
				told = with(`"ended": true`, `"ended": false`)(told)
			}
			require.NoError(t, os.WriteFile(path, []byte(told), 0o644))
			r, err := Read(folder)
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{})
			require.NoError(t, err)
			require.Equal(t, want, report.Cause)
			require.Equal(t, !ended, strings.Contains(report.Text(), "what the loop did behind step 1: it was killed, or hadn't come to its end"))
			require.NotContains(t, report.Text(), "loop-correct")
		}
	}
}

// Of steps without arrays, as of a model too large for a recording, the headline claims nothing.
func TestStepsWithoutArrays(t *testing.T) {
	r, err := Read(unpacked(t, string(Correct)))
	require.NoError(t, err)
	for k := range r.Steps {
		r.Steps[k].Arrayed = false
	}
	report, err := Diagnose(t.Context(), r, Options{})
	require.NoError(t, err)
	require.Equal(t, Undecided, report.Cause)
	require.Regexp(t, "^undecided: .* 0 of 4 steps have their weights and gradients. Its batches are too large", report.Text(), "the model is small")
	r.Parameters[0].Shape = []int{largeModel}
	require.Contains(t, r.undecided(report, nil), "The model is too large")
}

// A proof compares as many steps with as many: that ten times as many of them get further is none.
func TestProofOfAsManySteps(t *testing.T) {
	p := Proof{Recorded: []Number{3, 2}, Correct: []Number{3, 2.5}, Start: 3, RecordedEnd: 1, CorrectEnd: 2, LaterEnd: 0.1}
	require.False(t, p.Proves())
	p.CorrectEnd = 0.5
	require.True(t, p.Proves())
	p.Correct = p.Recorded
	require.False(t, p.Proves(), "the same way")
}

func TestNothingIsTrainable(t *testing.T) {
	r := &Recording{Parameters: []Parameter{{Name: "w", Model: true}}, Steps: []Step{{Number: 1, LossGraph: "graph", before: make([]dataset.Array, 1), weights: make([]dataset.Array, 1)}}}
	f := noUpdate(r, unreplayed(len(r.Steps)))
	require.NotNil(t, f)
	require.Equal(t, NoUpdate, f.Cause)
	require.Contains(t, f.Evidence, "none of the model's 1 parameter is trainable")
}
