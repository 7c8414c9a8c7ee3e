package kernels

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLocation(t *testing.T) {
	p := newProject(t)
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("JUPYTER_DATA_DIR", "/data/jupyter")

	folder, err := Location{Prefix: "/opt/my env"}.Folder(p)
	require.NoError(t, err)
	assert.Equal(t, "/opt/my env/share/jupyter/kernels", folder)

	folder, err = Location{User: true}.Folder(p)
	require.NoError(t, err)
	assert.Equal(t, "/data/jupyter/kernels", folder)

	_, err = Location{User: true, Prefix: "x"}.Folder(p)
	assert.ErrorContains(t, err, "exclude each other")

	_, err = Location{}.Folder(p)
	assert.ErrorContains(t, err, "--prefix DIR")
	assert.ErrorContains(t, err, "--user")

	write(t, filepath.Join(p.Python(), "pyvenv.cfg"), "")
	folder, err = Location{}.Folder(p)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(p.Python(), "share/jupyter/kernels"), folder)

	t.Setenv("VIRTUAL_ENV", "/active")
	folder, err = Location{}.Folder(p)
	require.NoError(t, err)
	assert.Equal(t, "/active/share/jupyter/kernels", folder)
}

func TestLocationOfTheUser(t *testing.T) {
	t.Setenv("JUPYTER_DATA_DIR", "")
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "/home/zoë")
	want := "/home/zoë/.local/share/jupyter/kernels"
	if runtime.GOOS == "darwin" {
		want = "/home/zoë/Library/Jupyter/kernels"
	}
	folder, err := Location{User: true}.Folder(Project{})
	require.NoError(t, err)
	assert.Equal(t, want, folder)
}
