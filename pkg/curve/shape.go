package curve

import (
	"fmt"
	"math"
	"slices"
)

// Shape is the way a curve goes as a whole.
type Shape string

// What [ShapeOf] tells apart.
const (
	TooShort      Shape = "too-short"       // fewer than five numbers
	NotFinite     Shape = "not-finite"      // NaN or infinite from some place on
	Flat          Shape = "flat-from-start" // it never left where it began
	FellThenFlat  Shape = "fell-then-flat"
	StillFalling  Shape = "still-falling"
	FellThenRose  Shape = "fell-then-rose"
	Rose          Shape = "rose" // it ended above where it began
	leastValues         = 5
	mostChunks          = 20   // the parts in which a curve is looked at
	sameLevel           = 0.02 // of a level: less is no change
	standsFor           = 0.4  // of the curve: a shorter end is no plateau
	wideForNoise        = 5    // standard errors that the largest of 20 means lies above the smallest without any change
	trendForNoise       = 3    // and that the ends of a line through them lie apart
)

// Curve is one series and what it shows.
type Curve struct {
	Name       string  `json:"name"`
	Points     int     `json:"points"`
	Shape      Shape   `json:"shape"`
	Start, End float64 `json:"-"`        // levels: means of the first and the last twentieth of what is finite
	Lowest     float64 `json:"-"`        // of those means
	From       string  `json:"from"`     // where the shape sets in: "epoch 12"; empty where there is no such place
	Sentence   string  `json:"sentence"` // in words, with the numbers
	from       int     // the index of From
	tail       []float64
}

// ShapeOf describes a series.
func ShapeOf(s Series) Curve {
	values := s.finite()
	c := Curve{Name: s.Name, Points: len(s.Values)}
	if len(values) < len(s.Values) {
		return c.broken(s, values)
	}
	return c.whole(s, values)
}

// broken describes a series that stops to be numbers behind values.
func (c Curve) broken(s Series, values []float64) Curve {
	c.from, c.From, c.Shape = len(values), s.place(len(values)), NotFinite
	what := "NaN"
	if math.IsInf(s.Values[len(values)], 0) {
		what = "infinite"
	}
	switch before := (Curve{}).whole(s, values); {
	case len(values) == 0:
		c.Sentence = fmt.Sprintf("is %s from its first value on", what)
	case before.Shape == TooShort:
		c.Sentence = fmt.Sprintf("is %s from %s on; before that it was %s", what, c.From, listed(values))
	default:
		c.Sentence = fmt.Sprintf("is %s from %s on; before that it %s", what, c.From, before.Sentence)
	}
	return c
}

func listed(values []float64) string {
	text := ""
	for i, v := range values {
		if i > 0 {
			text += ", "
		}
		text += number(v)
	}
	return text
}

// whole describes finite values.
func (c Curve) whole(s Series, values []float64) Curve {
	if len(values) < leastValues {
		c.Shape, c.tail = TooShort, values
		c.Sentence = fmt.Sprintf("has %d values: too few to tell a movement from chance", len(values))
		return c
	}
	means, starts := chunks(values, mostChunks)
	error := errorOf(values, len(means))
	last := len(means) - 1
	lowest := 0
	for k, m := range means {
		if m < means[lowest] {
			lowest = k
		}
	}
	c.Start, c.End, c.Lowest = means[0], means[last], means[lowest]
	plateau := plateauOf(values)
	margin := max(sameLevel*math.Abs(c.End), wideForNoise*error)
	early := c.firstFall(values, noise(values))
	switch {
	case plateau == 0 && early == 0:
		c = c.flat(values)
	case plateau == 0:
		c.from, c.tail = early, values[early:]
		c.Start = values[0]
		c = c.settled(s)
	case c.End > c.Start+margin && c.End > means[lowest]+margin && c.Start-means[lowest] <= max(margin, (c.End-c.Start)/4):
		c.Shape, c.from = Rose, starts[lowest]
		c.Sentence = fmt.Sprintf("rose from %s to %s", number(c.Start), number(c.End))
	case c.End > means[lowest]+max(margin, (c.Start-means[lowest])/10):
		c.Shape, c.from = FellThenRose, starts[lowest]
		c.Sentence = fmt.Sprintf("fell from %s to %s at %s, then rose to %s", number(c.Start), number(c.Lowest), s.place(c.from), number(c.End))
	case float64(last+1-plateau) >= standsFor*float64(len(means)) && slowed(means, plateau):
		c.from = backTo(values, starts[plateau])
		c.tail = values[c.from:]
		if c.from > len(values)/mostChunks {
			c = c.settled(s)
		} else if c.from = c.firstFall(values, noise(values)); c.from > 0 { // within the first part, whose mean says little then
			c.Start, c.tail = values[0], values[c.from:]
			c = c.settled(s)
		} else {
			c = c.flat(values)
		}
	case c.Start-c.End <= margin && values[0]-c.End <= max(margin, 6*noise(values)):
		c.Shape, c.tail = Flat, values
		c.Sentence = fmt.Sprintf("goes up and down, between %s and %s, and has got nowhere: %s at the start, %s at the end", number(c.Lowest), number(slices.Max(means)), number(c.Start), number(c.End))
	default:
		c.Shape, c.tail = StillFalling, values[starts[last-last/4]:]
		quarter := means[last-len(means)/4]
		c.Sentence = fmt.Sprintf("is still falling: from %s to %s, by %s in the last quarter", number(c.Start), number(c.End), percent((quarter-c.End)/math.Abs(quarter)))
	}
	if c.from > 0 {
		c.From = s.place(c.from)
	}
	return c
}

