package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/internal/buildversion"
)

// TestMain is the command where the environment says so: with workers that are processes of it.
func TestMain(m *testing.M) {
	if os.Getenv("UNSTUCK_TEST_COMMAND") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// command is the command with these arguments, in a folder of its own.
func command(t *testing.T, dir string, arguments ...string) (c *exec.Cmd, out, told *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	c = exec.Command(self, arguments...)
	c.Dir = dir
	c.Env = append(os.Environ(), "UNSTUCK_TEST_COMMAND=1", "GOMLX_BACKEND=go", "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), queueVariable+"=")
	out, told = &bytes.Buffer{}, &bytes.Buffer{}
	c.Stdout, c.Stderr = out, told
	return c, out, told
}

// heard is what a process says, which may be read while it goes on.
type heard struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (h *heard) Write(text []byte) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.text.Write(text)
}

func (h *heard) String() string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.text.String()
}

// ended waits until none of these processes works any more.
func ended(t *testing.T, processes []int) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, pid := range processes {
			if syscall.Kill(pid, 0) == nil && !isZombie(pid) {
				return false
			}
		}
		return true
	}, time.Minute, 10*time.Millisecond, "workers end with the sweep")
}

// finds waits for a sweep that was started, which must find its best within three minutes.
func finds(t *testing.T, sweep *exec.Cmd, out, told *bytes.Buffer, otherwise string) {
	t.Helper()
	over := make(chan error, 1)
	go func() { over <- sweep.Wait() }()
	select {
	case err := <-over:
		require.NoError(t, err, told)
		require.Contains(t, out.String(), "Best: ")
	case <-time.After(3 * time.Minute):
		_ = sweep.Process.Kill()
		<-over
		require.FailNow(t, otherwise, told.String())
	}
}

// folder holds a sweep and its training.
func folder(t *testing.T, sweep string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "stuck"), os.DirFS(filepath.Join("..", "..", "..", "examples", "stuck"))))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sweep.yaml"), []byte(sweep), 0o644))
	return dir
}

const small = `
training: stuck
space:
  learning_rate: [0.01, 0.001]
  initializer: [he_normal, glorot_uniform]
epochs: 3
seeds: [1, 2]
goal: {monitor: loss}
`

func TestSweep(t *testing.T) {
	dir := folder(t, small)
	c, out, told := command(t, dir, "sweep", "sweep.yaml")
	require.NoError(t, c.Run(), told)
	require.Regexp(t, `(?s)^learning rate +initializer +median loss .*\nBest: learning rate 0\.0\d+, initializer \w+, loss \d`, out.String())
	require.Contains(t, told.String(), "trial 8 of 8; best ")
	lines, err := os.ReadFile(filepath.Join(dir, "sweep.yaml.jsonl"))
	require.NoError(t, err)
	require.Equal(t, 8, strings.Count(string(lines), "\n"))

	c, again, told := command(t, dir, "sweep", "sweep.yaml", "--json", "--workers", "0")
	require.NoError(t, c.Run(), told)
	var document tableDocument
	require.NoError(t, json.Unmarshal(again.Bytes(), &document))
	require.Len(t, document.Rows, 4)
	require.Len(t, document.Rows[0].Trials, 2)
	require.Len(t, document.Rows[0].Trials[0].Loss, 3)

	// Also without the file: the queue has it all.
	require.NoError(t, os.Remove(filepath.Join(dir, "sweep.yaml.jsonl")))
	c, third, told := command(t, dir, "sweep", "sweep.yaml", "--json", "--workers", "0")
	require.NoError(t, c.Run(), told)
	require.JSONEq(t, again.String(), third.String())
}

// What is cleared is trained again; the list says what there is.
func TestClearCommand(t *testing.T) {
	dir := folder(t, small)
	run := func(arguments ...string) string {
		c, out, told := command(t, dir, arguments...)
		require.NoError(t, c.Run(), told)
		return out.String()
	}
	run("sweep", "sweep.yaml", "--workers", "1")
	require.Regexp(t, `^name +results\nsweep-\w+ +8\n$`, run("clear"))
	require.Regexp(t, `^sweep-\w+: 8 results and [1-9]\d* arrays, [1-9]\d* KB freed\n$`, run("clear", "sweep.yaml"))
	require.Regexp(t, `^name +results\n$`, run("clear"))
	require.NoError(t, os.Remove(filepath.Join(dir, "sweep.yaml.jsonl")))
	require.Contains(t, run("sweep", "sweep.yaml", "--workers", "1"), "Best: ")
	require.Contains(t, run("clear", "--all"), "8 results")
}

