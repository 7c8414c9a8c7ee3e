package doctor

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Ceiling is an estimate of how much of a training's loss can be explained on rows that weren't trained on: by the best of some judges
// that know nothing of the model. A better one may exist, so it is a floor under what is reachable, and a fair estimate where
// features are plain numbers.
type Ceiling struct {
	Explained float64 // as a share of what a perfect prediction would reach, see [Outcome].Progress; NaN: not known
	Deviation float64 // its standard error, by how the rows' losses scatter
	Judge     string  // the best one
	Loss      string  // by which it is told
	Rows, Of  int     // so many rows drawn at random, of how many there are
	// AtLeast says that judges don't see all that a model does: places in images and series, the order of indices.
	AtLeast bool
	Unknown string // why it isn't known; empty: it is
}

// Known tells whether there is an estimate.
func (c Ceiling) Known() bool { return c.Unknown == "" && !math.IsNaN(c.Explained) }

// String is the estimate in one sentence.
func (c Ceiling) String() string {
	if !c.Known() {
		if c.Unknown == "" {
			return "How much can be explained isn't known."
		}
		return fmt.Sprintf("How much can be explained isn't known: %s.", c.Unknown)
	}
	at, of := "", "of the loss "+c.Loss
	if c.AtLeast {
		at = "At least "
	}
	if c.Loss == fmt.Sprint(loss.MSE{}) {
		of = "of the variance"
	}
	digits := 2
	if c.Deviation < 0.005 {
		digits = 3
	}
	text := fmt.Sprintf("%s%.*f ± %.*f %s can be explained on unseen rows: %s", at, digits, max(0, c.Explained), digits, c.Deviation, of, c.Judge)
	if c.Rows < c.Of {
		text += fmt.Sprintf(", on %d of %d randomly drawn rows", c.Rows, c.Of)
	}
	return text + "."
}

// reach is what the limits on health and cures are shares of: what can be explained, taken a standard error higher, so that limits are
// lowered only as far as the rows prove; 1 where it isn't known. Of an estimate that may be far too low all of it must be reached.
func (c Ceiling) reach() float64 {
	if !c.Known() {
		return 1
	}
	r := max(0, c.Explained) + c.Deviation
	if c.AtLeast {
		r /= curedShare
	}
	return min(1, r)
}

// raised is the ceiling where something explained more of rows that it hadn't seen: what was done is possible.
func (c Ceiling) raised(explained float64, by string) Ceiling {
	if c.Known() && explained > c.Explained {
		c.Explained, c.Judge = min(1, explained), by
	}
	return c
}

// ceilingOf tells opinions on an output by its loss.
func ceilingOf(c training.Training, o output, t table, all []opinion) Ceiling {
	ceiling := Ceiling{Explained: math.NaN(), Rows: len(t.x), Of: c.Data.Rows(), AtLeast: !plainInputs(c), Loss: fmt.Sprint(o.Loss)}
	link, why := linkOf(o)
	switch {
	case len(t.x) < leastRows:
		why = fmt.Sprintf("judges need %d rows", leastRows)
	case why == "" && o.places > 1 && link != asNumbers:
		why = "the reference models don't predict several places of a row"
	}
	if why != "" {
		ceiling.Unknown = why
		return ceiling
	}
	j, err := newLossJudge(c, o, t, link)
	if err != nil {
		ceiling.Unknown = err.Error()
		return ceiling
	}
	defer j.exec.Finalize()
	for _, opinion := range all {
		explained, deviation, err := j.explained(opinion)
		if err != nil {
			ceiling.Unknown = err.Error()
			return ceiling
		}
		if math.IsNaN(deviation) || math.IsInf(deviation, 0) {
			why := "a constant prediction leaves nothing of the loss " + ceiling.Loss + " to be explained: " + firstOf(j.weights == nil, "the targets hardly differ", "the targets of the rows that have a weight hardly differ")
			if span := o.look.TargetMax - o.look.TargetMin; span*span > math.MaxFloat32 {
				why = "the loss " + ceiling.Loss + " of a constant prediction is no number in float32: the targets are so large that their variance isn't one"
			}
			ceiling.Explained, ceiling.Unknown = math.NaN(), why
			return ceiling
		}
		if explained > ceiling.Explained || math.IsNaN(ceiling.Explained) {
			ceiling.Explained, ceiling.Deviation, ceiling.Judge = explained, deviation, opinion.judge
		}
	}
	if math.IsNaN(ceiling.Explained) {
		ceiling.Unknown = "no reference model has a finite loss"
	}
	return ceiling
}

