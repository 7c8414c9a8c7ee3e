package doctor

import (
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Look is what the doctor sees in the data before anything is trained.
type Look struct {
	Rows          int
	NonFiniteRows int // with a NaN or an infinity in an input or a target

	InputLow, InputHigh float64 // smallest and largest standard deviation of a feature that isn't constant
	InputOffset         float64 // largest |mean| / standard deviation of a feature
	InputMagnitude      float64 // largest |mean| of a feature
	ConstantInputs      int     // features with one value
	LowAt, HighAt       int     // which features have the smallest and the largest deviation, counted from 0 over all inputs
	OffsetAt, LargestAt int     // and which the largest mean over its deviation, and the largest mean
	FeatureMeans        []float64
	FeatureDeviations   []float64

	rounded []bool // features of one value, or of two that float32 has nothing between

	TargetLook              // at the targets of the first output
	More       []TargetLook // at those of the others
	Constant   float64      // loss of the best constant prediction; NaN where there is none

	Signal Signal
}

// TargetLook is what the doctor sees in the targets of one output.
type TargetLook struct {
	TargetMin, TargetMax    float64
	TargetMean, TargetScale float64 // of all targets; the scale is their standard deviation
	WholeTargets            bool    // whole numbers from 0 on
	Distinct                int     // different target values, at most 1000
	Classes                 []int   // rows of each class, for class numbers

	rows int
}

// lookAt measures the training rows.
func lookAt(c training.Training) Look {
	d := c.TrainData()
	l := Look{Rows: d.Rows(), Constant: math.NaN(), NonFiniteRows: len(c.Data.NonFiniteRows()) + len(c.Validation.NonFiniteRows())}
	var rare []bool
	for i, input := range d.Inputs() {
		x := statsAlong(input, c.FeatureAxis(i))
		l.FeatureMeans, l.FeatureDeviations = append(l.FeatureMeans, x.mean...), append(l.FeatureDeviations, x.deviation...)
		rare = append(rare, rarelyVary(input, len(x.mean))...)
		for j := range x.mean {
			l.rounded = append(l.rounded, alike(x.low[j], x.high[j]))
			if x.constant(j) {
				l.ConstantInputs++
			}
		}
	}
	l.InputLow, l.InputHigh = math.Inf(1), 0
	for j, s := range l.FeatureDeviations {
		m := math.Abs(l.FeatureMeans[j])
		if m > l.InputMagnitude {
			l.InputMagnitude, l.LargestAt = m, j
		}
		if l.rounded[j] { // which leaves no deviation
			continue
		}
		if s > l.InputHigh {
			l.InputHigh, l.HighAt = s, j
		}
		if rare[j] { // a border pixel, or a rare kind among others: its deviation says how rare, not in which unit
			continue
		}
		if s < l.InputLow {
			l.InputLow, l.LowAt = s, j
		}
		if m/s > l.InputOffset {
			l.InputOffset, l.OffsetAt = m/s, j
		}
	}
	if math.IsInf(l.InputLow, 1) && l.InputHigh > 0 {
		l.InputLow, l.LowAt = l.InputHigh, l.HighAt
	}
	masks := masksUntrained(c, d)
	for i, y := range d.Outputs() {
		of := lookAtTargets(countingOf(masks, i, 0, d.Rows()).of(y, stepsOf(masks, i, 0, d.Rows())))
		of.rows = y.Rows()
		if y.RowSize() > 1 {
			of.Classes = nil
		}
		if i == 0 {
			l.TargetLook = of
		} else {
			l.More = append(l.More, of)
		}
	}
	if c.Loss != nil {
		if s, err := yardstickOf(c, d, masks); err == nil {
			l.Constant = s.constant
		}
	}
	return l
}

func lookAtTargets(y dataset.Array) (l TargetLook) {
	l.rows = y.Rows()
	l.TargetMin, l.TargetMax = math.Inf(1), math.Inf(-1)
	flat := statsOf(dataset.Array{Shape: []int{len(y.Values)}, Values: y.Values})
	l.TargetMean, l.TargetScale = flat.mean[0], flat.deviation[0]
	l.WholeTargets = true
	counts := map[float64]int{}
	for _, v := range y.Values {
		f := float64(v)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		l.TargetMin, l.TargetMax = min(l.TargetMin, f), max(l.TargetMax, f)
		l.WholeTargets = l.WholeTargets && f >= 0 && f == math.Trunc(f)
		if len(counts) < 1000 {
			counts[f]++
		}
	}
	l.Distinct = len(counts)
	if l.Distinct == 0 { // none is finite
		l.WholeTargets, l.TargetMin, l.TargetMax = false, math.NaN(), math.NaN()
	}
	if l.WholeTargets && l.TargetMax < 1000 && y.RowSize() == 1 {
		l.Classes = make([]int, int(l.TargetMax)+1)
		for v, n := range counts {
			l.Classes[int(v)] = n
		}
	}
	return l
}

// isClasses tells whether the targets are one class number a row: whole numbers, few of them, each used
// often enough to be a class.
func (l TargetLook) isClasses() bool {
	return l.Classes != nil && l.Distinct >= 2 && l.Distinct <= max(2, l.rows/10) && l.Distinct >= len(l.Classes)-1
}
