package keras

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/training"
)

// Every training with a known cause can be read, where those files are beside the repository: all but those with
// layers, branches and losses that aren't supported, of which nothing else may be wrong.
func TestTrainingsWithKnownCauses(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "*-cases", "*", "config.json"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("needs ../shared/*-cases")
	}
	for _, file := range files {
		d, err := ReadConfigFile(file)
		var problems training.Problems
		if errors.As(err, &problems) {
			for _, p := range problems {
				assert.Regexp(t, "^layers of class .* are not supported(: .*)?$|is not supported yet$|^there is no loss", p.Text, file)
			}
			continue
		}
		require.NoError(t, err)
		assert.True(t, d.Compiled, file)
		assert.NotEmpty(t, d.InputShape, file)
	}
}
