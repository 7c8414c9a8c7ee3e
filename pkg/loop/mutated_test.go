package loop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Whatever is changed in the recording of a correct loop, it is none of which everything was checked and is correct.
func TestWhateverIsChangedIsSeen(t *testing.T) {
	folder, other := unpacked(t, string(Correct)), unpacked(t, string(OtherLoss))
	changed := func(name string, change func(r *Recording)) {
		t.Helper()
		r, err := Read(folder)
		require.NoError(t, err)
		change(r)
		r.follow()
		report, err := Diagnose(t.Context(), r, Options{})
		if err == nil && report.Cause == Correct && len(report.Unchecked) == 0 {
			t.Errorf("%s: nothing of it is seen\n%s", name, report.Text())
		}
	}
	r, err := Read(folder)
	require.NoError(t, err)
	report, err := Diagnose(t.Context(), r, Options{})
	require.NoError(t, err)
	require.Equal(t, Correct, report.Cause)
	require.Empty(t, report.Unchecked, "unchanged")
	for k := range r.Steps {
		var names []string
		for name := range r.Steps[k].values {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if k == 2 { // as step 2
				continue
			}
			changed(fmt.Sprintf("step %d, %s one and a half times", k+1, name), func(r *Recording) {
				a := r.Steps[k].values[name]
				a.Values = slices.Clone(a.Values)
				for i := range a.Values {
					a.Values[i] *= 1.5
				}
				r.Steps[k].values[name] = a
			})
			if k == 1 && !strings.HasPrefix(name, "before/") {
				changed(fmt.Sprintf("step 2, %s of step 3", name), func(r *Recording) {
					r.Steps[1].values[name], r.Steps[2].values[name] = r.Steps[2].values[name], r.Steps[1].values[name]
				})
			}
		}
		changed(fmt.Sprintf("step %d, loss", k+1), func(r *Recording) { *r.Steps[k].Loss *= 1.01 })
		changed(fmt.Sprintf("step %d, rate", k+1), func(r *Recording) { r.Steps[k].Rates = [][]float64{{0.06}} })
		changed(fmt.Sprintf("step %d without arrays", k+1), func(r *Recording) { r.Steps[k].Arrayed, r.Steps[k].values = false, map[string]dataset.Array{} })
		changed(fmt.Sprintf("step %d without a step", k+1), func(r *Recording) {
			r.Steps[k].Events = slices.DeleteFunc(slices.Clone(r.Steps[k].Events), func(e string) bool { return e == "step" })
		})
	}
	for a, b := range map[int]int{0: 1, 1: 2, 2: 3} {
		changed(fmt.Sprintf("steps %d and %d exchanged", a+1, b+1), func(r *Recording) {
			r.Steps[a], r.Steps[b] = r.Steps[b], r.Steps[a]
			r.Steps[a].Number, r.Steps[b].Number = a+1, b+1
		})
	}
	changed("claimed values", func(r *Recording) {
		for k := range r.Steps {
			v := 2 * *r.Steps[k].Loss
			r.Steps[k].Loss, r.Steps[k].Claimed = &v, &v
		}
	})
	changed("another's steps", func(r *Recording) {
		o, err := Read(other)
		require.NoError(t, err)
		r.Steps = o.Steps
	})
	changed("other weights at the start", func(r *Recording) {
		for i := range r.Parameters {
			name := fmt.Sprintf("before/%d", i)
			a := r.Steps[0].values[name]
			a.Values = slices.Clone(a.Values)
			a.Values[0] += 0.1
			r.Steps[0].values[name] = a
		}
	})
	changed("another optimizer", func(r *Recording) { r.Optimizers[0].Class = "RMSprop" })
}
