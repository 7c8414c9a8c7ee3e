package loop

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// journalOf writes the steps of a recording in files as a journal, of the same numbers; ends are where its records end.
func journalOf(t testing.TB, folder string) (journal []byte, ends []int) {
	t.Helper()
	r, err := Read(folder)
	require.NoError(t, err)
	journal = begun(len(r.Steps))
	ends = append(ends, len(journal))
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
		journal = append(journal, record(s.Number, told, described, numbers)...)
		ends = append(ends, len(journal))
	}
	return journal, ends
}

// begun is how a journal of so many records begins.
func begun(count int) []byte {
	return binary.LittleEndian.AppendUint64([]byte(journalBegin), uint64(count))
}

func record(n int, told, described, numbers []byte) []byte {
	head := binary.LittleEndian.AppendUint32([]byte("step"), uint32(len(told)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(described)))
	head = binary.LittleEndian.AppendUint32(head, uint32(n))
	head = binary.LittleEndian.AppendUint64(head, uint64(len(numbers)))
	content := bytes.Join([][]byte{told, described, numbers}, nil)
	return append(binary.LittleEndian.AppendUint64(head, summed(content)), content...)
}

// firstVersion is a journal as it was written before there were sums.
func firstVersion(journal []byte) []byte {
	old := []byte(journalBegin1)
	for rest := journal[len(begun(0)):]; len(rest) > 0; {
		end := int(binary.LittleEndian.Uint32(rest[4:])) + int(binary.LittleEndian.Uint32(rest[8:])) + int(binary.LittleEndian.Uint64(rest[16:])) + journalHead
		old = append(append(append(old, rest[:12]...), rest[16:24]...), rest[journalHead:end]...)
		rest = rest[end:]
	}
	return old
}

// told changes what a recording tells of itself.
func told(t testing.TB, folder string, changes ...string) {
	t.Helper()
	path := filepath.Join(folder, File)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := 0; i < len(changes); i += 2 {
		require.Contains(t, string(content), changes[i])
		content = bytes.Replace(content, []byte(changes[i]), []byte(changes[i+1]), 1)
	}
	require.NoError(t, os.WriteFile(path, content, 0o644))
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

// A journal tells what files of steps tell, and so does one of the first version.
func TestJournal(t *testing.T) {
	for _, as := range []func([]byte) []byte{bytes.Clone, firstVersion} {
		folder := unpacked(t, string(Correct))
		files, err := Read(folder)
		require.NoError(t, err)
		whole, _ := journalOf(t, folder)
		journaled(t, folder, as(whole))
		r, err := Read(folder)
		require.NoError(t, err)
		require.Equal(t, files.Kept, r.Kept)
		require.Equal(t, files.Notes, r.Notes)
		for i, s := range files.Steps {
			require.Equal(t, s.values, r.Steps[i].values)
			require.Equal(t, s.Events, r.Steps[i].Events)
		}
	}
}

// Wherever a loop is killed, the steps ahead of the one that is being written are read, and what is cut off is said. Wherever a file is
// cut off that has held more, that is said, at the end of a record, too.
func TestJournalThatIsCutOff(t *testing.T) {
	folder := unpacked(t, string(Correct))
	whole, ends := journalOf(t, folder)
	journaled(t, folder, whole)
	told(t, folder, `"ended": true`, `"ended": false`, `"steps": 4`, `"steps": 1`)
	cuts := append([]int{}, ends...)
	for cut := 0; cut <= len(whole); cut += 1 + len(whole)/60 {
		cuts = append(cuts, cut)
	}
	for _, killed := range []bool{true, false} {
		for _, cut := range cuts {
			at := len(ends) - 1
			for at > 0 && ends[at] > cut {
				at--
			}
			journal := bytes.Clone(whole[:cut])
			if killed && cut >= len(begun(0)) {
				copy(journal, begun(at))
			}
			require.NoError(t, os.WriteFile(filepath.Join(folder, journalFile), journal, 0o644))
			r, err := Read(folder)
			if at == 0 {
				require.ErrorContains(t, err, folder)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, at, r.Kept)
			want := "what the loop did behind step " + fmt.Sprint(at) + ": it was killed, or hadn't come to its end"
			switch {
			case !killed && at < 4:
				want = "steps.journal has lost its end, and " + fmt.Sprint(at) + " of 4 steps can be read"
			case cut != ends[at]:
				want = "its record is cut off, as where a loop is killed"
			}
			require.Len(t, r.Notes, 1)
			require.Contains(t, r.Notes[0], want)
		}
	}
}

// Of a journal that is damaged the steps ahead of that are read, and it isn't told as a loop's being killed.
func TestDamagedJournal(t *testing.T) {
	folder := unpacked(t, string(Correct))
	whole, ends := journalOf(t, folder)
	journaled(t, folder, whole)
	for _, ended := range []bool{true, false} {
		for _, c := range []struct {
			journal []byte
			says    string
		}{
			{append(bytes.Clone(whole), make([]byte, 99)...), "the steps up to step 4 can be read: step 5: no record begins"},
			{append(bytes.Clone(whole[:ends[2]]), make([]byte, len(whole)-ends[2])...), "2 of 4 steps can be read: step 3: no record begins"},
			{append(bytes.Clone(whole[:ends[3]+100]), make([]byte, len(whole)-ends[3]-100)...), "3 of 4 steps can be read: step 4: "},
			{flipped(whole, ends[3]-5), "2 of 4 steps can be read: step 3: its bytes aren't those that were written"},
			{flipped(whole, ends[1]+50), "1 of 4 steps can be read: step 2: its bytes"},
			{flipped(whole, ends[1]+1), "1 of 4 steps can be read: step 2: no record begins"},
			{append(bytes.Clone(whole[:ends[1]]), whole[ends[2]:]...), "1 of 4 steps can be read: step 2: its record is number 3"},
		} {
			require.NoError(t, os.WriteFile(filepath.Join(folder, journalFile), c.journal, 0o644))
			r, err := Read(folder)
			require.NoError(t, err)
			require.Contains(t, r.Notes[0], "steps.journal is damaged, and "+c.says)
			require.NotContains(t, r.Notes[0], "killed")
		}
		if ended {
			told(t, folder, `"ended": true`, `"ended": false`)
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, journalFile), append(firstVersion(whole), make([]byte, 99)...), 0o644))
	r, err := Read(folder)
	require.NoError(t, err)
	require.Equal(t, 4, r.Kept)
	require.Contains(t, r.Notes[0], "steps.journal is damaged")
}

