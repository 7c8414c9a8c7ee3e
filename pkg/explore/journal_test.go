package explore

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
	"example.com/unstuck/pkg/training"
)

// Whatever a file holds, reading it ends in trials or an error, and a search that goes on writes whole lines.
func FuzzJournal(f *testing.F) {
	seed := filepath.Join(f.TempDir(), "seed")
	j, err := openJournal(seed, training.Training{}, Run{}, "loss")
	require.NoError(f, err)
	require.NoError(f, j.append(Trial{Settings: []Setting{{Axis: "rate", Label: "0.1"}}, Seed: 3, Loss: []float64{1, 0.5}}))
	j.close()
	text, err := os.ReadFile(seed)
	require.NoError(f, err)
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte(lineBegin))
	f.Add([]byte("\n"))
	reads := allowance.Allowance{Fixed: 1 << 20, PerByte: 200}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "journal")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		var j *journal
		var err error
		reads.Check(t, len(content), func() { j, err = openJournal(path, training.Training{}, Run{}, "loss") })
		if err != nil {
			require.Less(t, len(err.Error()), 1000)
			after, readErr := os.ReadFile(path)
			require.NoError(t, readErr)
			require.Equal(t, content, after, "a file that is none of ours stays as it is")
			return
		}
		require.NoError(t, j.append(Trial{Seed: 9, Loss: []float64{1}}))
		known := len(j.known)
		j.close()
		again, err := openJournal(path, training.Training{}, Run{}, "loss")
		require.NoError(t, err)
		defer again.close()
		require.GreaterOrEqual(t, len(again.known), max(1, known))
	})
}

// A trial that the file has is the trial that was, to the nanosecond.
func TestJournalKeepsDurations(t *testing.T) {
	for _, d := range []time.Duration{8385175, 8385176, 1, 123456789123, 3 * time.Hour} {
		text, err := json.Marshal(line{Seconds: d.Seconds()})
		require.NoError(t, err)
		var back line
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, d, back.trial().Duration)
	}
}
