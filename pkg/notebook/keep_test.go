package notebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
	"example.com/unstuck/internal/atomicfile"
)

type history struct {
	Name   string
	Losses []float64
}

func TestKeepComputesOnce(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	calls := 0
	train := func() (history, error) {
		calls++
		return history{"low", []float64{0.5, math.NaN(), math.Inf(1)}}, nil
	}
	for range 3 {
		got, err := Keep("low", train)
		require.NoError(t, err)
		assert.Equal(t, "low", got.Name)
		require.Len(t, got.Losses, 3)
		assert.True(t, math.IsNaN(got.Losses[1]), "NaN survives the file")
		assert.True(t, math.IsInf(got.Losses[2], 1))
	}
	assert.Equal(t, 1, calls)

	recalled, err := Recall[history]("low")
	require.NoError(t, err)
	assert.Equal(t, "low", recalled.Name)
}

func TestKeepFollowsItsInputs(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	type options struct {
		rate   float64
		layers []any
		seeds  map[string]int
	}
	calls := 0
	keep := func(o *options) {
		_, err := Keep("run", func() (int, error) { calls++; return calls, nil }, o, []float32{1, 2})
		require.NoError(t, err)
	}
	base := func() *options {
		return &options{0.1, []any{32, "relu"}, map[string]int{"a": 1, "b": 2, "c": 3}}
	}
	keep(base())
	keep(base())
	assert.Equal(t, 1, calls, "equal content behind different pointers is the same input")
	for i, change := range []func(*options){
		func(o *options) { o.rate = 0.2 },
		func(o *options) { o.layers[0] = 33 },
		func(o *options) { o.layers[0] = int64(32) },
		func(o *options) { o.seeds["b"] = 3 },
		func(o *options) { o.layers = nil },
	} {
		o := base()
		change(o)
		keep(o)
		assert.Equal(t, i+2, calls, "change %d", i)
	}
}

func TestKeepRefusesInputsWithoutContent(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	_, err := Keep("x", func() (int, error) { return 1, nil }, 3, func() {})
	assert.ErrorContains(t, err, "input 2 (func()): a func has no content to compare")
}

func TestKeepEndsOnRings(t *testing.T) {
	type node struct{ Next *node }
	ring := &node{}
	ring.Next = ring
	a, err := digestOf([]any{ring})
	require.NoError(t, err)
	b, err := digestOf([]any{&node{}})
	require.NoError(t, err)
	assert.NotEqual(t, a, b)
}

func TestKeepRefusesInputsWithoutBottom(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	type node struct{ Next *node }
	var list *node
	for range 1_000_000 {
		list = &node{list}
	}
	_, err := Keep("x", func() (int, error) { return 1, nil }, list)
	require.ErrorContains(t, err, "nested more than 10000 deep")
	assert.Less(t, len(err.Error()), 1000)
}

func TestKeepIsTyped(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	_, err := Keep("low", func() (float64, error) { return 1, nil })
	require.NoError(t, err)
	_, err = Recall[string]("low")
	assert.EqualError(t, err, `notebook: "low" keeps a float64, not a string`)
	text, err := Keep("low", func() (string, error) { return "now a text", nil })
	require.NoError(t, err)
	assert.Equal(t, "now a text", text)
}

func TestKeepComputesAgainWhenTheTypeHasChanged(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	type run struct{ A int }
	_, err := Keep("run", func() (run, error) { return run{1}, nil })
	require.NoError(t, err)
	older, err := latest("run", storedType[run]())
	require.NoError(t, err)
	older.shape = "that of an earlier version"
	require.NoError(t, older.save(&run{7}, keepHead{}))
	got, err := Keep("run", func() (run, error) { return run{2}, nil })
	require.NoError(t, err)
	assert.Equal(t, run{2}, got)
}

func TestKeepRefusesTypesThatWouldLoseFields(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	type inner struct{ secret int }
	type outer struct{ In []inner }
	computed := false
	_, err := Keep("x", func() (outer, error) { computed = true; return outer{[]inner{{secret: 1}}}, nil })
	assert.ErrorContains(t, err, "notebook.outer.In.secret is unexported and would be lost")
	assert.False(t, computed, "a long computation must not run in vain")

	_, err = Keep("y", func() (struct{ F func() }, error) { return struct{ F func() }{}, nil })
	assert.ErrorContains(t, err, "is a func, which no file can hold")
	_, err = Keep("z", func() (struct{ V any }, error) { return struct{ V any }{}, nil })
	assert.ErrorContains(t, err, "is an interface")
}

