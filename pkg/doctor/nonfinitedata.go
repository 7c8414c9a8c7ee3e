package doctor

import (
	"fmt"

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
				Text: fmt.Sprintf("%d of %d rows hold NaN or infinite values", n, p.Training.Data.Rows()+p.Training.Validation.Rows())}},
			Treatments: []Treatment{dropNonFinite},
		}
	},
}

var dropNonFinite = Treatment{
	Text:  "drop the rows that hold NaN or infinite values",
	Apply: func(c training.Training) (training.Training, error) { return c.Prepare(training.DropNonFinite{}) },
}