func flipped(content []byte, at int) []byte {
	content = bytes.Clone(content)
	content[at] ^= 0x40
	return content
}

// A step that is missing among the others ends what can be compared, and refuses nothing.
func TestJournalWithAGap(t *testing.T) {
	folder := unpacked(t, string(Correct))
	whole, ends := journalOf(t, folder)
	fourth := whole[ends[3]:]
	tells := int(binary.LittleEndian.Uint32(fourth[4:]))
	describes := int(binary.LittleEndian.Uint32(fourth[8:]))
	content := fourth[journalHead:]
	gap := append(bytes.Clone(whole[:ends[2]]), record(3, content[:tells], content[tells:tells+describes], content[tells+describes:])...)
	copy(gap, begun(3))
	journaled(t, folder, gap)
	r, err := Read(folder)
	require.NoError(t, err)
	require.Equal(t, 2, r.Kept)
	require.Equal(t, []string{"what the loop did behind step 2: step 3 isn't there though later ones are, as where a loop is interrupted within a step and goes on; what was recorded behind it isn't compared"}, r.Notes)
	report, err := Diagnose(t.Context(), r, Options{})
	require.NoError(t, err)
	require.Equal(t, Correct, report.Cause)
	require.Contains(t, report.Text(), r.Notes[0])
}

// Of a loop that came to its end, too, the good steps of a journal that has lost its own are read, and that is said. One without any is
// refused.
func TestJournalWithoutItsEnd(t *testing.T) {
	folder := unpacked(t, string(Correct))
	whole, ends := journalOf(t, folder)
	journaled(t, folder, whole)
	old := firstVersion(whole)
	for _, journal := range [][]byte{whole[:len(whole)-1], whole[:ends[3]], old[:len(old)-1], old[:len(old)-(len(whole)-ends[3])+journalHead-journalHead1]} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, journalFile), journal, 0o644))
		r, err := Read(folder)
		require.NoError(t, err)
		require.Equal(t, 3, r.Kept)
		require.Equal(t, []string{"what the loop did behind step 3: steps.journal has lost its end, and 3 of 4 steps can be read, as where it was copied in part"}, r.Notes)
		report, err := Diagnose(t.Context(), r, Options{})
		require.NoError(t, err)
		require.Equal(t, Correct, report.Cause)
		require.Contains(t, report.Text(), r.Notes[0])
	}
	for _, cut := range []int{len(begun(4)), ends[1] - 1} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, journalFile), whole[:cut], 0o644))
		_, err := Read(folder)
		require.ErrorContains(t, err, "0 of 4 steps are there: the file is cut off")
	}
}

