package kernels

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watcherVariable makes the test program a kernel's watcher.
const watcherVariable = "UNSTUCK_TEST_WATCHER"

func TestMain(m *testing.M) {
	if os.Getenv(watcherVariable) != "" {
		if err := Watch(os.Stdin, os.Args[len(os.Args)-1]); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(linkerVariable) != "" && len(os.Args) > 3 {
		if err := Link(os.Args[2], os.Args[3:]); err != nil { // behind the word of TestLink
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// options describe a kernel of a project whose GoNB is the script.
func options(t *testing.T, gonb string) StartOptions {
	t.Helper()
	t.Setenv(watcherVariable, "1")
	temp, err := os.MkdirTemp("", "k") // short: sockets must fit in
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(temp) })
	t.Setenv("TMPDIR", temp)
	p := newProject(t)
	for _, name := range toolNames {
		write(t, filepath.Join(p.Root, ".lab", "bin", name), gonb)
	}
	c, err := connection{Transport: "tcp", IP: "127.0.0.1", Key: "k", SignatureScheme: "hmac-sha256"}.inner()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "kernel-1.json")
	require.NoError(t, c.write(file))
	return StartOptions{ConnectionFile: file, Project: p, Backend: "go", Watcher: []string{os.Args[0]}}
}

// nothingLeft checks that no kernel's folder is there.
func nothingLeft(t *testing.T) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), folderPrefix+"*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestStartSaysWhyGoNBEnded(t *testing.T) {
	o := options(t, "#!/bin/sh\necho 'F1123 17:56:01.2 99 main.go:219] no Go compiler' >&2\nexit 3\n")
	assert.EqualError(t, Start(o), "GoNB ended (exit status 3): no Go compiler")
	nothingLeft(t)
}

func TestStartOnAnUnknownBackend(t *testing.T) {
	o := options(t, "")
	o.Backend = "tpu"
	assert.EqualError(t, Start(o), `no kernel runs on the backend "tpu": there are xla:cpu, xla:cuda, go`)
	nothingLeft(t)
}

func TestStartWithoutTools(t *testing.T) {
	o := options(t, "")
	require.NoError(t, os.RemoveAll(filepath.Join(o.Project.Root, ".lab")))
	assert.ErrorContains(t, Start(o), "gonb, goimports, gopls missing")
	nothingLeft(t)
}

func TestStartOnATakenPort(t *testing.T) {
	o := options(t, "")
	c, err := readConnection(o.ConnectionFile)
	require.NoError(t, err)
	_, address := c.address(c.IOPubPort)
	taken, err := net.Listen("tcp", address)
	require.NoError(t, err)
	defer taken.Close()
	assert.ErrorContains(t, Start(o), "the iopub port that Jupyter chose is not free")
	nothingLeft(t)
}

// A GoNB that never listens, and Jupyter loses patience.
func TestStartEndsOnASignal(t *testing.T) {
	o := options(t, "#!/bin/sh\nexec sleep 60\n")
	started := make(chan error, 1)
	go func() { started <- Start(o) }()
	self, err := os.FindProcess(os.Getpid())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		found, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), folderPrefix+"*", "kernel-1.json"))
		return len(found) == 1
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, self.Signal(syscall.SIGTERM))
	select {
	case err := <-started:
		assert.NoError(t, err)
	case <-time.After(50 * time.Second):
		t.Fatal("still there")
	}
	nothingLeft(t)
}

func TestWatcherThatIsNoProgram(t *testing.T) {
	o := options(t, "")
	o.Watcher = []string{filepath.Join(t.TempDir(), "nothing")}
	assert.ErrorContains(t, Start(o), "starting the kernel's watcher")
	nothingLeft(t)
}