// plainInputs tells whether rows are features in no order.
func plainInputs(c training.Training) bool {
	return takesNumbers(c.Model) && !slices.ContainsFunc(c.Data.Inputs(), func(a dataset.Array) bool { return len(a.Shape) > 2 && a.RowSize() > a.Shape[len(a.Shape)-1] }) &&
		!hasLayer(c.Model, func(l nn.Layer) bool { _, is := l.(nn.Recurrent); return is })
}

// lossJudge measures opinions by the loss of one output.
type lossJudge struct {
	table   table
	output  output
	link    link
	exec    *graph.Exec
	y       dataset.Array // targets of the table's rows
	weights []float32     // of the rows; nil: 1
}

func newLossJudge(c training.Training, o output, t table, link link) (*lossJudge, error) {
	j := &lossJudge{table: t, output: o, link: link}
	weights := c.ClassWeighted(c.Data).SampleWeight
	targets := c.Data.Outputs()[o.At] // not those of the training rows alone
	j.y = dataset.Array{Shape: slices.Clone(targets.Shape)}
	j.y.Shape[0] = len(t.rows)
	for _, row := range t.rows {
		j.y.Values = append(j.y.Values, targets.Row(row)...)
		if weights != nil {
			j.weights = append(j.weights, weights[row])
		}
	}
	var err error
	l := o.Loss
	j.exec, err = graph.NewExec(pureGo(), func(y, p *graph.Node) *graph.Node { return l.PerRow(y, p) })
	return j, err
}

// Opinions are taken so many times as far from the constant: a judge is too sure of itself, or, of probabilities, not sure enough.
var (
	numberStretches = []float64{0.25, 0.5, 0.75, 1, 1.25}
	oddsStretches   = []float64{0.25, 0.5, 0.75, 1, 1.4, 2, 2.8, 4, 5.6, 8, 12}
)

// explained is what an opinion explains at its best stretch, with its standard error.
func (j *lossJudge) explained(o opinion) (explained, deviation float64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the loss %s doesn't take the judges' predictions", j.output.Loss)
		}
	}()
	from, to := o.from, len(j.table.x)
	y, weights := j.y.Range(from, to), j.weights
	if weights != nil {
		weights = weights[from:to]
	}
	s, err := newYardstick(j.output.Loss, y, weights)
	if err != nil {
		return 0, 0, err
	}
	stretches := numberStretches
	if j.link != asNumbers {
		stretches = oddsStretches
	}
	explained = math.Inf(-1)
	var best []float32
	for _, stretch := range stretches {
		rows, err := callLoss(j.exec, y, j.predictions(o, stretch))
		if err != nil {
			return 0, 0, err
		}
		if e := s.progress(weightedMean(rows, weights)); e > explained {
			explained, best = e, rows
		}
	}
	if best == nil {
		return math.NaN(), math.NaN(), nil
	}
	constant, err := callLoss(j.exec, y, j.predictions(o, 0))
	if err != nil {
		return 0, 0, err
	}
	return explained, s.deviation(explained, best, constant, weights), nil
}

// deviation is the standard error of what is explained: of the mean over rows of what each leaves more than its share.
func (s yardstick) deviation(explained float64, losses, constant, weights []float32) float64 {
	whole := math.Abs(s.constant)
	if s.floor != 0 && s.constant > s.floor {
		whole = s.constant - s.floor
	}
	n := float64(len(losses))
	sum, square := 0.0, 0.0
	for i, v := range losses {
		d := float64(v) - (1-explained)*float64(constant[i])
		if weights != nil {
			d *= float64(weights[i])
		}
		sum += d
		square += d * d
	}
	return math.Sqrt(max(0, square/n-sum/n*sum/n)/n) / whole
}
