package keras

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every training with a known cause can be read, where those files are beside the repository.
func TestTrainingsWithKnownCauses(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "*-cases", "*", "config.json"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("needs ../shared/*-cases")
	}
	for _, file := range files {
		d, err := ReadConfigFile(file)
		require.NoError(t, err)
		assert.True(t, d.Compiled, file)
		assert.NotEmpty(t, d.InputShape, file)
	}
}
