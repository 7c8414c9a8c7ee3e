package notebook

import (
	"bufio"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/atomicfile"
)

// keepForever tells this test binary, started by itself, to keep one value after the other until it is killed.
const keepForever = "UNSTUCK_TEST_KEEP_FOREVER"

func TestMain(m *testing.M) {
	if os.Getenv(keepForever) != "" {
		keepOnAndOn()
	}
	os.Exit(m.Run())
}

func keepOnAndOn() {
	for n := 0; ; n++ {
		_, err := Keep("n", func() ([]int, error) { return counted(n), nil }, n)
		if err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		if n == 0 {
			os.Stdout.WriteString("begun\n")
		}
	}
}

// counted is a value of some 100 kB that shows whether it is whole.
func counted(n int) []int {
	values := make([]int, 30_000)
	for i := range values {
		values[i] = n + i
	}
	return values
}

// Killed at any moment of its writing, a kept value is the old one or the new one.
func TestKeptValuesSurviveKills(t *testing.T) {
	kills := 30
	if testing.Short() {
		kills = 5
	}
	dir := t.TempDir()
	t.Setenv("UNSTUCK_KEEP", dir)
	exe, err := os.Executable()
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 2))
	partial := 0
	for range kills {
		child := exec.Command(exe)
		child.Env = append(os.Environ(), keepForever+"=1")
		said, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		_, err = bufio.NewReader(said).ReadString('\n')
		require.NoError(t, err)
		time.Sleep(time.Duration(rng.Float64() * float64(20*time.Millisecond)))
		require.NoError(t, child.Process.Kill())
		require.Error(t, child.Wait())
		require.Equal(t, -1, child.ProcessState.ExitCode(), "it ended by itself")

		values, err := Recall[[]int]("n")
		require.NoError(t, err)
		require.Equal(t, counted(values[0]), values)
		left, err := filepath.Glob(filepath.Join(dir, atomicfile.Temporary+"*"))
		require.NoError(t, err)
		partial = len(left)
	}
	t.Logf("%d of %d kills fell into a writing", partial, kills)
	require.NoError(t, Forget())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries, "what killed writings have left goes too")
	_, err = Recall[[]int]("n")
	require.True(t, errors.Is(err, fs.ErrNotExist))
}
