package loop

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// journalOf writes the steps of a recording in files as a journal, of the same numbers.
func journalOf(t testing.TB, folder string) []byte {
	t.Helper()
	r, err := Read(folder)
	require.NoError(t, err)
	journal := []byte(journalBegin)
	for _, s := range r.Steps {
		told, err := os.ReadFile(filepath.Join(folder, "step-00"+string(rune('0'+s.Number))+".json"))
		require.NoError(t, err)
		var names []string
		for name := range s.values {
			names = append(names, name)
		}
		slices.Sort(names)
		layout := [][]any{}
		var numbers []byte
		for _, name := range names {
			a := s.values[name]
			layout = append(layout, []any{name, "f4", a.Shape})
			for _, v := range a.Values {
				numbers = binary.LittleEndian.AppendUint32(numbers, math.Float32bits(v))
			}
		}
		described, err := json.Marshal(layout)
		require.NoError(t, err)
		journal = append(journal, record(told, described, numbers)...)
	}
	return journal
}

func record(told, described, numbers []byte) []byte {
	head := binary.LittleEndian.AppendUint32([]byte("step"), uint32(len(told)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(described)))
	head = binary.LittleEndian.AppendUint64(head, uint64(len(numbers)))
	return bytes.Join([][]byte{head, told, described, numbers}, nil)
}

// journaled makes a recording in files one with a journal.
func journaled(t testing.TB, folder string, journal []byte) {
	t.Helper()
	path := filepath.Join(folder, File)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(content, []byte(`"format": 1`), []byte(`"format": 2`), 1), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, journalFile), journal, 0o644))
	steps, err := filepath.Glob(filepath.Join(folder, "step-*"))
	require.NoError(t, err)
	for _, file := range steps {
		require.NoError(t, os.Remove(file))
	}
}

// A journal tells what files of steps tell.
func TestJournal(t *testing.T) {
	folder := unpacked(t, string(Correct))
	files, err := Read(folder)
	require.NoError(t, err)
	journaled(t, folder, journalOf(t, folder))
	r, err := Read(folder)
	require.NoError(t, err)
	require.Equal(t, files.Kept, r.Kept)
	for i, s := range files.Steps {
		require.Equal(t, s.values, r.Steps[i].values)
		require.Equal(t, s.Events, r.Steps[i].Events)
	}
}

// Wherever a loop is killed, the steps ahead of the one that is being written are read, and what is cut off is said.
func TestJournalThatIsCutOff(t *testing.T) {
	folder := unpacked(t, string(Correct))
	whole := journalOf(t, folder)
	journaled(t, folder, whole)
	path := filepath.Join(folder, File)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content = bytes.Replace(content, []byte(`"ended": true`), []byte(`"ended": false`), 1)
	require.NoError(t, os.WriteFile(path, content, 0o644))
	ends := []int{len(journalBegin)}
	for at := len(journalBegin); at < len(whole); {
		h := whole[at:]
		at += journalHead + int(binary.LittleEndian.Uint32(h[4:])) + int(binary.LittleEndian.Uint32(h[8:])) + int(binary.LittleEndian.Uint64(h[12:]))
		ends = append(ends, at)
	}
	require.Len(t, ends, 5)
	for cut := 0; cut <= len(whole); cut += 1 + len(whole)/60 {
		require.NoError(t, os.WriteFile(filepath.Join(folder, journalFile), whole[:cut], 0o644))
		r, err := Read(folder)
		if cut < ends[1] {
			require.ErrorContains(t, err, folder)
			continue
		}
		require.NoError(t, err)
		at := len(ends) - 1
		for ends[at] > cut {
			at--
		}
		require.Equal(t, at, r.Kept)
		torn := slices.ContainsFunc(r.Notes, func(n string) bool { return bytes.Contains([]byte(n), []byte("its record is cut off")) })
		require.Equal(t, cut != ends[at], torn)
	}
}

// Of a loop that came to its end a journal has all steps.
func TestJournalWithoutItsEnd(t *testing.T) {
	folder := unpacked(t, string(Correct))
	whole := journalOf(t, folder)
	journaled(t, folder, whole[:len(whole)-1])
	_, err := Read(folder)
	require.ErrorContains(t, err, "3 of 4 steps are there: the file is cut off")
}

