package loop

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever way a program takes rows and targets apart is named with its line where x tells nothing of y, and never where it does.
func TestProgramsThatTakeRowsApart(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 1))
	var features [][]float64
	for range 240 {
		features = append(features, []float64{random.NormFloat64(), random.NormFloat64()})
	}
	order := random.Perm(len(features))
	x := func(at int) []float64 { return features[at] }
	y := func(at int) float64 { return features[at][0] - features[at][1] }
	for name, c := range map[string]struct {
		place Place
		says  string // empty: nothing is said
	}{
		"an order of one alone":       {Place{Kind: "alone", Names: []string{"X"}}, "puts X in another order"},
		"two loaders":                 {Place{Kind: "apart", Names: []string{"x", "labels"}}, "takes x and labels from two loaders"},
		"rows dropped from one":       {Place{Kind: "dropped", Names: []string{"table"}}, "drops rows of table"},
		"one of two names is missing": {Place{Kind: "apart", Names: []string{"x"}}, ""},
		"a place in a model":          {Place{Kind: "dropped", Names: []string{"x"}, Forward: true}, ""},
	} {
		c.place.Line = Line{File: "train.py", Line: 9}
		for _, own := range []bool{false, true} {
			r := pairsOf(12, 20, x, y, func(k, i int) (int, int) {
				if own {
					return k*20 + i, k*20 + i
				}
				return k*20 + i, order[k*20+i]
			})
			r.Source = &Source{Places: []Place{c.place}}
			f, remark := otherRows(r)
			require.Empty(t, remark, name)
			if own || c.says == "" {
				require.Nil(t, f, name)
				continue
			}
			require.NotNil(t, f, name)
			require.Contains(t, f.Evidence, c.says)
			require.Equal(t, c.place.Kind != "alone", f.Torch != remedies[MisalignedTargets][0], "what is changed goes by what was found")
			findings := []Finding{*f}
			r.locate(findings)
			require.Equal(t, 9, findings[0].Line.Line)
		}
	}
}