// flat describes a curve that stays where it began.
func (c Curve) flat(values []float64) Curve {
	c.Shape, c.from, c.tail = Flat, 0, values
	c.Sentence = fmt.Sprintf("has been flat from the start: %s on average, %s at the end", number(mean(values)), number(values[len(values)-1]))
	return c
}

// settled describes a curve that fell up to c.from and is flat since.
func (c Curve) settled(s Series) Curve {
	c.Shape = FellThenFlat
	at := mean(c.tail)
	c.Sentence = fmt.Sprintf("fell from %s and has been flat since %s: %s, over %s of the run", number(c.Start), s.place(c.from), number(at), percent(float64(len(c.tail))/float64(c.Points)))
	return c
}

// firstFall is behind how many values a curve that is flat in all of its parts had come down to its level; 0: it was always
// there. A fall of a few steps is lost in a mean of fifty.
func (c Curve) firstFall(values []float64, noise float64) int {
	at := median(values)
	above := max(0.05*math.Abs(at), 6*noise)
	i := 0
	for i < len(values)/2 && values[i] > at+above {
		i++
	}
	return i
}

// errorOf is the standard error of the means of that many parts. Of a few values the noise itself is not known well: the
// bounds that go by it are wider then.
func errorOf(values []float64, parts int) float64 {
	n := float64(len(values))
	return noise(values) / math.Sqrt(n/float64(parts)) * (1 + 10/n)
}

// plateauOf is the first of the parts from which on the values don't move; the last one where they do to the end. A curve that
// goes through magnitudes is looked at by its logarithm: a fall from 1e-3 to 1e-4 is one, whatever it fell from before.
func plateauOf(values []float64) int {
	means, _ := chunks(values, mostChunks)
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	same := func(means []float64) float64 { return sameLevel * math.Abs(mean(means)) }
	if low > 0 && high/low > 20 {
		logs := make([]float64, len(values))
		for i, v := range values {
			logs[i] = math.Log(v)
		}
		values = logs
		means, _ = chunks(logs, mostChunks)
		same = func([]float64) float64 { return sameLevel }
	}
	error := errorOf(values, len(means))
	plateau := len(means) - 1
	for plateau > 0 && level(means[plateau-1:], error, same(means[plateau-1:])) {
		plateau--
	}
	return plateau
}

// slowed reports whether the means fall at less than a third of their pace before the plateau: in a straight line and noise
// there is always an end that could be one.
func slowed(means []float64, plateau int) bool {
	on, before := means[plateau:], means[:plateau+1]
	if len(on) < 2 {
		return false
	}
	return trend(on)/float64(len(on)-1) < (before[0]-mean(on))/float64(len(before)-1)/3
}

// backTo goes back from where a plateau is known to be to where its values begin, within the part before.
func backTo(values []float64, from int) int {
	at := mean(values[from:])
	near := max(sameLevel*math.Abs(at), 4*noise(values))
	for from > 1 && math.Abs(values[from-1]-at) <= near {
		from--
	}
	return from
}

// level reports whether means whose standard error is known don't move, but for a difference that counts as none.
func level(means []float64, error, same float64) bool {
	low, high := means[0], means[0]
	for _, m := range means {
		low, high = min(low, m), max(high, m)
	}
	drift := math.Abs(trend(means))
	return high-low <= max(same, wideForNoise*error) && drift <= max(same, trendForNoise*error*math.Sqrt(12/float64(len(means))))
}
