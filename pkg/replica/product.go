package replica

import "github.com/gomlx/compute"

// DotGeneral multiplies along a batch axis where both sides have replicas; where one has, theirs is one more axis of its rows.
func (f *function) DotGeneral(lhs compute.Value, lhsContracting, lhsBatch []int, rhs compute.Value, rhsContracting, rhsBatch []int, c compute.DotGeneralConfig) (compute.Value, error) {
	a, b := lhs.(*value), rhs.(*value)
	at := 0 // of the replicas in the product
	switch {
	case a.along && b.along:
		lhsBatch, rhsBatch = with(0, shifted(lhsBatch)), with(0, shifted(rhsBatch))
		lhsContracting, rhsContracting = shifted(lhsContracting), shifted(rhsContracting)
	case a.along:
		lhsBatch, lhsContracting = shifted(lhsBatch), shifted(lhsContracting)
		at = len(lhsBatch)
	case b.along:
		rhsBatch, rhsContracting = shifted(rhsBatch), shifted(rhsContracting)
		at = a.rank() - len(lhsContracting)
	}
	inner, err := f.inner.DotGeneral(a.inner, lhsContracting, lhsBatch, b.inner, rhsContracting, rhsBatch, c)
	if err != nil {
		return nil, err
	}
	if at > 0 {
		if inner, err = f.toFront(inner, at); err != nil {
			return nil, err
		}
	}
	return f.made(a.along || b.along)(inner, nil)
}

// toFront moves an axis before all others.
func (f *function) toFront(inner compute.Value, at int) (compute.Value, error) {
	s, err := f.builder.Builder.OpShape(inner)
	if err != nil {
		return nil, err
	}
	order := []int{at}
	for axis := range s.Rank() {
		if axis != at {
			order = append(order, axis)
		}
	}
	return f.inner.Transpose(inner, order...)
}
