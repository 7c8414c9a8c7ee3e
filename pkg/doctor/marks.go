package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// markedTargets is the treatment where a number among the targets stands for "missing", and the symptom: rows that nobody knows the target of
// have nothing to teach, and as numbers they outweigh all others.
func (p *Patient) markedTargets(o output) (s Symptom, t Treatment, found bool) {
	values := make([]float64, len(o.Targets.Values))
	for i, v := range o.Targets.Values {
		values[i] = float64(v)
	}
	mark, cells := dataset.StandIn(values)
	if cells == 0 {
		return s, t, false
	}
	rows := len(o.Targets.RowsWith(float32(mark)))
	s = Symptom{Gauge: "targets that look like a mark for missing values", Got: float64(cells), Limit: "0",
		Text: o.of() + fmt.Sprintf("%d targets are %.6g, which is farther from all others than these are from each other, as a mark for missing values is", cells, mark)}
	t = Treatment{
		Text: o.of() + fmt.Sprintf("take out the %d rows whose target is %.6g, if that stands for a missing value (of a table: --missing-value %.6g)", rows, mark, mark),
		Apply: func(c training.Training) (training.Training, error) {
			return c.Prepare(training.DropValue{Output: o.At, Value: float32(mark)})
		},
	}
	return s, t, true
}
