package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
)

// Where no worker can work, whatever it is that keeps them from it, the command ends with what they say.
func TestWorkersThatCannotStart(t *testing.T) {
	alien := func(t *testing.T, dir string) {
		q, err := distributed.Open(t.Context(), "", distributed.Options{Server: distributed.Embedded{Dir: filepath.Join(dir, "cache", "unstuck", "queue")}})
		require.NoError(t, err)
		defer q.Close()
		conn, err := nats.Connect(q.URL())
		require.NoError(t, err)
		defer conn.Close()
		js, err := jetstream.New(conn)
		require.NoError(t, err)
		_, err = js.Publish(t.Context(), "unstuck.trial.any.other.id", []byte(`{"version": 2}`))
		require.NoError(t, err)
	}
	for name, c := range map[string]struct {
		prepare   func(t *testing.T, dir string)
		arguments []string
		workers   string
		want      string
	}{
		"no such backend":          {arguments: []string{"sweep", "sweep.yaml", "--backend", "abacus"}, workers: "2", want: "abacus"},
		"trials":                   {arguments: []string{"trials", "stuck", "--backend", "abacus"}, workers: "2", want: "abacus"},
		"diagnose":                 {arguments: []string{"diagnose", "stuck", "--backend", "abacus"}, workers: "2", want: "abacus"},
		"tasks of another version": {prepare: alien, arguments: []string{"sweep", "sweep.yaml"}, workers: "1", want: "of version 2"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, strings.ReplaceAll(small, "epochs: 3", "epochs: 1000000"))
			if c.prepare != nil {
				c.prepare(t, dir)
			}
			run, _, told := command(t, dir, append(c.arguments, "--workers", c.workers)...)
			input, err := run.StdinPipe() // which doesn't end
			require.NoError(t, err)
			defer func() { _ = input.Close() }()
			if c.arguments[0] == "trials" {
				_, _ = input.Write([]byte(`{"number": 1, "settings": {"learning_rate": 0.1}}` + "\n"))
			}
			require.NoError(t, run.Start())
			ended := make(chan error, 1)
			go func() { ended <- run.Wait() }()
			select {
			case err := <-ended:
				require.Error(t, err, told)
				lines := strings.Split(strings.TrimSpace(told.String()), "\n")
				assert.Regexp(t, "^unstuck: .*no worker could start: .*"+c.want, lines[len(lines)-1], told)
			case <-time.After(2 * time.Minute):
				_ = run.Process.Kill()
				<-ended
				require.FailNow(t, "it goes on", told.String())
			}
		})
	}
}

func TestWhyAWorkerEnded(t *testing.T) {
	status := errors.New("exit status 2")
	for text, want := range map[string]string{
		"":                                 "exit status 2",
		"a warning\nunstuck: no backend\n": "no backend (exit status 2)",
		"panic: index out of range\n\ngoroutine 1 [running]:\n" + strings.Repeat("main.main()\n", 1000): "panic: index out of range (exit status 2)",
	} {
		w := &words{}
		for piece := range strings.Lines(text) {
			_, err := w.Write([]byte(piece))
			require.NoError(t, err)
		}
		require.EqualError(t, w.explain(status), want)
		require.ErrorIs(t, w.explain(status), status)
	}
	require.EqualError(t, (&words{}).explain(nil), "without an error")
}

// A worker that is killed again and again at its work isn't one that can't start: there is always another.
func TestAWorkerThatIsKilledAtWorkIsReplaced(t *testing.T) {
	dir := folder(t, strings.ReplaceAll(small, "epochs: 3", "epochs: 1000000"))
	c, _, _ := command(t, dir, "sweep", "sweep.yaml", "--workers", "1")
	require.NoError(t, c.Start())
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	for range mostInVain + 1 {
		require.Eventually(t, func() bool {
			all := children(t, c.Process.Pid)
			if len(all) != 1 || !trains(all[0]) {
				return false
			}
			p, err := os.FindProcess(all[0])
			return err == nil && p.Kill() == nil
		}, 2*time.Minute, 50*time.Millisecond)
	}
	require.Eventually(t, func() bool {
		all := children(t, c.Process.Pid)
		return len(all) == 1 && trains(all[0])
	}, 2*time.Minute, 50*time.Millisecond, "none takes its place")
}
