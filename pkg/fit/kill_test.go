package fit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit/callback"
)

// killFolder tells this test binary, started by itself, to train in a folder.
const killFolder = "UNSTUCK_TEST_TRAIN_IN"

func TestMain(m *testing.M) {
	if folder := os.Getenv(killFolder); folder != "" {
		if err := trainIn(folder); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// trainIn is the training that gets killed. Its outcome goes to a file when it is complete.
func trainIn(folder string) error {
	t := &testing.T{}
	m := interruptedModel(t, goBackend)
	c := interrupted(t, filepath.Join(folder, "run.ckpt"))
	c.Epochs = killEpochs
	c.Callbacks = append(c.Callbacks, &callback.CSVLog{Path: filepath.Join(folder, "log.csv")})
	c.Callbacks[1] = &callback.EarlyStopping{Patience: killEpochs, RestoreBest: true} // remembers much, and lets the training live
	h, err := m.Fit(ctx, noise(t, 70), c)
	if err != nil {
		return err
	}
	result, err := json.Marshal(outcome(t, m, h))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "outcome"), result, 0o600)
}

const killEpochs = 15

// A training that is killed again and again, at random moments, ends with the numbers of one that was
// left alone, and its checkpoint can be read after every kill.
func TestKill9(t *testing.T) {
	kills := 50
	if testing.Short() {
		kills = 5
	}
	alone := t.TempDir()
	began := time.Now()
	require.NoError(t, start(t, alone).Wait())
	life := time.Since(began)
	want := readOutcome(t, alone)

	rng := rand.New(rand.NewPCG(1, 2))
	folder, lives, resumed := t.TempDir(), 0, 0
	for killed := 0; killed < kills; {
		child := start(t, folder)
		time.Sleep(time.Duration(rng.Float64() * 0.9 * float64(life)))
		if err := child.Process.Kill(); !errors.Is(err, os.ErrProcessDone) {
			require.NoError(t, err)
		}
		if err := child.Wait(); err == nil { // it came to its end first
			require.Equal(t, want, readOutcome(t, folder))
			folder, lives = t.TempDir(), lives+1
			continue
		}
		require.Equal(t, -1, child.ProcessState.ExitCode(), "the training failed by itself")
		killed++
		path := filepath.Join(folder, "run.ckpt")
		if _, err := os.Stat(path); err == nil {
			require.NoError(t, interruptedModel(t, goBackend).Restore(path), "after kill %d", killed)
			resumed++
		}
	}
	require.NoError(t, start(t, folder).Wait())
	require.Equal(t, want, readOutcome(t, folder))
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Len(t, left, 3, "killed writers leave nothing behind: %v", left)
	t.Logf("%d kills, %d of them with a checkpoint behind it, over %d complete trainings of %v", kills, resumed, lives+1, life)
}

func start(t *testing.T, folder string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	child := exec.Command(exe)
	child.Env = append(os.Environ(), killFolder+"="+folder)
	child.Stderr = &bytes.Buffer{}
	require.NoError(t, child.Start())
	t.Cleanup(func() {
		if text := child.Stderr.(*bytes.Buffer).String(); text != "" {
			t.Log(text)
		}
	})
	return child
}

func readOutcome(t *testing.T, folder string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "outcome"))
	require.NoError(t, err)
	log, err := os.ReadFile(filepath.Join(folder, "log.csv"))
	require.NoError(t, err)
	return string(text) + string(log)
}
