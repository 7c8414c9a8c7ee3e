package doctor

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// AgainstItself lists what a report says against itself, a sentence each: numbers that are none or lie in their range and accuse all
// the same, one learning rate that is too low and too high, a sign for the opposite of what is proved, a proof by a treatment that didn't cure, a treatment that divides by 0 on the data at hand. nil: nothing. What is
// listed is a fault of the doctor's and none of the training's.
func (r *Report) AgainstItself() []string {
	var flaws []string
	flaw := func(format string, args ...any) { flaws = append(flaws, fmt.Sprintf(format, args...)) }
	accused := map[string]map[Cause]bool{}
	look := func(cause Cause, s Symptom, shown bool) {
		switch {
		case s.Usual && shown:
			flaw("%s is shown for %s and is as usual", s.Gauge, cause)
		case s.Usual:
			return
		case math.IsNaN(s.Got) || strings.Contains(s.Text, "NaN") && cause != NonFiniteData && !strings.Contains(s.Gauge, "NaN"):
			flaw("%s is no number and accuses %s: %s", s.Gauge, cause, s.Text)
		}
		low, high, known := rangeOf(s.Limit)
		if known && s.Got >= low && s.Got <= high {
			flaw("%s of %g lies within %q and accuses %s", s.Gauge, s.Got, s.Limit, cause)
		}
		if known && cause == LearningRateTooLow && s.Got > high || known && cause == LearningRateTooHigh && s.Got < low && !strings.Contains(s.Gauge, "progress") {
			flaw("%s of %g lies on the other side of %q and accuses %s", s.Gauge, s.Got, s.Limit, cause)
		}
		if accused[s.Gauge] == nil {
			accused[s.Gauge] = map[Cause]bool{}
		}
		accused[s.Gauge][cause] = true
	}
	for _, s := range r.Symptoms {
		look(s.Cause, s.Symptom, s.Usual && s.Strength > 0)
		for _, f := range r.Findings {
			if f.Verified && !s.Usual && s.Strength > Possible && (f.Cause == LearningRateTooLow && s.Cause == LearningRateTooHigh || f.Cause == LearningRateTooHigh && s.Cause == LearningRateTooLow) {
				flaw("%s is proved, and %s of %g speaks for %s", f.Cause, s.Gauge, s.Got, s.Cause)
			}
		}
	}
	for _, f := range r.Findings {
		if f.Verified && !slices.ContainsFunc(r.Attempts, func(a *Attempt) bool { return (a.Cures || a.ToConstant) && slices.Contains(a.Causes, f.Cause) }) {
			flaw("%s is proved, and no treatment of it is said to have cured", f.Cause)
		}
		for _, s := range f.Symptoms {
			look(f.Cause, s, false)
		}
		if evidence := f.Evidence(); strings.Contains(evidence, "not falling") || strings.Contains(evidence, "not a number") {
			flaw("the evidence for %s contradicts it: %s", f.Cause, evidence)
		}
		if divides := regexp.MustCompile(`/ [\w.\[\]:]+\.std\(`); r.Look.ConstantInputs > 0 && divides.MatchString(f.Treatment.Keras) && strings.Contains(f.Treatment.Keras, "x = (x") {
			flaw("%d features are constant, and the treatment divides by their deviation: %s", r.Look.ConstantInputs, f.Treatment.Keras)
		}
	}
	for gauge, causes := range accused {
		if causes[LearningRateTooLow] && causes[LearningRateTooHigh] {
			flaw("%s is too low and too high", gauge)
		}
	}
	return flaws
}

var (
	between = regexp.MustCompile(`^(?:usually )?([\d.e+-]+) to ([\d.e+-]+)$`)
	atMost  = regexp.MustCompile(`^(?:usually )?up to ([\d.e+-]+)$|^below ([\d.e+-]+)$`)
	atLeast = regexp.MustCompile(`^(?:at least|above) ([\d.e+-]+)$`)
)

// rangeOf reads the limit of a gauge.
func rangeOf(limit string) (low, high float64, known bool) {
	number := func(texts ...string) float64 {
		x, err := strconv.ParseFloat(strings.Join(texts, ""), 64)
		known = err == nil
		return x
	}
	low, high = math.Inf(-1), math.Inf(1)
	if m := between.FindStringSubmatch(limit); m != nil {
		return number(m[1]), number(m[2]), known
	}
	if m := atMost.FindStringSubmatch(limit); m != nil {
		high = number(m[1:]...)
		if strings.HasPrefix(limit, "below") {
			high = math.Nextafter(high, math.Inf(-1))
		}
		return low, high, known
	}
	if m := atLeast.FindStringSubmatch(limit); m != nil {
		low = number(m[1])
		if strings.HasPrefix(limit, "above") {
			low = math.Nextafter(low, math.Inf(1))
		}
		return low, high, known
	}
	return low, high, false
}