// What no journal has is an error that says what it is.
func TestHostileJournals(t *testing.T) {
	step := []byte(`{"step": 1}`)
	for name, c := range map[string]struct {
		journal []byte
		says    string
	}{
		"another file":           {[]byte("PK\x03\x04 something else"), "not a journal of steps"},
		"a later version":        {[]byte("unstuck steps 2\n"), "not a journal of steps, or of another version"},
		"no record":              {append([]byte(journalBegin), make([]byte, 99)...), "step 1: no record begins"},
		"no JSON":                {append([]byte(journalBegin), record([]byte("no"), nil, nil)...), "step 1: not as unstuck.watch writes it"},
		"another step":           {append([]byte(journalBegin), record([]byte(`{"step": 2}`), nil, nil)...), "its record says step 2"},
		"no such parameter":      {append([]byte(journalBegin), record([]byte(`{"step": 1, "stepped": [99]}`), nil, nil)...), "there is no parameter 99"},
		"no layout":              {append([]byte(journalBegin), record(step, []byte(`[["x"]]`), nil)...), "step 1: its arrays aren't described"},
		"no type":                {append([]byte(journalBegin), record(step, []byte(`[["x", "O", [1]]]`), nil)...), `no type "O" is known`},
		"huge":                   {append([]byte(journalBegin), record(step, []byte(`[["x", "f8", [4000000000, 4000000000]]]`), nil)...), "more than a journal has"},
		"negative":               {append([]byte(journalBegin), record(step, []byte(`[["x", "f4", [-1, -1]]]`), nil)...), "is empty"},
		"more than there is":     {append([]byte(journalBegin), record(step, []byte(`[["x", "f4", [9]]]`), make([]byte, 8))...), "has 36 bytes, 8 are left"},
		"less than there is":     {append([]byte(journalBegin), record(step, []byte(`[["x", "f4", [1]]]`), make([]byte, 8))...), "4 bytes of numbers belong to no array"},
		"of no parameter":        {append([]byte(journalBegin), record(step, []byte(`[["own/77", "f4", [1]]]`), make([]byte, 4))...), `"own/77" isn't of a parameter`},
		"numbers without arrays": {append([]byte(journalBegin), record(step, nil, make([]byte, 4))...), "belong to no array"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := unpacked(t, string(Correct))
			journaled(t, folder, c.journal)
			_, err := Read(folder)
			require.ErrorContains(t, err, c.says)
			require.NotRegexp(t, ofGo, err.Error()[len(folder):])
		})
	}
}

// Numbers in 16 bits, with those that aren't finite.
func TestNumbersIn16Bits(t *testing.T) {
	raw := binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.5))
	for _, n := range []uint16{3, 0xfffd, 0x8000, 0x7fff, 0x8001} {
		raw = binary.LittleEndian.AppendUint16(raw, n)
	}
	values := entry{kind: "q2"}.decoded(raw, 5)
	require.Equal(t, []float32{1.5, -1.5}, values[:2])
	require.True(t, math.IsNaN(float64(values[2])))
	require.Equal(t, []float32{float32(math.Inf(1)), float32(math.Inf(-1))}, values[3:])
}

// Whatever is in a journal, reading it ends with steps or an error, and takes little more memory than it has bytes.
func FuzzJournal(f *testing.F) {
	step := []byte(`{"step": 1}`)
	whole := append([]byte(journalBegin), record(step, []byte(`[["own/0", "q2", [2]], ["x", "b1", [3, 1]]]`), make([]byte, 11))...)
	whole = append(whole, record([]byte(`{"step": 2}`), nil, make([]byte, 11))...)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte(journalBegin + "step\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, content []byte) {
		r := &Recording{Parameters: []Parameter{{Shape: []int{2}}}}
		var before, behind runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := r.readSteps(bytes.NewReader(content), int64(len(content)))
		runtime.ReadMemStats(&behind)
		if took := behind.TotalAlloc - before.TotalAlloc; took > 1<<20+400*uint64(len(content)) {
			t.Fatalf("%d bytes were taken for %d", took, len(content))
		}
		for _, s := range r.Steps {
			for name, a := range s.values {
				if len(a.Values) != elements(a.Shape) {
					t.Fatalf("%q has %d numbers of shape %v (%v)", name, len(a.Values), a.Shape, err)
				}
			}
		}
	})
}
