package explore

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Whatever changes a training's numbers changes its digest, and nothing else does: every field of a training is asked.
func TestDigestTellsTrainingsApart(t *testing.T) {
	data, err := dataset.Random(4, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	base := training.Training{Model: nn.Sequential{nn.Dense{Units: 1}}, Data: data, Optimizer: optim.SGD(0.1), Loss: loss.MSE{}}
	of := func(c training.Training, r Run) string {
		d, err := digest(c, r)
		require.NoError(t, err)
		return d
	}
	changes := map[string]func(*training.Training){
		"Model":           func(c *training.Training) { c.Model = nn.Sequential{nn.Dense{Units: 2}} },
		"InputShape":      func(c *training.Training) { c.InputShape = []int{2} },
		"Data":            func(c *training.Training) { c.Data.SampleWeight = []float32{1, 1, 1, 2} },
		"Optimizer":       func(c *training.Training) { c.Optimizer = optim.SGD(0.2) },
		"Loss":            func(c *training.Training) { c.Loss = loss.MAE{} },
		"Metrics":         func(c *training.Training) { c.Metrics = []loss.Metric{loss.RMSE{}} },
		"Epochs":          func(c *training.Training) { c.Epochs = 2 },
		"BatchSize":       func(c *training.Training) { c.BatchSize = 2 },
		"ValidationSplit": func(c *training.Training) { c.ValidationSplit = 0.5 },
		"Validation":      func(c *training.Training) { c.Validation = data },
		"ClassWeight":     func(c *training.Training) { c.ClassWeight = map[int]float64{0: 2} },
		"NoShuffle":       func(c *training.Training) { c.NoShuffle = true },
		"StopEarly":       func(c *training.Training) { c.StopEarly = 3 },
		"Seed":            func(c *training.Training) { c.Seed = 5 },
		"Start": func(c *training.Training) {
			c.Weights = []training.Weight{{Path: "/dense/kernel", Array: dataset.Array{Shape: []int{2, 1}, Values: []float32{1, 2}}}}
		},
		"Encodings": func(c *training.Training) { c.Encodings = []training.Encoding{{Arrays: []string{"review"}}} },
		"Source": func(c *training.Training) {
			c.Source = training.Source{Parameters: map[string][]string{"/dense/kernel": {"fc.weight"}}}
		},
		"Assumed": func(c *training.Training) { c.Assume(training.EpochsSetting, "1", "it is quick") },
	}
	seen := map[string]string{of(base, Run{}): "base"}
	for i := range reflect.TypeFor[training.Training]().NumField() {
		field := reflect.TypeFor[training.Training]().Field(i)
		if !field.IsExported() {
			continue // what was done to the data, which is compared itself
		}
		require.Contains(t, changes, field.Name)
		c := base
		changes[field.Name](&c)
		d := of(c, Run{})
		if field.Name == "Seed" || field.Name == "Assumed" || field.Name == "Encodings" || field.Name == "Source" {
			require.Equal(t, "base", seen[d], field.Name)
			continue
		}
		require.Empty(t, seen[d], field.Name)
		seen[d] = field.Name
	}
	require.Empty(t, seen[of(base, Run{AllowNonFinite: true})])
	require.Empty(t, seen[of(base, Run{Callbacks: func() []fit.Callback { return nil }})])
	require.Equal(t, "base", seen[of(base, Run{Fit: fit.Options{Seed: 3, Metrics: []loss.Metric{loss.MAE{}}}})], "the training's own take their place")
}
