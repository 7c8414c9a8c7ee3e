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
	TooShort     Shape = "too-short"       // fewer than five numbers
	NotFinite    Shape = "not-finite"      // NaN or infinite from some place on
	Flat         Shape = "flat-from-start" // it never left where it began
	FellThenFlat Shape = "fell-then-flat"
	StillFalling Shape = "still-falling"
	FellThenRose Shape = "fell-then-rose"
	Rose         Shape = "rose" // it ended above where it began
	leastValues        = 5
	mostChunks         = 20  // the parts in which a curve is looked at
	standsFor          = 0.4 // of the curve: a shorter end is no plateau
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
	c := Curve{Name: s.Name, Points: len(s.Values)}
	if from := s.broken(); from < len(s.Values) {
		return c.broken(s, from)
	}
	s = s.numbers()
	return c.whole(s, s.Values)
}

// broken describes a series that stops to be numbers.
func (c Curve) broken(s Series, from int) Curve {
	c.from, c.From, c.Shape = from, s.place(from), NotFinite
	what := "NaN"
	if math.IsInf(s.Values[from], 0) {
		what = "infinite"
	}
	earlier := s.numbers()
	values := earlier.Values
	switch before := (Curve{}).whole(earlier, values); {
	case len(values) == 0:
		c.Sentence = fmt.Sprintf("is %s from its first value on", what)
	case before.Shape == TooShort:
		c.Sentence = fmt.Sprintf("is %s from %s on; before that it was %s", what, c.From, listed(values))
	default:
		c.Sentence = fmt.Sprintf("is %s from %s on; before that it %s", what, c.From, before.Sentence)
	}
	return c
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
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
		c.Sentence = fmt.Sprintf("has only %s: too few to tell a movement from chance", counted(len(values), "value"))
		return c
	}
	v := viewOf(values)
	levels, _ := chunks(values, mostChunks)
	last := len(levels) - 1
	lowest := slices.Index(v.means, slices.Min(v.means))
	c.Start, c.End, c.Lowest = levels[0], levels[last], levels[lowest]
	start, end, bottom := v.means[0], v.means[last], v.means[lowest]
	margin := max(v.same(end), wideForNoise*v.error)
	plateau, rising := v.plateau(), v.risesToTheEnd()
	switch {
	case plateau == 0 && rising < 0:
		c = c.early(s, values, v)
	case end > start+margin && end > bottom+margin && start-bottom <= max(margin, (end-start)/4), rising >= 0 && end > start+v.same(end) && start-bottom <= margin:
		c.Shape, c.from = Rose, v.starts[lowest]
		c.Sentence = fmt.Sprintf("rose from %s to %s", number(c.Start), number(c.End))
	case end > bottom+max(margin, (start-bottom)/10):
		c.Shape, c.from = FellThenRose, v.starts[lowest]
		c.Sentence = fmt.Sprintf("fell from %s to %s at %s, then rose to %s", number(c.Start), number(c.Lowest), s.place(c.from), number(c.End))
	case rising >= 0 && start-bottom > margin: // small beside the fall, but it lasts
		c.Shape, c.from, c.Lowest = FellThenRose, v.starts[rising], levels[rising]
		c.Sentence = fmt.Sprintf("fell from %s to %s at %s, then rose to %s", number(c.Start), number(c.Lowest), s.place(c.from), number(c.End))
	case plateau == 0:
		c = c.early(s, values, v)
	case float64(last+1-plateau) >= standsFor*float64(last+1) && v.slowed(plateau):
		if c.from = v.backTo(v.starts[plateau]); c.from > len(values)/mostChunks {
			c = c.settled(s, values)
		} else {
			c = c.early(s, values, v)
		}
	case start-end <= margin && v.values[0]-end <= max(margin, 6*v.noise):
		c.Shape, c.tail = Flat, values
		c.Sentence = fmt.Sprintf("goes up and down, between %s and %s, and has got nowhere: %s at the start, %s at the end", number(c.Lowest), number(slices.Max(levels)), number(c.Start), number(c.End))
	default:
		c.Shape = StillFalling
		quarter := levels[last-(last+1)/4]
		c.Sentence = fmt.Sprintf("is still falling: from %s to %s, by %s in the last quarter", number(c.Start), number(c.End), percent((quarter-c.End)/math.Abs(quarter)))
	}
	if c.from > 0 {
		c.From = s.place(c.from)
	}
	return c
}

// early describes a curve whose parts all have one level: flat from its first value on, or behind a fall of a few steps, which is
// lost in the mean of a part.
func (c Curve) early(s Series, values []float64, v view) Curve {
	if c.from = v.firstFall(); c.from > 0 {
		c.Start = values[0]
		return c.settled(s, values)
	}
	c.Shape, c.tail = Flat, values
	c.Sentence = fmt.Sprintf("has been flat from the start: %s on average, %s at the end", number(mean(values)), number(values[len(values)-1]))
	return c
}

// settled describes a curve that fell up to c.from and is flat since.
func (c Curve) settled(s Series, values []float64) Curve {
	c.Shape, c.tail = FellThenFlat, values[c.from:]
	c.Sentence = fmt.Sprintf("fell from %s and has been flat since %s: %s, over %s of the run", number(c.Start), s.place(c.from), number(mean(c.tail)), percent(s.share(c.from)))
	return c
}
