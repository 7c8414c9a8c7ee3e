package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A model that stays in eval mode is named from the step on at which it begins, recorded or later; one that is put back isn't, nor one whose parts
// are in training mode, or whose mode isn't known, nor one of which nothing acts otherwise, or a part is frozen.
func TestEvalMode(t *testing.T) {
	const on, off = true, false
	six := []bool{off, off, off, off, off, off}
	for what, c := range map[string]struct {
		recorded, later []bool
		change          func(s *Step)
		from            int // 0: no finding
	}{
		"always":                     {[]bool{off, off, off, off}, nil, nil, 1},
		"at most steps":              {[]bool{on, off, off, off}, nil, nil, 2},
		"never":                      {[]bool{on, on, on, on}, []bool{on, on, on, on}, nil, 0},
		"behind the recording":       {[]bool{on, on, on, on}, append([]bool{on, on}, append(six, six...)...), nil, 23},
		"at the end of it":           {[]bool{on, on, on, on, on, off}, six[:2], nil, 6},
		"at two steps":               {[]bool{on, on, off}, six[:1], nil, 0},
		"at the last steps":          {[]bool{on, on, on, on}, append([]bool{on, on, on}, six...), nil, 0},
		"put back later":             {[]bool{on, on, on, on}, append(append([]bool{on}, six...), on), nil, 0},
		"put back in the recording":  {[]bool{on, on, off, on, on, on}, six, nil, 0},
		"its parts are trained":      {[]bool{off, off, off, off}, nil, func(s *Step) { s.PartsTraining = true }, 0},
		"called part by part":        {[]bool{on, on, on, on}, six, func(s *Step) { s.Forwards = 0 }, 0},
		"never in that of training":  {[]bool{off}, six, nil, 0},
		"nothing known of the later": {[]bool{on, on, on, off}, nil, nil, 0},
	} {
		r := &Recording{ModeModules: []string{"drop"}}
		for k, training := range c.recorded {
			s := Step{Number: k + 1, Backwards: 1, Forwards: 1, Training: training}
			if c.change != nil {
				c.change(&s)
			}
			r.Steps = append(r.Steps, s)
		}
		for k, training := range c.later {
			r.Rates = append(r.Rates, RateSample{Step: 21 + k, Training: &training})
		}
		r.Rates = append(r.Rates, RateSample{Step: 99}) // of which nothing is known
		f := evalMode(r)
		require.Equal(t, c.from > 0, f != nil, what)
		if f != nil {
			require.Equal(t, c.from, f.Step, what)
			require.Contains(t, f.Evidence, "drop", what)
		}
		r.Parameters = []Parameter{{Model: true}}
		require.Nil(t, evalMode(r), what)
		r.Parameters, r.ModeModules = nil, nil
		require.Nil(t, evalMode(r), what)
	}
	r := &Recording{ModeModules: []string{"drop"}, Rates: []RateSample{{Step: 13}}}
	require.Nil(t, evalMode(r), "without a step")
}