// A sweep that is killed together with its queue leaves no worker behind, and goes on where it was.
func TestASweepThatIsKilledGoesOn(t *testing.T) {
	dir := folder(t, strings.ReplaceAll(small, "epochs: 3", "epochs: 60"))
	c, _, told := command(t, dir, "sweep", "sweep.yaml", "--workers", "2")
	require.NoError(t, c.Start())
	done := func() int {
		lines, err := os.ReadFile(filepath.Join(dir, "sweep.yaml.jsonl"))
		if err != nil {
			return 0
		}
		return bytes.Count(lines, []byte("\n"))
	}
	require.Eventually(t, func() bool { return done() > 0 }, time.Minute, time.Millisecond)
	workers := children(t, c.Process.Pid)
	require.NotEmpty(t, workers)
	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait(), told)
	ended(t, workers)

	c, out, told := command(t, dir, "sweep", "sweep.yaml", "--workers", "2")
	require.NoError(t, c.Run(), told)
	require.Contains(t, out.String(), "Best: ")
	require.Equal(t, 8, done(), "none was trained twice")
}

func children(t *testing.T, pid int) (all []int) {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(t, err)
	for _, path := range paths {
		if one, parent, _, ok := processOf(path); ok && parent == pid {
			all = append(all, one)
		}
	}
	return all
}

func isZombie(pid int) bool {
	_, _, state, ok := processOf(filepath.Join("/proc", itoa(pid), "stat"))
	return !ok || state == "Z"
}

// Ctrl-C ends a sweep with what is known, and status 130, within 3 s: where one try takes longer, another program may have had the processor.
func TestAnInterruptedSweep(t *testing.T) {
	dir := folder(t, strings.ReplaceAll(small, "epochs: 3", "epochs: 1000000"))
	var took []time.Duration
	for range 3 {
		c, _, told := command(t, dir, "sweep", "sweep.yaml", "--workers", "1")
		require.NoError(t, c.Start())
		require.Eventually(t, func() bool { // one that only starts may not hear of it yet
			all := children(t, c.Process.Pid)
			return len(all) == 1 && trains(all[0])
		}, 2*time.Minute, 20*time.Millisecond)
		began := time.Now()
		require.NoError(t, c.Process.Signal(os.Interrupt))
		var ended *exec.ExitError
		require.ErrorAs(t, c.Wait(), &ended)
		took = append(took, time.Since(began))
		require.Equal(t, 130, ended.ExitCode())
		require.Contains(t, told.String(), "unstuck: interrupted")
		if took[len(took)-1] < 3*time.Second {
			return
		}
	}
	require.Fail(t, "it takes its time", "%v", took)
}

// Two sweeps share the queue of this machine; the second goes on when the first, which serves it, is killed.
func TestTheSecondOfTwoSweepsGoesOn(t *testing.T) {
	dir := folder(t, strings.ReplaceAll(small, "epochs: 3", "epochs: 1000000"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "second.yaml"), []byte(strings.ReplaceAll(small, "epochs: 3", "epochs: 60")), 0o644))
	first, _, _ := command(t, dir, "sweep", "sweep.yaml", "--workers", "0", "--needs", "nobody")
	require.NoError(t, first.Start())
	queue := filepath.Join(dir, "cache", "unstuck", "queue")
	require.Eventually(t, func() bool { _, err := distributed.AddressIn(queue); return err == nil }, time.Minute, 10*time.Millisecond)
	second, out, told := command(t, dir, "sweep", "second.yaml", "--workers", "1", "--needs", "second")
	require.NoError(t, second.Start())
	time.Sleep(300 * time.Millisecond)
	require.NoError(t, first.Process.Kill())
	_ = first.Wait()
	finds(t, second, out, told, "it comes to no end")
}

