package keras

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every training with a known cause of the kinds that this package reads can be read, where those files are beside the
// repository. The folders of other cases hold layers that are still to come.
func TestTrainingsWithKnownCauses(t *testing.T) {
	var files []string
	for _, folder := range []string{"doctor-cases", "real-cases"} {
		found, err := filepath.Glob(filepath.Join(root(t), "..", "shared", folder, "*", "config.json"))
		require.NoError(t, err)
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("needs ../shared/doctor-cases")
	}
	for _, file := range files {
		d, err := ReadConfigFile(file)
		require.NoError(t, err)
		assert.True(t, d.Compiled, file)
		assert.NotEmpty(t, d.InputShape, file)
	}
}
