package curve

import (
	"math"
	"slices"
)

const (
	sameLevel     = 0.02 // of a level: less is no change
	wideForNoise  = 5    // standard errors that the largest of 20 means lies above the smallest without any change
	trendForNoise = 3    // and that the ends of a line through them lie apart
	magnitudes    = 3    // the ratio of values from which on their logarithms are looked at
)

// view is how a curve is looked at: by its values, or by their logarithms where all are above 0 and far apart. A loss falls by
// shares of itself: from 1e-3 to 1e-4 is a fall, whatever it fell from before, and its noise shrinks with it.
type view struct {
	values []float64
	means  []float64 // of its parts
	starts []int     // where they begin
	noise  float64   // of a value
	error  float64   // the standard error of a mean
	logs   bool
}

func viewOf(values []float64) view {
	if low, high := slices.Min(values), slices.Max(values); low > 0 && high/low > magnitudes {
		logs := make([]float64, len(values))
		for i, x := range values {
			logs[i] = math.Log(x)
		}
		if v := looked(logs); v.noise < 0.3 { // in more, what comes near 0 by chance would stand out
			v.logs = true
			return v
		}
	}
	return looked(values)
}

func looked(values []float64) view {
	v := view{values: values, noise: noise(values)}
	v.means, v.starts = chunks(values, mostChunks)
	n := float64(len(values))
	v.error = v.noise / math.Sqrt(n/float64(len(v.means))) * (1 + 6/n) // of a few values the noise itself isn't known well
	return v
}

// same is the difference to that level that counts as none.
func (v view) same(level float64) float64 {
	if v.logs {
		return sameLevel
	}
	return sameLevel * math.Abs(level)
}

// relative is the noise as a share of the level.
func (v view) relative() float64 {
	if v.logs {
		return math.Expm1(v.noise)
	}
	return v.noise / math.Abs(median(v.values))
}

// plateau is the first of the parts from which on the values don't move; the last one where they do to the end.
func (v view) plateau() int {
	at := len(v.means) - 1
	if v.fallsToTheEnd() {
		return at
	}
	for at > 0 && v.level(v.means[at-1:]) {
		at--
	}
	return at
}

// fallsToTheEnd reports whether the last means are each below the one before, which noise makes of five in one of 120 cases, and the last
// of them still fall by more than nothing.
func (v view) fallsToTheEnd() bool {
	last := len(v.means) - 1
	run := 1
	for run <= last && v.means[last-run] > v.means[last-run+1] {
		run++
	}
	return run >= leastValues && v.means[last-2]-v.means[last] > v.same(v.means[last])
}

// risesToTheEnd is the first of the last means that are each above the one before; -1 where that is nothing, or may be noise. Of six
// means without a trend one order in 720 rises, of five one in 120: those must go further.
func (v view) risesToTheEnd() int {
	first := len(v.means) - 1
	for first > 0 && v.means[first-1] < v.means[first] {
		first--
	}
	// The noise is that of the second half: in few values the bend of an early fall passes for some.
	late := v.error
	if v.noise > 0 {
		late *= min(1, noise(v.values[len(v.values)/2:])/v.noise)
	}
	far := wideForNoise * late
	switch means := len(v.means) - first; {
	case means < leastValues:
		return -1
	case means > leastValues:
		far = trendForNoise * late
	}
	if v.means[len(v.means)-1]-v.means[first] <= max(v.same(v.means[first]), far) {
		return -1
	}
	return first
}

// level reports whether means don't move beyond what noise explains, but for a difference that counts as none.
func (v view) level(means []float64) bool {
	same := v.same(mean(means))
	drift := math.Abs(trend(means))
	return slices.Max(means)-slices.Min(means) <= max(same, wideForNoise*v.error) &&
		drift <= max(same, trendForNoise*v.error*math.Sqrt(12/float64(len(means))))
}

// slowed reports whether the means fall at less than a third of their pace before the plateau: in a straight line and noise
// there is always an end that could be one.
func (v view) slowed(plateau int) bool {
	on, before := v.means[plateau:], v.means[:plateau+1]
	if len(on) < 2 {
		return false
	}
	return trend(on)/float64(len(on)-1) < (before[0]-mean(on))/float64(len(before)-1)/3
}

// backTo goes back from where a plateau is known to be to where its values begin, within the part before.
func (v view) backTo(from int) int {
	at := mean(v.values[from:])
	near := max(v.same(at), 4*v.noise)
	for from > 1 && math.Abs(v.values[from-1]-at) <= near {
		from--
	}
	return from
}

// firstFall is behind how many values a curve that is flat in all of its parts had come down to its level; 0: it was always
// there.
func (v view) firstFall() int {
	at := median(v.values)
	above := max(2.5*v.same(at), 6*v.noise)
	i := 0
	for i < len(v.values)/2 && v.values[i] > at+above {
		i++
	}
	return i
}
