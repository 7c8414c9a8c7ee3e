package training

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/dataset"
)

// checkWhole refuses fractions where the file cuts them off from the input: they would be computed with here.
func (t Training) checkWhole() error {
	if !t.IsAssumed(InputsSetting) {
		return nil
	}
	for _, data := range []dataset.Data{t.Data, t.Validation} {
		for i, v := range data.X.Values {
			if float64(v) != math.Trunc(float64(v)) && !math.IsNaN(float64(v)) {
				row := i / max(1, len(data.X.Values)/max(1, data.Rows()))
				return fmt.Errorf("the model makes whole numbers of its input, but the data has %g in row %d: round it first, or make the input float32", v, row+1)
			}
		}
	}
	return nil
}