func TestKeepKeepsNothingOfAFailure(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("UNSTUCK_KEEP", dir)
	wrong := errors.New("loss is NaN")
	_, err := Keep("low", func() (int, error) { return 3, wrong })
	assert.ErrorIs(t, err, wrong)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestKeepComputesAgainOnEveryDamage(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("UNSTUCK_KEEP", dir)
	_, err := Keep("low", func() (history, error) { return history{"kept", []float64{1, 2, 3}}, nil })
	require.NoError(t, err)
	path := onlyFile(t, dir)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for cut := range len(whole) {
		require.NoError(t, os.WriteFile(path, whole[:cut], 0o600))
		_, err := Recall[history]("low")
		assert.ErrorIs(t, err, fs.ErrNotExist, "cut at %d", cut)
	}
	for at := len(whole) - 30; at < len(whole); at++ {
		broken := append([]byte(nil), whole...)
		broken[at] ^= 0x10
		require.NoError(t, os.WriteFile(path, broken, 0o600))
		got, err := Keep("low", func() (history, error) { return history{Name: "again"}, nil })
		require.NoError(t, err)
		assert.Equal(t, "again", got.Name, "flipped byte %d", at)
	}
}

func onlyFile(t *testing.T, dir string) string {
	t.Helper()
	paths, err := keptFiles(dir)
	require.NoError(t, err)
	require.Len(t, paths, 1)
	return paths[0]
}

func TestKeepReturnsTheValueWhenTheDiskRefusesIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file, not a folder")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	t.Setenv("UNSTUCK_KEEP", filepath.Join(file, "sub"))
	got, err := Keep("low", func() (int, error) { return 42, nil })
	require.NoError(t, err, "hours of training must not be lost to a full disk")
	assert.Equal(t, 42, got)
}

// A file from another program, or one that a crash has cut, is never an error,
// a panic or a large allocation.
func FuzzKeepFile(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"format":"unstuck-keep/2","name":"x","type":"int","bytes":9223372036854775807}` + "\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "x.kept")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		file := keepFile{name: "x", path: path, kind: "int", shape: shapeOf(storedType[int]())}
		var v int
		file.load(&v)
	})
}

// Even a file whose checksum is right may hold any bytes for a value: someone else may have written it.
func FuzzKeptValue(f *testing.F) {
	type run struct {
		Name   string
		Losses []float64
		Best   map[string][]int
		Next   *history
	}
	path := filepath.Join(f.TempDir(), "seed.kept")
	file := keepFile{name: "x", path: path, kind: "run", shape: "shape", key: "key"}
	value := run{"low", []float64{1, math.NaN()}, map[string][]int{"a": {1, 2}}, &history{Name: "next", Losses: []float64{0}}}
	require.NoError(f, file.save(&value, keepHead{}))
	whole, err := os.ReadFile(path)
	require.NoError(f, err)
	f.Add(whole[bytes.IndexByte(whole, '\n')+1:])
	f.Add([]byte{0xf8, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) // a message of 2⁶³−1 bytes
	reads := allowance.Allowance{Fixed: 24 << 20, PerByte: 2000}        // gob takes 10 MiB on a claim
	f.Fuzz(func(t *testing.T, content []byte) {
		file := file
		file.path = filepath.Join(t.TempDir(), "x.kept")
		sum := sha256.Sum256(content)
		head, err := json.Marshal(keepHead{
			Format: keepFormat, Name: file.name, Type: file.kind, Shape: file.shape, Key: file.key,
			Bytes: int64(len(content)), Content: hex.EncodeToString(sum[:]),
		})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file.path, append(append(head, '\n'), content...), 0o600))
		var v run
		reads.Check(t, len(content), func() { file.load(&v) })
	})
}

func TestForget(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "with space [and] größe")
	t.Setenv("UNSTUCK_KEEP", dir)
	require.NoError(t, Forget(), "nothing kept yet")
	require.NoError(t, Forget("never"))
	one := func() (int, error) { return 1, nil }
	for _, name := range []string{"a", "b", "c d"} {
		_, err := Keep(name, one)
		require.NoError(t, err)
	}
	require.NoError(t, Forget("a"))
	_, err := Recall[int]("a")
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = Recall[int]("c d")
	assert.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, atomicfile.Temporary+"1"), nil, 0o600))
	require.NoError(t, Forget())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestKeepNamesAreFileNames(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	for _, name := range []string{"", ".", "../up", "a/b", "a\x00", "*", " a", ".hidden"} {
		_, err := Keep(name, func() (int, error) { return 1, nil })
		assert.ErrorContains(t, err, "cannot name a kept value", "%q", name)
		assert.Error(t, Forget(name), "%q", name)
	}
	_, err := Keep("Lernrate größer 1e-3", func() (int, error) { return 1, nil })
	assert.NoError(t, err)
}
