package optim

import (
	"errors"
	"fmt"
	"strings"
)

// RateTable is the rate of each step, one by one; behind the last it stays.
type RateTable struct{ Rates []float64 }

// At returns the rate of a step.
func (t RateTable) At(step int) float64 { return t.Rates[min(step, len(t.Rates)-1)] }

// Validate refuses an empty table, and rates that are negative, NaN or infinite.
func (t RateTable) Validate() error {
	if len(t.Rates) == 0 {
		return errors.New("RateTable.Rates is empty")
	}
	for i, r := range t.Rates {
		if err := validateRates("RateTable", setting{fmt.Sprintf("Rates[%d]", i), r}); err != nil {
			return err
		}
	}
	return nil
}

// mostTabled is how many rates are printed: more are no text that anyone reads.
const mostTabled = 200

func (t RateTable) torchRate(step string) (string, error) {
	if len(t.Rates) > mostTabled {
		return "", fmt.Errorf("%T of %d rates isn't written in PyTorch", t, len(t.Rates))
	}
	texts := make([]string, len(t.Rates))
	for i, r := range t.Rates {
		texts[i] = py(r)
	}
	return fmt.Sprintf("[%s][min(%s, %d)]", strings.Join(texts, ", "), step, len(texts)-1), nil
}
