package smalldisk

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNew(t *testing.T) {
	file := filepath.Join(New(t, 64<<10), "file")
	require.NoError(t, os.WriteFile(file, make([]byte, 32<<10), 0o600))
	assert.ErrorIs(t, os.WriteFile(file, make([]byte, 96<<10), 0o600), syscall.ENOSPC)
}
