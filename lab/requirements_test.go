package lab_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var pinnedPackage = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*==[^ ]+( ; [^\\]*)?$`)

// TestPackagesArePinned looks at every Python package that is ever installed: one version, with the hashes of its
// files, and an installer that insists on them.
func TestPackagesArePinned(t *testing.T) {
	files, err := filepath.Glob("requirements/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		packages := 0
		for entry := range strings.SplitSeq(strings.ReplaceAll(string(content), "\\\n", ""), "\n") {
			entry, _, _ = strings.Cut(entry, "#")
			if entry = strings.TrimSpace(entry); entry == "" {
				continue
			}
			packages++
			what, hashes, found := strings.Cut(entry, "--hash=")
			assert.True(t, found && strings.HasPrefix(hashes, "sha256:"), "%s: %s has no hash", file, what)
			assert.Regexp(t, pinnedPackage, strings.TrimSpace(what), file)
		}
		assert.NotZero(t, packages, file)
	}
	for _, script := range []string{"setup.sh", "site.sh", "../bench/peers.sh"} {
		content, err := os.ReadFile(script)
		require.NoError(t, err)
		for line := range strings.Lines(string(content)) {
			if strings.Contains(line, "pip install") {
				assert.Contains(t, line, "--require-hashes", script)
				assert.Contains(t, line, "--only-binary :all:", "%s: a source archive runs its own code to install", script)
			}
		}
	}
}

// TestPluginPinMovesAlong compares the version that is installed with the one whose SHA-256 pkg/backend knows.
func TestPluginPinMovesAlong(t *testing.T) {
	requirement, err := os.ReadFile("requirements/plugin.txt")
	require.NoError(t, err)
	version := regexp.MustCompile(`lammps-jax-pjrt-cpu==([^ ]+)`).FindStringSubmatch(string(requirement))
	require.Len(t, version, 2)
	pins, err := os.ReadFile("../pkg/backend/pin.go")
	require.NoError(t, err)
	assert.Contains(t, string(pins), `"lammps-jax-pjrt-cpu `+version[1]+` linux/amd64": "`)
}
