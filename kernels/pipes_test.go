package kernels

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipesOfEarlierCellsAreFreed(t *testing.T) {
	folder := t.TempDir()
	pipe := func(name string, age time.Duration) string {
		path := filepath.Join(folder, name)
		require.NoError(t, syscall.Mkfifo(path, 0o600))
		at := time.Now().Add(-age)
		require.NoError(t, os.Chtimes(path, at, at))
		return path
	}
	p := &pipes{folder: folder}
	request, err := newMessage("execute_request", "client", nil, nil)
	require.NoError(t, err)
	reply, err := newMessage("execute_reply", "client", &request.Header, nil)
	require.NoError(t, err)

	reading, writing := pipe("gonb_pipe_1", time.Minute), pipe("gonb_pipe_2", time.Minute)
	other := pipe("another", time.Minute)
	plain := filepath.Join(folder, "gonb_pipe_no")
	write(t, plain, "")
	require.NoError(t, os.Chtimes(plain, time.Unix(0, 0), time.Unix(0, 0)))
	waiting, opens := make(chan error, 2), make(chan struct{})
	for path, flag := range map[string]int{reading: os.O_RDONLY, writing: os.O_WRONLY} {
		go func() {
			opens <- struct{}{}
			file, err := os.OpenFile(path, flag, 0)
			if err == nil {
				err = file.Close()
			}
			if errors.Is(err, fs.ErrNotExist) {
				err = nil // on a busy machine it may come to its open after all of the rest, and waits for nobody
			}
			waiting <- err
		}()
		<-opens
	}
	time.Sleep(50 * time.Millisecond)
	p.answered(reply)
	assert.FileExists(t, reading, "a reply to nothing frees nothing")

	p.asked(request)
	time.Sleep(10 * time.Millisecond)
	young := pipe("gonb_pipe_3", 0)
	p.answered(reply)
	for range 2 {
		select {
		case err := <-waiting:
			require.NoError(t, err)
		case <-time.After(time.Minute):
			t.Fatal("still waiting in open")
		}
	}
	require.Eventually(t, func() bool {
		left, err := filepath.Glob(filepath.Join(folder, "*"))
		return err == nil && assert.ObjectsAreEqual([]string{other, young, plain}, left)
	}, time.Minute, 10*time.Millisecond)
	assert.Empty(t, p.pending)
}
