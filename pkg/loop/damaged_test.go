package loop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/backend/backendtest"
)

// Of whole recordings nothing is damaged; each of their files that is cut anywhere, changed, filled with something else or gone is named, and no other.
func TestDamagedFiles(t *testing.T) {
	for _, name := range []string{"loop-correct", "loop-broadcast", "keras/keras-loop-correct-fit"} {
		folder := targz.Unpack(t, filepath.Join("testdata", name+".tar.gz"))
		r, err := Read(folder)
		require.NoError(t, err)
		said, _ := r.damaged()
		require.Empty(t, said, name)
		for _, file := range keptBeside[r.Framework] {
			path := filepath.Join(folder, file.name)
			content, err := os.ReadFile(path)
			if os.IsNotExist(err) { // a loss of the user's that this loop hasn't
				continue
			}
			require.NoError(t, err)
			for what, other := range map[string][]byte{
				"empty":           {},
				"cut at once":     content[:1],
				"cut in the half": content[:len(content)/2],
				"cut at its end":  content[:len(content)-2],
				"something else":  []byte("<html>404</html>"),
				"zeros":           make([]byte, len(content)),
			} {
				require.NoError(t, os.WriteFile(path, other, 0o644))
				said, names := r.damaged()
				require.Equal(t, []string{file.name}, names, "%s: %s %s", name, file.name, what)
				require.Contains(t, said[0], file.name+" is damaged (")
			}
			if filepath.Ext(file.name) != ".json" {
				other := append([]byte(nil), content...)
				other[len(other)/3] ^= 0x55
				require.NoError(t, os.WriteFile(path, other, 0o644))
				_, names := r.damaged()
				require.Equal(t, []string{file.name}, names, "%s: a byte of %s", name, file.name)
			}
			require.NoError(t, os.Remove(path))
			_, names := r.damaged()
			require.Equal(t, []string{file.name}, names, "%s: no %s", name, file.name)
			require.NoError(t, os.WriteFile(path, content, 0o644))
		}
	}
}

// What can't be read is in the verdict, and a loop whose gradients weren't replayed isn't called one whose steps are what loss and optimizer give.
func TestVerdictsOfDamagedRecordings(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for file, says := range map[string]string{
			"model.pt2":     "no gradient could be compared with the loss's",
			"training.json": "each step that could be replayed is the one that loss and optimizer give. Of this recording can't be read: training.json.",
		} {
			folder := targz.Unpack(t, filepath.Join("testdata", "loop-correct.tar.gz"))
			require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte("PK"), 0o644))
			r, err := Read(folder)
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{Backend: b})
			require.NoError(t, err)
			require.Contains(t, report.Meaning, says)
			require.Contains(t, report.Meaning, file)
			require.Contains(t, report.Unchecked[0], file+" is damaged")
		}
	})
	said := (&Recording{Framework: torchFramework}).meaningOf(Correct, &replays{}, []string{"model.pt2"})
	require.Contains(t, said, "Gradients weren't replayed, as the model can't be computed here")
	require.Contains(t, said, "can't be read: model.pt2.")
	require.Equal(t, Detached.Meaning(), (&Recording{Framework: torchFramework}).meaningOf(Detached, &replays{}, nil))
}
