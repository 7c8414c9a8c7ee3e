package report_test

import (
	"fmt"
	"math"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Marked are the layers that the evidence names and those that the treatment changes, and no others, such as one whose name begins alike.
func TestModelMarksTheSuspects(t *testing.T) {
	model := nn.Sequential{nn.Dense{Name: "dense", Units: 4}, nn.Dense{Name: "dense_1", Units: 3}, nn.Dense{Name: "out", Units: 1}}
	treated := append(nn.Sequential{}, model...)
	treated[2] = nn.Dense{Name: "out", Units: 1, Activation: nn.Sigmoid{}}
	d := dataset.Data{X: dataset.Array{Shape: []int{2, 5}, Values: make([]float32, 10)}, Y: dataset.Array{Shape: []int{2, 1}, Values: make([]float32, 2)}}
	r := &doctor.Report{
		Training: training.Training{Model: model, Data: d},
		Findings: []doctor.Finding{{Cause: doctor.DyingReLU, Symptoms: []doctor.Symptom{{Text: "all units of dense_1 are off"}, {Text: "dense is as usual", Usual: true}}}},
		Treated:  &doctor.Attempt{Training: training.Training{Model: treated, Data: d}},
	}
	picture, ok := report.Model(r)
	require.True(t, ok)
	marked := map[string]string{}
	for _, b := range picture.Boxes {
		if b.Marked {
			marked[b.Name] = b.Notes[len(b.Notes)-1]
		}
	}
	require.Equal(t, map[string]string{"dense_1": "dying-relu", "out": "to be changed"}, marked)

	_, ok = report.Model(&doctor.Report{})
	require.False(t, ok)
}

func TestData(t *testing.T) {
	nan := float32(math.NaN())
	d := dataset.Data{
		X:        dataset.Array{Shape: []int{3, 2}, Values: []float32{1, 5, nan, 5, 3, 5}},
		Y:        dataset.Array{Shape: []int{3, 1}, Values: []float32{0, 1, 1}},
		Features: []string{"age", ""}, Targets: []string{"ill"},
	}
	r := &doctor.Report{Training: training.Training{Data: d}, Look: doctor.Look{NonFiniteRows: 1, TargetLook: doctor.TargetLook{Classes: []int{1, 2}}}}
	require.Equal(t, [][]any{
		{"feature age", "", "1 to 3", ""},
		{"feature 2", "", "always 5", ""},
		{"target ill", "", "0 to 1", "rows of class 0: 1, 1: 2"},
	}, report.Data(r).Rows)
	require.Equal(t, "3 rows to train on; 1 of all with a value that isn't finite.", report.Rows(r))

	d.X = dataset.Array{Shape: []int{3, 28, 28}, Values: make([]float32, 3*28*28)}
	r.Training.Data = d
	require.Equal(t, []any{"input", "[28 28]", "always 0", ""}, report.Data(r).Rows[0])
	require.Empty(t, report.Data(&doctor.Report{}).Rows)
	require.Empty(t, report.Rows(&doctor.Report{}))
}

// What the evidence says of a feature without a name is found in the table of the data under the same number.
func TestFeaturesAreCountedAsInTheTable(t *testing.T) {
	d, err := dataset.Random(100, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	for i := range d.X.Values {
		if i%3 == 1 {
			d.X.Values[i] = 1000 + 500*d.X.Values[i]
		}
	}
	c := training.Training{Model: nn.Sequential{nn.Dense{Units: 4}, nn.Dense{Units: 1}}, Data: d, Optimizer: optim.SGD(0.1)}
	r, err := doctor.ExaminePartial(t.Context(), &training.Partial{Problems: training.Problems{training.NotCompiled}, Training: c})
	require.NoError(t, err)
	found := regexp.MustCompile(`to \S+ \((feature \d+)\)`).FindStringSubmatch(r.Findings[0].Evidence())
	require.NotNil(t, found, r.Findings[0].Evidence())
	largest, of := 0.0, ""
	for _, row := range report.Data(r).Rows {
		var low, high float64
		if n, _ := fmt.Sscanf(fmt.Sprint(row[2]), "%g to %g", &low, &high); n == 2 && high > largest {
			largest, of = high, fmt.Sprint(row[0])
		}
	}
	require.Equal(t, of, found[1])
}
