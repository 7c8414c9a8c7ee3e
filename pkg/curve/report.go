package curve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
)

// Report is what a log shows.
type Report struct {
	Training   *Curve   `json:"training,omitempty"`   // nil: the log has no training loss
	Validation *Curve   `json:"validation,omitempty"` // nil: it has no validation loss
	Assumed    string   `json:"assumed,omitempty"`    // which columns were read as losses, where no name says so
	Seen       []string `json:"seen"`                 // what else stands out, a sentence each, with its numbers
	Open       []string `json:"open"`                 // what the log can't tell
	Settles    []string `json:"settles"`              // what would
}

// ErrNoLoss is the error of [Read] where no series is a loss by its name, and of [ReadAs] where none has the name that was given.
var ErrNoLoss = errors.New("there is no loss in it")

// Read describes the losses among the series, and what learning rates and gradient norms beside them say. The losses are known by
// their names; where none says loss, what is called an error is read, or the one quantity that is left, and Report.Assumed says so.
// A single series is taken for a loss unless it is called a score. The error is [ErrNoLoss], or that of ctx.
func Read(ctx context.Context, all []Series) (*Report, error) { return ReadAs(ctx, all, Names{}) }

// ReadAs is [Read] with the losses' names as given.
func ReadAs(ctx context.Context, all []Series, names Names) (*Report, error) {
	all, short := understood(all)
	c, err := chosen(all, short, names)
	if err != nil {
		return nil, err
	}
	training, validation := c.training, c.validation
	if training == nil && validation == nil {
		return nil, fmt.Errorf("%w: no column has loss or error in its name; it has %s", ErrNoLoss, orNothing(namesOf(all)))
	}
	r := &Report{Assumed: c.assumed, Seen: []string{}}
	for _, of := range []struct {
		series *Series
		curve  **Curve
	}{{training, &r.Training}, {validation, &r.Validation}} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if of.series == nil {
			continue
		}
		c := ShapeOf(*of.series)
		*of.curve = &c
		if holes := of.series.holes(); holes != "" {
			r.see(holes)
		}
		r.see(alone(of.series.numbers(), c)...)
	}
	if training != nil && validation != nil {
		r.see(together(*training, *validation, *r.Training, *r.Validation)...)
	}
	rest := others(all, training, validation)
	r.see(stuckAmong(rest)...)
	if len(rest) > 0 {
		r.see("Not described are the other losses in it: " + orNothing(namesOf(rest)))
	}
	r.see(ofRates(c.rates)...)
	r.see(ofNorms(c.norms)...)
	r.close(all)
	return r, nil
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "no numbers at all"
	}
	if len(names) > 12 {
		names = append(names[:12:12], "…")
	}
	return strings.Join(names, ", ")
}

func (r *Report) see(sentences ...string) { r.Seen = append(r.Seen, sentences...) }

// alone is what stands out in one loss of which all values are numbers.
func alone(s Series, c Curve) (seen []string) {
	values := s.Values
	switch p := repetition(values); {
	case p == 1:
		return append(seen, fmt.Sprintf("%s is the same number to the last digit, %d times: nothing that it is computed from changes", s.Name, len(values)))
	case p > 1:
		seen = append(seen, fmt.Sprintf("%s repeats itself to the last digit after %d values: the same batches come again and the weights don't change between them", s.Name, p))
	default:
		if w := swingOf(values); w.period > 0 && w.amplitude > 0.05*math.Abs(mean(values)) {
			seen = append(seen, fmt.Sprintf("%s swings by ±%s around its level with a period of %d values: if that is the number of steps in an epoch, the batches come in the same order each time", s.Name, number(w.amplitude), w.period))
		}
	}
	if len(values) >= leastValues {
		if share := viewOf(values).relative(); share > 0.2 {
			seen = append(seen, fmt.Sprintf("%s jumps by %s of its level from one value to the next: a high rate, small batches, or a few rows that weigh much", s.Name, percent(share)))
		}
	}
	seen = append(seen, jumps(s, values)...)
	if classes := guess(c); classes > 0 {
		seen = append(seen, fmt.Sprintf("%s stays at %s, which is ln %d = %s: the cross-entropy of a model that finds all of %d classes equally likely in every row", s.Name, number(mean(c.tail)), classes, number(math.Log(float64(classes))), classes))
	}
	return seen
}

// jumps are single values far above their neighbours.
func jumps(s Series, values []float64) []string {
	n := noise(values)
	if len(values) < 2*leastValues || n == 0 {
		return nil
	}
	count, first := 0, 0
	for i := 2; i+2 < len(values); i++ {
		around := middle(values[i-2], values[i-1], values[i+1], values[i+2])
		if values[i] > around+max(10*n, math.Abs(around)) {
			if count++; count == 1 {
				first = i
			}
		}
	}
	if count == 0 || count > len(values)/10 {
		return nil
	}
	return []string{fmt.Sprintf("%s jumps to more than twice its neighbours %d times, first at %s to %s", s.Name, count, s.place(first), number(values[first]))}
}

// guess is of how many classes a plateau is the cross-entropy of a guess: 0 for none. From 13 on, so many levels lie close
// together that a hit says little; 100 and 1000 are numbers that data sets have.
func guess(c Curve) int {
	if c.Shape != Flat && c.Shape != FellThenFlat || len(c.tail) == 0 {
		return 0
	}
	at := mean(c.tail)
	for _, k := range []int{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 100, 1000} {
		if math.Abs(at-math.Log(float64(k))) < 0.004*math.Log(float64(k)) {
			return k
		}
	}
	return 0
}
