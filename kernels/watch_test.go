package kernels

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWatchRemovesWhatIsLeft(t *testing.T) {
	folder := filepath.Join(t.TempDir(), folderPrefix+"1")
	write(t, filepath.Join(folder, "gonb_1", "main.go"), "package main\n")
	// A process that doesn't end when it is asked to. It names the folder in both ways that a kernel's processes do.
	stubborn := exec.Command("sh", "-c", "trap '' TERM INT; echo; while :; do sleep 0.1; done", filepath.Join(folder, "program"))
	stubborn.Env = append(os.Environ(), "TMPDIR="+folder)
	said, err := stubborn.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, stubborn.Start())
	_, err = said.Read(make([]byte, 1)) // it won't hear what it could be told
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- stubborn.Wait() }()

	r, w := io.Pipe()
	watched := make(chan error, 1)
	go func() { watched <- Watch(r, folder) }()
	select {
	case <-ended:
		t.Fatal("ended while the kernel was alive")
	case <-time.After(50 * time.Millisecond):
	}
	require.NoError(t, w.Close())
	require.NoError(t, <-watched)
	assert.ErrorContains(t, <-ended, "killed")
	assert.NoDirExists(t, folder)
	assert.NoError(t, sweep(folder), "once more changes nothing")
}

func TestWatchTouchesNoOtherFolder(t *testing.T) {
	folder := t.TempDir()
	r, w := io.Pipe()
	w.Close()
	assert.ErrorContains(t, Watch(r, folder), "is not the folder of a kernel")
	assert.DirExists(t, folder)
}

func TestFolderLeavesRoomForASocket(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "a folder with a name that is much too long for the sockets of a kernel to fit in"))
	folder, err := newFolder()
	require.NoError(t, err)
	defer os.RemoveAll(folder)
	assert.LessOrEqual(t, len(folder), longestFolder)
}
