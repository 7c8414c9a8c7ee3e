package fit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func TestSaveRestore(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		data, path := noise(t, 70), filepath.Join(t.TempDir(), "model")
		m := interruptedModel(t, b)
		_, err := m.Fit(ctx, data, fit.Config{Epochs: 3})
		require.NoError(t, err)
		require.NoError(t, m.Save(path))
		h, err := m.Fit(ctx, data, fit.Config{Epochs: 2})
		require.NoError(t, err)
		want := outcome(t, m, h)

		fresh, used := interruptedModel(t, b), interruptedModel(t, b)
		_, err = used.Fit(ctx, data, fit.Config{Epochs: 1})
		require.NoError(t, err)
		for _, m := range []*fit.Model{fresh, used, m} {
			require.NoError(t, m.Restore(path))
			h, err := m.Fit(ctx, data, fit.Config{Epochs: 2})
			require.NoError(t, err)
			require.Equal(t, want, outcome(t, m, h))
		}
	})
}

func TestSaveUntrained(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	m := smallModel(t)
	require.ErrorContains(t, m.Save(path), "no weights yet")
	require.NoFileExists(t, path)
	require.NoError(t, m.Build(3))
	require.NoError(t, m.SetWeight("/dense/bias", array([]float32{nan32, 1, 2, 3}, 4)))
	require.NoError(t, m.Save(path))

	other := compile(t, small(), optim.SGD(1), fit.Options{Seed: 77})
	require.NoError(t, other.Restore(path))
	require.Equal(t, len(weightsOf(t, m)), len(weightsOf(t, other)))
	require.Equal(t, weightsOf(t, m)[0], weightsOf(t, other)[0])
	require.True(t, weightsOf(t, other)[1].Values[0] != weightsOf(t, other)[1].Values[0])
	_, err := smallModel(t).Fit(ctx, noise(t, 10), fit.Config{Checkpoint: fit.Checkpointing{Path: path}})
	require.ErrorContains(t, err, "written by Save")
}

func TestRestoreRefuses(t *testing.T) {
	data, path := noise(t, 40), filepath.Join(t.TempDir(), "model")
	m := smallModel(t)
	_, err := m.Fit(ctx, data, fit.Config{})
	require.NoError(t, err)
	require.NoError(t, m.Save(path))

	require.ErrorIs(t, smallModel(t).Restore(path+".not"), os.ErrNotExist)
	require.ErrorContains(t, smallModel(t).Restore(filepath.Dir(path)), "no regular file")
	require.ErrorContains(t, compile(t, example1(), optim.Adam(1), fit.Options{}).Restore(path), "variable /dense/kernel is Float32 [3 4] in the file and Float32 [3 64] in the model")
	require.ErrorContains(t, compile(t, nn.Sequential{nn.Dense{Name: "head", Units: 1}}, optim.Adam(1), fit.Options{}).Restore(path), "no values for the variable /head/kernel: it belongs to another model or optimizer")
	require.ErrorContains(t, compile(t, small(), optim.SGD(1), fit.Options{}).Restore(path), "the model has no variable /optimizer")

	before := weightsOf(t, m)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := 0; at < len(good); at += 3 {
		for _, bad := range [][]byte{good[:at], flip(good, at)} {
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			require.Error(t, m.Restore(path))
		}
	}
	require.Equal(t, before, weightsOf(t, m))
	require.NoError(t, os.WriteFile(path, append(good, 0), 0o600))
	require.ErrorContains(t, m.Restore(path), "damaged")
	future := bytes.Clone(good)
	future[8] = 2
	require.NoError(t, os.WriteFile(path, sign(future), 0o600))
	require.ErrorContains(t, m.Restore(path), "version 2 of the checkpoint format, this program reads version 1")
}

func flip(data []byte, at int) []byte {
	data = bytes.Clone(data)
	data[at] ^= 0x41
	return data
}

// sign makes the checksum right again.
func sign(data []byte) []byte {
	if len(data) < sha256.Size {
		return data
	}
	body := data[:len(data)-sha256.Size]
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

// Whatever a file holds, Restore neither panics nor takes more memory than the file suggests.
func FuzzRestore(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed")
	m := smallModel(f)
	_, err := m.Fit(ctx, noise(f, 40), fit.Config{Checkpoint: fit.Checkpointing{Path: path}})
	require.NoError(f, err)
	good, err := os.ReadFile(path)
	require.NoError(f, err)
	f.Add(good)
	f.Add(good[:100])
	huge := bytes.Clone(good)
	binary.LittleEndian.PutUint64(huge[12:], 1<<60)
	f.Add(huge)
	f.Add(bytes.Replace(good, []byte(`"bytes":48`), []byte(`"bytes":9000000000000000000`), 1))
	f.Add(bytes.Replace(good, []byte(`"input":[3]`), []byte(`"input":[1e9]`), 1))
	f.Add(bytes.Replace(good, []byte(`"shape":[3,4]`), []byte(`"shape":[3,-4]`), 1))
	f.Add(withHeader(good, []byte(`"input":[3]`), []byte(`"input":[4000000000]`)))
	f.Add(withHeader(good, []byte(`"shape":[3,4]`), []byte(`"shape":[-3,-4]`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "file")
		for _, content := range [][]byte{data, sign(data)} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := smallModel(t).Restore(path); err != nil && len(err.Error()) > 1000 {
				t.Errorf("an error of %d characters", len(err.Error()))
			}
			_, _ = smallModel(t).Fit(ctx, noise(t, 40), fit.Config{Checkpoint: fit.Checkpointing{Path: path}})
		}
	})
}

// withHeader replaces a part of the header, and puts its length and the checksum right.
func withHeader(file, old, new []byte) []byte {
	file = bytes.Replace(file, old, new, 1)
	length := binary.LittleEndian.Uint64(file[12:])
	binary.LittleEndian.PutUint64(file[12:], length+uint64(len(new)-len(old)))
	return sign(file)
}