// What the workers of a killed sweep had goes on at once, and not after a lease, though nobody served the queue when they ended.
func TestAKilledSweepLeavesNothingWaiting(t *testing.T) {
	dir := folder(t, strings.ReplaceAll(small, "epochs: 3", "epochs: 300"))
	first, _, _ := command(t, dir, "sweep", "sweep.yaml", "--workers", "1", "--results", "first.jsonl", "--lease", "1h")
	require.NoError(t, first.Start())
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "first.jsonl"))
		return err == nil && len(text) > 0
	}, time.Minute, time.Millisecond, "no result")
	workers := children(t, first.Process.Pid)
	require.NoError(t, first.Process.Kill())
	_ = first.Wait()
	ended(t, workers)
	second, out, told := command(t, dir, "sweep", "sweep.yaml", "--workers", "1", "--results", "second.jsonl")
	require.NoError(t, second.Start())
	finds(t, second, out, told, "it waits for the lease")
}

// Two programs share the queue of a folder: one serves it, others sweep and work.
func TestServeAndWork(t *testing.T) {
	dir := folder(t, small)
	queue := filepath.Join(dir, "queue")
	server, _, _ := command(t, dir, "serve", "--dir", queue)
	require.NoError(t, server.Start())
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	var url string
	require.Eventually(t, func() bool {
		var err error
		url, err = distributed.AddressIn(queue)
		return err == nil
	}, time.Minute, 10*time.Millisecond)
	worker, _, _ := command(t, dir, "worker", "--server", url)
	told := &heard{}
	worker.Stderr = told
	require.NoError(t, worker.Start())
	sweep, out, sweepTold := command(t, dir, "sweep", "sweep.yaml", "--server", url)
	require.NoError(t, sweep.Run(), sweepTold)
	require.Contains(t, out.String(), "Best: ")
	trained := func() int { return len(regexp.MustCompile(`(?m)^sweep-\w+ \w+ in `).FindAllString(told.String(), -1)) }
	require.Eventually(t, func() bool { return trained() >= 8 }, time.Minute, 10*time.Millisecond, "the sweep ends with a result, which the worker tells of behind it")
	require.NoError(t, worker.Process.Signal(syscall.SIGTERM))
	_ = worker.Wait()
	require.Contains(t, told.String(), "works on go")
	require.Equal(t, 8, trained(), told.String())
	second, _, secondTold := command(t, dir, "serve", "--dir", queue)
	require.Error(t, second.Run())
	require.Contains(t, secondTold.String(), "another process keeps this queue open already")
}

func TestVersion(t *testing.T) {
	c, out, _ := command(t, t.TempDir(), "--version")
	require.NoError(t, c.Run())
	require.Equal(t, "unstuck-distributed version "+buildversion.String()+"\n", out.String())
}

func TestDiagnose(t *testing.T) {
	dir := folder(t, small)
	c, out, told := command(t, dir, "diagnose", "stuck", "nowhere", "--workers", "1", "--reports", "reports")
	require.Error(t, c.Run())
	require.Contains(t, out.String(), "stuck: loss-output-mismatch: ")
	require.Contains(t, out.String(), "nowhere: error: ")
	require.Contains(t, told.String(), "1 of 2 folders have no verdict")
	for _, name := range []string{"stuck.txt", "stuck.json"} {
		text, err := os.ReadFile(filepath.Join(dir, "reports", name))
		require.NoError(t, err)
		require.Contains(t, string(text), "loss-output-mismatch")
	}
	c, out, told = command(t, dir, "diagnose", "stuck", "--workers", "0", "--json")
	require.NoError(t, c.Run(), told)
	var line diagnosed
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.EqualValues(t, "loss-output-mismatch", line.Cause)
	require.NotEmpty(t, line.Report)
}

// Another program may ask for trials line by line, in whatever order they are answered.
func TestTrials(t *testing.T) {
	dir := folder(t, small)
	c, out, told := command(t, dir, "trials", "stuck", "--workers", "1", "--epochs", "2", "--monitor", "loss")
	c.Stdin = strings.NewReader(`{"number": 7, "settings": {"learning_rate": 0.01}}
{"number": 8, "settings": {"learning_rate": 0.02, "optimizer": "adam"}, "seed": 5}
{"number": 9, "settings": {"optimizer": "madam"}}
`)
	require.NoError(t, c.Run(), told)
	got := map[int]answered{}
	for line := range strings.Lines(out.String()) {
		var a answered
		require.NoError(t, json.Unmarshal([]byte(line), &a))
		got[a.Number] = a
	}
	require.Len(t, got, 3)
	require.Len(t, got[7].Loss, 2)
	require.Equal(t, got[7].Loss[1], got[7].Score)
	require.Empty(t, got[8].Err)
	require.Contains(t, got[9].Err, "unknown optimizer")
}
