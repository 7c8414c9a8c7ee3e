package doctor

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/loss"
)

// encoding is what targets of several columns stand for.
type encoding int

const (
	numbers       encoding = iota
	oneOfSeveral           // each row, or place in it, has one label of several: a 1 among 0s
	severalLabels          // none, one or several of them, each by itself
)

// encoding of an output's targets. A few rows of another kind are mistakes in these rows.
func (o output) encoding() encoding {
	size, y := o.size(), o.Targets
	if size < 2 || o.places > 1 && o.prediction[len(o.prediction)-1] != size {
		return numbers
	}
	others, all := 0, len(y.Values)/size
	for i := range all {
		ones := 0
		for _, v := range y.Values[i*size : (i+1)*size] {
			switch v {
			case 1:
				ones++
			case 0:
			default:
				return numbers
			}
		}
		if ones != 1 {
			others++
		}
	}
	if float64(others) > fewStrangers*float64(all) {
		return severalLabels
	}
	return oneOfSeveral
}

// Whole numbers from 0 up to about the largest that a byte holds are what pictures and masks are stored as.
const (
	brightest  = 255
	nearBright = 200
)

// grayValues tells whether targets look like a picture's bytes.
func (l TargetLook) grayValues() bool {
	return l.WholeTargets && l.TargetMin == 0 && l.TargetMax > nearBright && l.TargetMax <= brightest
}

// classNames are evenly spaced numbers by which the classes of an output go.
type classNames struct {
	first, step float64
	count       int // from the first to the last
}

// mostNames bounds how many classes numbers may stand for by their distances alone.
const mostNames = 1000

// classNames are those of an output with one target a row, or for each place in it; false where the targets are too many different
// numbers, or aren't evenly spaced.
func (o output) classNames() (classNames, bool) {
	if o.size() != 1 {
		return classNames{}, false
	}
	counts := map[float64]int{}
	for _, v := range o.Targets.Values {
		if x := float64(v); finite(x) {
			counts[x]++
		}
		if len(counts) > mostNames {
			return classNames{}, false
		}
	}
	if len(counts) < 2 || len(counts) > max(2, len(o.Targets.Values)/10) {
		return classNames{}, false
	}
	var values []float64
	for v := range counts {
		values = append(values, v)
	}
	slices.Sort(values)
	step := math.Inf(1)
	for i := range values[1:] {
		step = min(step, values[i+1]-values[i])
	}
	for _, v := range values {
		if k := (v - values[0]) / step; math.Abs(k-math.Round(k)) > 1e-3 {
			return classNames{}, false
		}
	}
	count := int(math.Round((values[len(values)-1]-values[0])/step)) + 1
	return classNames{first: values[0], step: step, count: count}, count <= len(values)+1
}

// recodeText says what becomes of targets.
func recodeText(shift, scale float64) string {
	text := "y"
	switch {
	case shift > 0:
		text = fmt.Sprintf("y − %.4g", shift)
	case shift < 0:
		text = fmt.Sprintf("y + %.4g", -shift)
	}
	switch {
	case scale == 1:
	case shift == 0:
		text += fmt.Sprintf(" / %.4g", scale)
	default:
		text = fmt.Sprintf("(%s) / %.4g", text, scale)
	}
	return "targets y → " + text
}

// signed tells whether a loss goes by the sign of a number: labels are −1 and 1, of some also 0 and 1. fit is false where the targets
// are neither.
func signed(o output) (is, fit bool) {
	two := o.look.Distinct <= 2
	switch loss.Matched(o.Loss).(type) {
	case loss.Hinge, loss.SquaredHinge:
		return true, two && (o.look.TargetMin == -1 || o.look.TargetMin == 0) && o.look.TargetMax == 1
	case loss.SoftMarginLoss:
		return true, two && o.look.TargetMin == -1 && o.look.TargetMax == 1
	}
	return false, false
}

// pairwise tells whether a loss compares each prediction with a target of its own.
func pairwise(l loss.Loss) bool {
	switch loss.Matched(l).(type) {
	case loss.MSE, loss.MAE, loss.Huber, loss.LogCosh, loss.Hinge, loss.SquaredHinge, loss.BinaryCrossentropy:
		return true
	}
	return false
}
