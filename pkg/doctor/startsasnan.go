package doctor

import "math"

// startsAsNaNText is the verdict on a training whose loss is no number from the first step on, for a reason that no rule knows.
const startsAsNaNText = "The first loss is not a number, ahead of any update, though the data are: an operation of the model or of the loss makes it, such as a logarithm or a root of what is negative, or 0/0, or weights hold NaN already. No treatment changes that, and until it is mended, what else is measured says nothing."

// startsAsNaN reports whether nothing but NaN comes out of finite data before anything is learned: then how small updates are, and which units are off, is
// no cause. NaN in the data, and labels that are no class, have rules of their own.
func (e *examination) startsAsNaN() bool {
	p := e.patient
	return p.first != nil && math.IsNaN(p.first.FirstLoss) && p.Before != nil && math.IsNaN(p.Before.Loss) && p.Look.NonFiniteRows == 0
}
