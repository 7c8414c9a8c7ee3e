package saved

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"

	"example.com/unstuck/pkg/training"
)

func TestSettingsAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fit.json")
	for says, content := range map[string]string{
		"more than 1048576 bytes are no settings": strings.Repeat(" ", maxSettings) + "{}",
		"epochs is 2000000000":                    `{"epochs": 2000000000}`,
		"batch_size is -1":                        `{"batch_size": -1}`,
		"behind the settings":                     `{} {}`,
		"…":                                       `{"` + strings.Repeat("x", 1000) + `": 1}`,
		"exceeded max depth":                      strings.Repeat(`{"seed":`, 20000),
		"is empty":                                " \n",
		"ends in the middle":                      `{"epochs": 3`,
		"holds an array, must be an object":       `[]`,
		"holds a number, must be an object":       `3`,
		"epochs is a string, must be a whole":     `{"epochs": "3"}`,
		"epochs is number 1.5, must be a whole":   `{"epochs": 1.5}`,
		`there is no setting "epoch": the settings are epochs, batch_size, validation_split, seed, shuffle and class_weight`: `{"epoch": 3}`,
		"shuffle is a number, must be true or": `{"shuffle": 1}`,
		"class_weight is an array, must be an": `{"class_weight": [1, 2]}`,
	} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		err := readFit(new(training.Training), path)
		require.ErrorContains(t, err, says)
		assert.ErrorContains(t, err, path)
		assert.Less(t, len(err.Error()), 500)
	}
}

func TestClassWeight(t *testing.T) {
	c := new(training.Training)
	require.NoError(t, takeFit(c, []byte(`{"class_weight": {"0": 1, "1": 5.5, "-1": 0}}`)))
	require.Equal(t, map[int]float64{0: 1, 1: 5.5, -1: 0}, c.ClassWeight)
	for _, content := range []string{`{"class_weight": {"one": 1}}`, `{"class_weight": {"1": -2}}`, `{"class_weight": {"1": "2"}}`, `{"class_weight": [1, 2]}`, `{"class_weight": "balanced"}`} {
		require.Error(t, takeFit(new(training.Training), []byte(content)), content)
	}
	require.NoError(t, takeFit(c, []byte(`{"class_weight": null}`)))
	require.Len(t, c.ClassWeight, 3, "what isn't named stays")
}

func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"epochs": 3, "batch_size": 2, "validation_split": 0.25, "seed": 9, "shuffle": false}`))
	f.Add([]byte(`{"epochs": 1e9, "seed": -9223372036854775808, "shuffle": null}`))
	f.Add([]byte(`{"validation_split": 1e309}`))
	f.Add([]byte(`{"epochs": -1} []`))
	f.Add([]byte(`{"class_weight": {"0": 1, "1": 1e308}}`))
	reads := allowance.Allowance{Fixed: 1 << 20, PerByte: 100}
	f.Fuzz(func(t *testing.T, content []byte) {
		c := training.Training{Epochs: 1, BatchSize: 32}
		var err error
		reads.Check(t, len(content), func() { err = takeFit(&c, content) })
		if err != nil {
			require.Less(t, len(err.Error()), 1000)
			return
		}
		require.True(t, c.Epochs >= 1 && c.Epochs <= training.MaxEpochs && c.BatchSize >= 1)
	})
}

// Without a fit.json that is said, with what to write into one.
func TestWithoutAFitJSON(t *testing.T) {
	dir := written(t, map[string]string{"config.json": kerasConfig, "data.csv": csvRows})
	f, err := Find(dir, Files{})
	require.NoError(t, err)
	c, err := f.Read()
	require.NoError(t, err)
	require.Contains(t, assumed(c), `validation split 0 (there is no fit.json, and Keras holds no rows out; write yours into one: {"epochs": …, "batch_size": …, "validation_split": …})`)
	require.True(t, c.IsAssumed(training.ValidationSplitSetting))
}
