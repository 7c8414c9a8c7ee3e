package backend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestVerifyTriesAFileOnce(t *testing.T) {
	w := newWorld(t)
	path := w.cpuPlugin()
	verify := func() Plugin {
		p, err := w.env.verify(w.env.plugins(Options{})[0], w.engines.try)
		require.NoError(t, err)
		return p
	}
	first := verify()
	require.Equal(t, "bc1de45bfa4006cb1695e194d9bdf6532af14e323de66a5bd13b146184b15d30", first.SHA256)
	require.False(t, first.Pinned)
	require.Equal(t, first, verify())
	require.Len(t, w.tried, 1)
	records, err := filepath.Glob(w.path("project", ".lab", "plugins", "*.json"))
	require.NoError(t, err)
	require.Len(t, records, 1, "the record lies in the project")

	later := time.Now().Add(time.Hour)
	require.NoError(t, os.Chtimes(path, later, later))
	verify()
	require.Len(t, w.tried, 2, "a touched file is tried again")
	require.NoError(t, os.WriteFile(records[0], []byte("{"), 0o644))
	verify()
	require.Len(t, w.tried, 3, "a damaged record counts as none")
	text, err := os.ReadFile(records[0])
	require.NoError(t, err)
	older := strings.Replace(string(text), "\"programs\": false", "\"others\": false", 1)
	require.NotEqual(t, string(text), older)
	require.NoError(t, os.WriteFile(records[0], []byte(older), 0o644))
	verify()
	require.Len(t, w.tried, 4, "so does one that doesn't tell whether programs are loaded")
}

func TestVerifyKeepsTheRecordInTheCacheOfAReadOnlyProject(t *testing.T) {
	w := newWorld(t)
	w.cpuPlugin()
	w.file("project", ".lab", "plugins") // a file where the folder should be: nobody can write there
	for range 2 {
		_, err := w.env.verify(w.env.plugins(Options{})[0], w.engines.try)
		require.NoError(t, err)
	}
	require.Len(t, w.tried, 1)

	w = newWorld(t)
	w.cpuPlugin()
	w.file("project", ".lab", "plugins")
	w.env.cache = ""
	for range 2 {
		_, err := w.env.verify(w.env.plugins(Options{})[0], w.engines.try)
		require.NoError(t, err, "without a place for the record it still works")
	}
	require.Len(t, w.tried, 2)
}

func TestVerifyRefusesAPluginThatIsNotThePinnedOne(t *testing.T) {
	w := newWorld(t)
	path := w.cpuPlugin()
	pins["lammps-jax-pjrt-cpu 0.99 plan9/amd64"] = strings.Repeat("0", 64)
	defer delete(pins, "lammps-jax-pjrt-cpu 0.99 plan9/amd64")
	p, err := w.env.verify(w.env.plugins(Options{})[0], w.engines.try)
	require.ErrorContains(t, err, "is not the file that lammps-jax-pjrt-cpu 0.99 shipped")
	require.Equal(t, err.Error(), p.Problem)
	require.Empty(t, w.tried, "it never runs")

	pins["lammps-jax-pjrt-cpu 0.99 plan9/amd64"] = digest(t, path)
	p, err = w.env.verify(w.env.plugins(Options{})[0], w.engines.try)
	require.NoError(t, err)
	require.True(t, p.Pinned)
}

func TestVerifyChecksThePinOfARecordedFileToo(t *testing.T) {
	w := newWorld(t)
	w.cpuPlugin()
	_, err := w.env.verify(w.env.plugins(Options{})[0], w.engines.try)
	require.NoError(t, err)
	pins["lammps-jax-pjrt-cpu 0.99 plan9/amd64"] = strings.Repeat("0", 64)
	defer delete(pins, "lammps-jax-pjrt-cpu 0.99 plan9/amd64")
	_, err = w.env.verify(w.env.plugins(Options{})[0], w.engines.try)
	require.ErrorContains(t, err, "SHA-256")
}

func digest(t *testing.T, path string) string {
	d, err := digestOf(path)
	require.NoError(t, err)
	return d
}
