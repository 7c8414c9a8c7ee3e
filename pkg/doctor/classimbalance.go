package doctor

import (
	"errors"
	"fmt"
	"math"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// classImbalance suspects a class that the loss hardly notices: it has few rows, or weights take its rows away.
var classImbalance = &Rule{
	Cause:    ClassImbalance,
	Doc:      "A class has so few rows, or rows of so little weight, that the loss hardly notices it.",
	Source:   "King & Zeng 2001, Logistic Regression in Rare Events Data; scikit-learn's class_weight=\"balanced\"",
	Requires: all(classShares, rareRecall),
	Suspect: func(p *Patient) *Suspicion {
		c, recall := classShares.of(p), rareRecall.of(p)
		if len(c.rows) < 2 || p.Training.Data.SampleWeight != nil {
			return nil
		}
		s := &Suspicion{Strength: Likely, Treatments: []Treatment{balanced(c.rows)}}
		if k := c.silenced(); k >= 0 {
			s.Strength = Strong
			s.Symptoms = []Symptom{{Gauge: "weight of a class, as a share of all", Got: c.weights[k] / c.weight, Limit: "near its share of the rows, or more where it is rare",
				Text: fmt.Sprintf("class %d has %.2g%% of the rows, and class_weight leaves it %.2g%% of the loss: what distinguishes it is not learned", k, 100*c.rows[k]/c.all, 100*c.weights[k]/c.weight)}}
			return s
		}
		k := c.rarest()
		if !c.rare(k) || c.rows[k] < leastRare || !(recall < foundAtLeast) {
			return nil
		}
		s.Symptoms = []Symptom{{Gauge: "share of the rarest class's training rows that are predicted as such", Got: recall, Limit: fmt.Sprintf("at least %g", foundAtLeast),
			Text: fmt.Sprintf("class %d has %.2g%% of the rows, %.0f, and %.0f%% of them are classified correctly", k, 100*c.rows[k]/c.all, c.rows[k], 100*recall)}}
		return s
	},
}

// Limits on classes. What has less than a tenth of the weight is lost among the others' gradients, unless it has as much as they have: of
// ten equal classes each has a tenth, and of a hundred a hundredth. A few rows are no class.
const (
	rareClass    = 0.1
	rareOfEqual  = 0.5  // of the share that each of equal classes has
	byChance     = 3.5  // standard deviations: drawn alike, the rarest of a hundred classes is so rare in less than one set of fifty
	leastRare    = 5    // rows
	foundAtLeast = 0.1  // of a class's rows
	takenAway    = 0.25 // of a class's share that weights leave it, from which down they take it away
)

// shares are the rows of each class, and what they weigh.
type shares struct {
	rows, weights []float64
	all, weight   float64
}

// classShares are of a training with one output and one label a row; none for others.
var classShares = measure("rows and weights of the classes", FromData, func(p *Patient) (c shares) {
	outputs := p.outputs()
	if len(outputs) != 1 || outputs[0].places > 1 || outputs[0].Loss == nil {
		return c
	}
	o := outputs[0]
	kinds := 0
	switch _, crossentropy := fromLogits(o.Loss); {
	case !crossentropy:
		return c
	case o.encoding() == oneOfSeveral:
		kinds = o.size()
	case o.size() == 1 && o.look.isClasses():
		kinds = len(o.look.Classes)
	default:
		return c
	}
	d := p.Training.TrainData()
	c.rows, c.weights = make([]float64, kinds), make([]float64, kinds)
	for i := range d.Rows() {
		k := labelOf(o.Targets.Row(i))
		if k < 0 || k >= kinds {
			return shares{}
		}
		w := 1.0
		if d.SampleWeight != nil {
			w = float64(d.SampleWeight[i])
		}
		c.rows[k]++
		c.weights[k] += w
		c.all++
		c.weight += w
	}
	return c
})

// labelOf is a row's class: its number, or the place of the largest of several.
func labelOf(row []float32) int {
	if len(row) == 1 {
		return int(row[0])
	}
	largest := 0
	for k, v := range row {
		if v > row[largest] {
			largest = k
		}
	}
	return largest
}

// silenced is a class of which weights leave hardly anything; −1: there is none.
func (c shares) silenced() int {
	for k, n := range c.rows {
		if n >= leastRare && c.weights[k]/c.weight < takenAway*n/c.all && c.weights[k]/c.weight < rareClass {
			return k
		}
	}
	return -1
}

// rarest is the class with the least weight of those with rows.
func (c shares) rarest() int {
	rarest := -1
	for k, n := range c.rows {
		if n > 0 && (rarest < 0 || c.weights[k] < c.weights[rarest]) {
			rarest = k
		}
	}
	return rarest
}

// rare tells whether class k has less weight than it would among equal classes, by far and not by chance.
func (c shares) rare(k int) bool {
	classes := 0.0
	for _, n := range c.rows {
		if n > 0 {
			classes++
		}
	}
	share, equal := c.weights[k]/c.weight, 1/classes
	return share < min(rareClass, rareOfEqual*equal, equal-byChance*math.Sqrt(equal*(1-equal)/c.all))
}

// rareRecall is the share of the rarest class's training rows that the run predicts as such; NaN: it can't be told.
var rareRecall = measure("rows of the rarest class that the run tells", FromRun, func(p *Patient) float64 {
	c := classShares.of(p)
	if len(c.rows) < 2 {
		return math.NaN()
	}
	o := p.outputs()[0]
	predictions := p.Before.Predictions
	width := predictions.RowSize()
	found, k := 0.0, c.rarest()
	for i := range p.Training.TrainRows() {
		if labelOf(o.Targets.Row(i)) != k {
			continue
		}
		row := predictions.Row(i)
		told := labelOf(row)
		if width == 1 {
			limit := float32(0.5)
			if logits, _ := fromLogits(o.Loss); logits {
				limit = 0
			}
			told = 0
			if row[0] > limit {
				told = 1
			}
		}
		if told == k {
			found++
		}
	}
	return found / c.rows[k]
})

// balanced lets each class count alike.
func balanced(rows []float64) Treatment {
	all, classes := 0.0, 0.0
	for _, n := range rows {
		if all += n; n > 0 {
			classes++
		}
	}
	return Treatment{
		Text: "weigh rows by their class, so that each class counts alike (class_weight = rows / (classes · rows of the class))",
		Apply: func(c training.Training) (training.Training, error) {
			weights := make([]float64, len(rows))
			given := map[int]float64{}
			for k, n := range rows {
				if n > 0 {
					weights[k] = short(math.Round(1000*all/(classes*n)) / 1000)
					given[k] = weights[k]
				}
			}
			if !c.OfTorch() {
				c.ClassWeight = given
				return c, nil
			}
			c.ClassWeight = nil // PyTorch's losses have the weights themselves
			switch l := loss.Unreduced(c.Loss).(type) {
			case loss.BinaryCrossentropy:
				if l.FromLogits { // of probabilities it has none
					l.PosWeights = []float64{short(rows[0] / rows[1])}
					return c.WithLoss(0, l), nil
				}
			case loss.SparseCategoricalCrossentropy:
				l.ClassWeights = weights
				return c.WithLoss(0, l), nil
			case loss.CategoricalCrossentropy:
				l.ClassWeights = weights
				return c.WithLoss(0, l), nil
			}
			return c, errors.New("the loss has no weights of classes")
		},
	}
}

// ignoredClass asks of a training that learns whether it does so at the cost of a class: measured with each class counting alike it is
// stuck, and trained so it isn't. A class that nothing tells from the others stays so with any weight.
func (e *examination) ignoredClass(s suspicion) (found bool, err error) {
	a, err := e.try([]suspicion{s}, s.Treatments[:1])
	if err != nil || a.After == nil {
		return false, err
	}
	given := e.patient.Before
	was, err := measureRows(a.Training, a.Training.TrainData(), given.predictions, given.masks, 0)
	if err != nil {
		return false, err
	}
	if a.Cures = score(was.progress) < stuckBelow && score(a.After.Progress) > max(curedAt, score(was.progress)+clearly); !a.Cures {
		return false, nil
	}
	e.conclude(a)
	e.report.Remark = fmt.Sprintf("Measured with each class counting alike it explains %s as given and %s with the treatment.", explainedText(was.explained), explainedText(a.After.Explained))
	return true, nil
}
