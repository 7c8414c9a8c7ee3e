package training

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// validated has rows of their own to validate on.
func validated(t *testing.T) Training {
	c := given(t)
	c.ValidationSplit = 0
	var err error
	c.Validation, err = dataset.Random(20, []int{3}, []int{1}, 2)
	require.NoError(t, err)
	return c
}

func TestValidationRows(t *testing.T) {
	split, own := given(t), validated(t)
	require.Equal(t, 80, split.TrainRows())
	require.Equal(t, split.Data.Range(80, 100), split.ValidationData())
	require.Equal(t, 100, own.TrainRows())
	require.Equal(t, own.Validation, own.ValidationData())
	require.NoError(t, own.Validate())
	require.True(t, split.Validated() && own.Validated())
	own.Validation = dataset.Data{}
	require.False(t, own.Validated())
	require.Zero(t, own.ValidationData().Rows())
}

func TestValidationRefused(t *testing.T) {
	for want, change := range map[string]func(*Training){
		"both Validation and ValidationSplit": func(c *Training) { c.ValidationSplit = 0.2 },
		"rows of shape [2] where those trained on have [3]": func(c *Training) {
			c.Validation.X = dataset.Array{Shape: []int{20, 2}, Values: make([]float32, 40)}
		},
		"has 3 inputs and targets, the data trained on 2": func(c *Training) { c.Validation.MoreX = []dataset.Array{c.Validation.X} },
		"validation data: ": func(c *Training) { c.Validation.Y.Values = c.Validation.Y.Values[:3] },
		"metric 0 is nil":   func(c *Training) { c.Metrics = []loss.Metric{nil} },
	} {
		c := validated(t)
		change(&c)
		require.ErrorContains(t, c.Validate(), want)
	}
}

// Settings that aren't given count as what fit takes for them.
func TestStepsOfWhatIsNotGiven(t *testing.T) {
	c := given(t)
	c.BatchSize, c.Epochs = 0, 0
	require.Equal(t, 3, c.Steps())
	require.Equal(t, 3, c.Updates())
}

// What is done to the rows trained on is done to the validation rows, with the same numbers, and told in code.
func TestPreparationsReachTheValidationRows(t *testing.T) {
	for name, c := range map[string]struct {
		p         Preparation
		goes, say string
	}{
		"inputs": {StandardizeInputs{},
			"scaler, err := dataset.FitScaler(data.X)\ndata.X, err = scaler.Apply(data.X)\nvalidation.X, err = scaler.Apply(validation.X)",
			"x_val = (x_val - x.mean(0)) / x.std(0)\nx = (x - x.mean(0)) / x.std(0)"},
		"recoded": {Recode{Shift: 1, Scale: 2},
			"for i, v := range data.Y.Values {\n\tdata.Y.Values[i] = (v - 1) / 2\n}\nfor i, v := range validation.Y.Values {\n\tvalidation.Y.Values[i] = (v - 1) / 2\n}",
			"y = (y - 1) / 2\ny_val = (y_val - 1) / 2"},
		"rows": {DropRows{Data: []int{1}, Validation: []int{1}},
			"data, err = data.Without([]int{1}) // row 2, counted from 1\nvalidation, err = validation.Without([]int{1}) // row 2, counted from 1",
			"keep = np.delete(np.arange(len(x)), [1])  # row 2, counted from 1\nx, y = x[keep], y[keep]\nkeep = np.delete(np.arange(len(x_val)), [1])  # row 2, counted from 1\nx_val, y_val = x_val[keep], y_val[keep]"},
		"a value": {DropValue{Value: 2},
			"data, err = data.Without(data.Y.RowsWith(2))\nvalidation, err = validation.Without(validation.Y.RowsWith(2))",
			"keep = (y.astype(\"float32\") != np.float32(2)).reshape(len(y), -1).all(1)\nx, y = x[keep], y[keep]\nkeep = (y_val.astype(\"float32\") != np.float32(2)).reshape(len(y_val), -1).all(1)\nx_val, y_val = x_val[keep], y_val[keep]"},
		"finite": {DropNonFinite{},
			"data, err = data.DropNonFinite()\nvalidation, err = validation.DropNonFinite()",
			"keep = np.isfinite(x).reshape(len(x), -1).all(1) & np.isfinite(y).reshape(len(y), -1).all(1)\nx, y = x[keep], y[keep]\n" +
				"keep = np.isfinite(x_val).reshape(len(x_val), -1).all(1) & np.isfinite(y_val).reshape(len(y_val), -1).all(1)\nx_val, y_val = x_val[keep], y_val[keep]"},
	} {
		t.Run(name, func(t *testing.T) {
			before := validated(t)
			after, err := before.Prepare(c.p)
			require.NoError(t, err)
			d := Compare(before, after)
			require.Equal(t, c.say, d.Keras)
			require.Equal(t, c.goes, d.Go)
			// One set of rows, prepared as the rows trained on and as validation rows, comes out alike.
			same := before
			same.Validation = same.Data
			same, err = same.Prepare(c.p)
			require.NoError(t, err)
			require.Equal(t, same.Data, same.Validation)
		})
	}
}
