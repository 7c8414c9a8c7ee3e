package explore

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goldenCurve is a curve of testdata/make_golden.py with what fastai's functions say about it.
type goldenCurve struct {
	Name             string
	Steps            int
	Rates            []float64
	Losses, Smoothed []loose
	Suggestions      struct{ Valley, Steep, Minimum, Slide *float64 }
}

// loose is a number that JSON may hold as the words nan and inf.
type loose float64

func (l *loose) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"nan"`:
		*l = loose(math.NaN())
	case `"inf"`:
		*l = loose(math.Inf(1))
	default:
		return json.Unmarshal(text, (*float64)(l))
	}
	return nil
}

func goldenCurves(t *testing.T) []goldenCurve {
	t.Helper()
	text, err := os.ReadFile("testdata/suggestions.json")
	require.NoError(t, err)
	var all []goldenCurve
	require.NoError(t, json.Unmarshal(text, &all))
	require.NotEmpty(t, all)
	return all
}

func TestSuggestionsAreFastais(t *testing.T) {
	for _, c := range goldenCurves(t) {
		t.Run(c.Name, func(t *testing.T) {
			r := RangeResult{Steps: c.Steps}
			for i, v := range c.Smoothed {
				r.Rates = append(r.Rates, c.Rates[i])
				r.Smoothed = append(r.Smoothed, float64(v))
				if math.IsNaN(float64(v)) { // where RangeTest ends
					break
				}
			}
			for name, pair := range map[string]struct {
				want *float64
				got  float64
			}{
				"valley":        {c.Suggestions.Valley, r.Valley()},
				"steepest":      {c.Suggestions.Steep, r.Steepest()},
				"minimum/10":    {c.Suggestions.Minimum, r.MinimumTenth()},
				"longest slide": {c.Suggestions.Slide, r.LongestSlide()},
			} {
				if pair.want == nil {
					assert.True(t, math.IsNaN(pair.got), "%s is %g", name, pair.got)
					continue
				}
				assert.Equal(t, *pair.want, pair.got, name)
			}
		})
	}
}

func TestSmoothingAndStopAreFastais(t *testing.T) {
	for _, c := range goldenCurves(t) {
		t.Run(c.Name, func(t *testing.T) {
			s, low := smoother{beta: 0.98}, math.Inf(1)
			for i, loss := range c.Losses {
				got, want := s.add(float64(loss)), float64(c.Smoothed[i])
				if math.IsNaN(want) {
					assert.NotEmpty(t, s.verdict())
					return
				}
				assert.InEpsilon(t, want, got, 1e-12)
				low = min(low, want)
				assert.Equal(t, want > 4*low, s.verdict() != "", "step %d", i)
			}
			assert.True(t, len(c.Losses) == c.Steps || s.verdict() != "", "the recording ended early")
		})
	}
}

func TestNegativeLossesMayFall(t *testing.T) {
	s := smoother{beta: 0.5}
	for k := range 50 {
		s.add(-float64(k))
		assert.Empty(t, s.verdict())
	}
	for range 3 {
		s.add(1000)
	}
	assert.NotEmpty(t, s.verdict())
}