// What no journal has is an error that says what it is.
func TestHostileJournals(t *testing.T) {
	step := []byte(`{"step": 1}`)
	for name, c := range map[string]struct {
		journal []byte
		says    string
	}{
		"another file":           {[]byte("PK\x03\x04 something else"), "not a journal of steps"},
		"a later version":        {[]byte("unstuck steps 3\n"), "not a journal of steps, or of another version"},
		"no record":              {append(begun(1), make([]byte, 99)...), "step 1: no record begins"},
		"no JSON":                {append(begun(1), record(1, []byte("no"), nil, nil)...), "step 1: not as unstuck.watch writes it"},
		"another step":           {append(begun(1), record(1, []byte(`{"step": 2}`), nil, nil)...), "its record says step 2"},
		"no such parameter":      {append(begun(1), record(1, []byte(`{"step": 1, "stepped": [99]}`), nil, nil)...), "there is no parameter 99"},
		"no layout":              {append(begun(1), record(1, step, []byte(`[["x"]]`), nil)...), "step 1: its arrays aren't described"},
		"no type":                {append(begun(1), record(1, step, []byte(`[["x", "O", [1]]]`), nil)...), `no type "O" is known`},
		"huge":                   {append(begun(1), record(1, step, []byte(`[["x", "f8", [4000000000, 4000000000]]]`), nil)...), "more than a journal has"},
		"negative":               {append(begun(1), record(1, step, []byte(`[["x", "f4", [-1, -1]]]`), nil)...), "is empty"},
		"more than there is":     {append(begun(1), record(1, step, []byte(`[["x", "f4", [9]]]`), make([]byte, 8))...), "has 36 bytes, 8 are left"},
		"less than there is":     {append(begun(1), record(1, step, []byte(`[["x", "f4", [1]]]`), make([]byte, 8))...), "4 bytes of numbers belong to no array"},
		"of no parameter":        {append(begun(1), record(1, step, []byte(`[["own/77", "f4", [1]]]`), make([]byte, 4))...), `"own/77" isn't of a parameter`},
		"numbers without arrays": {append(begun(1), record(1, step, nil, make([]byte, 4))...), "belong to no array"},
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

// Arrays are counted over all steps: of the smallest ones, whose layout stands once in the file, each would cost hundreds of its bytes.
func TestManySmallArrays(t *testing.T) {
	var layout []byte
	for i := range maxJournaled {
		layout = fmt.Appendf(layout, `,["a%d","b1",[1]]`, i)
	}
	layout = append(append([]byte("["), layout[1:]...), ']')
	numbers := make([]byte, maxJournaled)
	journal := begun(0)
	for n := 1; n <= maxSteps; n++ {
		journal = append(journal, record(n, fmt.Appendf(nil, `{"step": %d}`, n), layout, numbers)...)
		layout = nil
	}
	var before, behind runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := (&Recording{}).readSteps(bytes.NewReader(journal), int64(len(journal)))
	runtime.ReadMemStats(&behind)
	require.ErrorContains(t, err, "step 5: more than 262144 arrays up to here")
	require.Less(t, behind.TotalAlloc-before.TotalAlloc, uint64(256<<20))
}

// Whatever is in a journal, reading it ends with steps or an error, and takes no more memory than docs/limits.md allows for its bytes.
func FuzzJournal(f *testing.F) {
	step := []byte(`{"step": 1}`)
	whole := append(begun(1), record(1, step, []byte(`[["own/0", "q2", [2]], ["x", "b1", [3, 1]]]`), make([]byte, 11))...)
	whole = append(whole, record(2, []byte(`{"step": 2}`), nil, make([]byte, 11))...)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(firstVersion(whole))
	f.Add([]byte(journalBegin1 + "step\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
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
