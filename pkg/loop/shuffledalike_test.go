package loop

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// turn has watch see the rows of a correct loop, those of these arrays, in the opposite order from that in which the model was given them.
func turn(r *Recording, names ...string) {
	is := false
	for k := range r.Steps {
		s := &r.Steps[k]
		n := s.values["x"].Shape[0]
		s.XOrder = nil
		for i := range n {
			s.XOrder = append(s.XOrder, n-1-i)
		}
		s.XIsInput, s.XReordered = &is, true
		for _, name := range names {
			s.values[name] = inOrder(s.values[name], s.XOrder)
		}
	}
}

// Inputs and targets that a loop shuffles alike, behind the batch that it watches, are no other rows': each loss is that of the targets in this order.
func TestRowsShuffledAlike(t *testing.T) {
	for name, c := range map[string]struct {
		turned []string
		cause  Cause
	}{
		"alike":          {[]string{"x", "y"}, Correct},
		"rows alone":     {[]string{"x"}, MisalignedTargets},
		"targets alone":  {[]string{"y"}, MisalignedTargets},
		"not even these": {nil, MisalignedTargets},
	} {
		t.Run(name, func(t *testing.T) {
			report := named(t, func(r *Recording) {
				turn(r, c.turned...)
				if !slices.Contains(c.turned, "x") { // which the model was given as they are
					for k := range r.Steps {
						r.Steps[k].XReordered, *r.Steps[k].XIsInput, r.Steps[k].XOrder = c.turned == nil, c.turned != nil, nil
					}
				}
			})
			require.Equal(t, c.cause, report.Cause, "%v %v", report.Findings, report.Unchecked)
		})
	}
}

// An order that a recording names isn't trusted to be one.
func TestOrdersOfOtherRows(t *testing.T) {
	for _, order := range [][]int{{0}, {0, 0, 0, 0}, {-1, 0, 1, 2}, {1 << 40}, nil} {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		s := &r.Steps[0]
		x := slices.Clone(s.values["x"].Values)
		s.XOrder = order
		r.inOrder(s, nil)
		require.Equal(t, x, s.values["x"].Values)
	}
}
