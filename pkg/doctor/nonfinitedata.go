package doctor

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// nonFiniteData suspects NaN and infinities in the data.
var nonFiniteData = &Rule{
	Cause:           NonFiniteData,
	Doc:             "The data hold NaN or infinities; one such value in a batch makes all weights NaN.",
	Source:          "IEEE 754: NaN + x = NaN",
	Requires:        all(dataLook),
	fromDescription: true,
	Suspect: func(p *Patient) *Suspicion {
		n := dataLook.of(p).NonFiniteRows
		if n == 0 {
			return nil
		}
		return &Suspicion{
			Strength: Strong,
			Symptoms: []Symptom{{Gauge: "rows with NaN or infinite values", Got: float64(n), Limit: "0",
				Text: fmt.Sprintf("%d of %d rows hold NaN or infinite values%s", n, p.Training.Data.Rows()+p.Training.Validation.Rows(), nonFinitePlaces(p.Training))}},
			Treatments: []Treatment{dropNonFinite},
		}
	},
}

// nonFinitePlaces says in which arrays and rows the values are.
func nonFinitePlaces(t training.Training) string {
	text := ""
	inputs, outputs := t.Data.Inputs(), t.Data.Outputs()
	for i, a := range slices.Concat(inputs, outputs) {
		name, n := "inputs", i
		if i >= len(inputs) {
			name, n = "targets", i-len(inputs)
		}
		if n > 0 {
			name = fmt.Sprintf("%s number %d", name, n+1)
		}
		if rows := (dataset.Data{X: a, Y: a}).NonFiniteRows(); len(rows) > 0 {
			text += fmt.Sprintf("; %s in %s %s", name, plural(len(rows), "row"), named(rows))
		}
	}
	return text
}

var dropNonFinite = Treatment{
	Text:  "drop the rows that hold NaN or infinite values",
	Apply: func(c training.Training) (training.Training, error) { return c.Prepare(training.DropNonFinite{}) },
}
