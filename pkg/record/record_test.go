package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/record"
)

func TestSavedHistoryLoadsBackExactly(t *testing.T) {
	for name, h := range map[string]*fit.History{"training": training(t), "strange": strange(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run.jsonl")
			require.NoError(t, record.Save(path, h))
			loaded, err := record.Load(path)
			require.NoError(t, err)
			same(t, h, loaded)
			entries, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			require.Len(t, entries, 1, "no temporary file is left")
		})
	}
}

func TestRecordIsPlainText(t *testing.T) {
	var b strings.Builder
	h := strange()
	h.Epochs = h.Epochs[2:]
	require.NoError(t, record.Write(&b, h))
	require.Equal(t, `{"format":"unstuck training","version":1}
{"columns":[{"name":"one/ü","size":1},{"name":"two","size":2}]}
{"step":{"loss":"NaN"}}
{"step":{"loss":"+Inf","readings":[1,"NaN",1e-45]}}
{"step":{"loss":"-Inf"}}
{"step":{"loss":1e-45}}
{"step":{"loss":3.4028235e+38,"readings":["+Inf",0.3,-1]}}
{"step":{"loss":0.1}}
{"step":{"loss":-0}}
{"epoch":{"number":9,"loss":0,"learning_rate":0,"metrics":null,"validation":{"loss":0,"metrics":{"c":0.3333333333333333}},"nanoseconds":3600000000000}}
{"end":{"steps":7,"epochs":1,"stopped":"loss is NaN\n: \"stop\""}}
`, b.String())
}

func TestReadNamesTheDamagedLine(t *testing.T) {
	const head = `{"format":"unstuck training","version":1}` + "\n"
	const columns = `{"columns":[{"name":"a","size":2}]}` + "\n"
	tests := []struct{ text, want string }{
		{"", "line 1: the file is empty"},
		{"loss,val_loss\n", "line 1: this is no record of a training"},
		{`{"format":"unstuck training","version":2}`, "line 1: the record has version 2, this program reads version 1"},
		{head, `line 1: the file ends early: its last line, "end", is missing`},
		{head + `{"step":{"loss":1}}` + "\n" + `{"step":{"lo`, "line 3: the line is not whole"},
		{head + `{"step":{"loss":1}}`, "line 2: the file ends early"},
		{head + "\n", "line 2: the line is not whole"},
		{head + `{}`, "line 2: must hold exactly one of"},
		{head + `{"step":{"loss":1},"end":{}}`, "line 2: must hold exactly one of"},
		{head + `{"step":{"loss":"two"}}`, `line 2: "two" is no number`},
		{head + `{"step":{"loss":1e99}}`, "line 2: 1e99 is no number of 32 bits"},
		{head + `{"step":{"loss":1}} {}`, "line 2: there is something behind the value"},
		{head + `{"loss":1}`, `line 2: json: unknown field "loss"`},
		{head + `{"step":{"loss":1,"readings":[1,2]}}`, "line 2: 2 readings for columns of 0 numbers"},
		{head + columns + `{"step":{"loss":1,"readings":[1]}}`, "line 3: 1 readings for columns of 2 numbers"},
		{head + columns + columns, "line 3: columns must come once"},
		{head + `{"columns":[{"name":"a","size":-1}]}`, `line 2: column "a" has size -1`},
		{head + `{"columns":[]}`, "line 2: there are no columns in it"},
		{head + `{"epoch":{}}` + "\n" + `{"step":{"loss":1}}`, "line 3: a step behind an epoch"},
		{head + `{"end":{"steps":1,"epochs":0}}`, "line 2: the end speaks of 1 steps and 0 epochs, the file has 0 and 0"},
		{head + `{"end":{"steps":0,"epochs":0}}` + "\n" + `{"step":{"loss":1}}`, "line 3: there is something behind the end"},
		{head + strings.Repeat(" ", 64<<20) + `{"end":{}}`, "line 2: longer than 67108864 bytes"},
	}
	for _, c := range tests {
		_, err := record.Read(strings.NewReader(c.text))
		require.ErrorContains(t, err, c.want, "%.120q", c.text)
	}
}

func TestWriteRefusesWhatCannotBeReadBack(t *testing.T) {
	tests := map[string]func(h *fit.History){
		`reading "one/ü" has 0 numbers`:                      func(h *fit.History) { h.Readings.Columns[0].Size = 0 },
		"2 rows of readings for 1 measured steps":            func(h *fit.History) { h.Readings.Steps = []int{1} },
		"measured step 8 doesn't lie between":                func(h *fit.History) { h.Readings.Steps[1] = 8 },
		"measured step 2 doesn't lie between the one before": func(h *fit.History) { h.Readings.Steps[1] = 2 },
		"step 5 has 1 readings, its columns 3":               func(h *fit.History) { h.Readings.Rows[1] = []float32{1} },
	}
	for want, spoil := range tests {
		h := strange()
		spoil(h)
		require.ErrorContains(t, record.Write(&bytes.Buffer{}, h), want)
		require.Error(t, record.StepsCSV(&bytes.Buffer{}, h))
		require.Error(t, record.WriteEvents(&bytes.Buffer{}, h, now))
	}
}

func TestFailedSaveKeepsTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	require.NoError(t, record.Save(path, strange()))
	bad := strange()
	bad.Readings.Steps = nil
	require.ErrorContains(t, record.Save(path, bad), "run.jsonl")
	loaded, err := record.Load(path)
	require.NoError(t, err)
	same(t, strange(), loaded)
	_, err = record.Load(filepath.Join(t.TempDir(), "missing.jsonl"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Error(t, record.Save(filepath.Join(t.TempDir(), "no", "folder", "run.jsonl"), strange()))
}

// full fails after some bytes, as a full disk does.
type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestFailingWriterIsReported(t *testing.T) {
	h := strange()
	for range 1000 {
		h.Steps = append(h.Steps, float32(math.Pi))
	}
	h.Epochs = append(h.Epochs, make([]fit.Epoch, 5000)...)
	require.ErrorIs(t, record.Write(&full{100}, h), errFull)
	require.ErrorIs(t, record.StepsCSV(&full{100}, h), errFull)
	require.ErrorIs(t, record.EpochsCSV(&full{100}, h), errFull)
	require.ErrorIs(t, record.WriteEvents(&full{100}, h, now), errFull)
}

// readAllowance: JSON is decoded number by number, each by way of a text.
var readAllowance = allowance.Allowance{Fixed: 1 << 20, PerByte: 1000}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := record.Write(&b, strange()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(fmt.Sprintf("%s\n{\"end\":{}}", `{"format":"unstuck training","version":1}`)))
	f.Add([]byte(fmt.Sprintf("{\"format\":\"unstuck training\",\"version\":1}\n{%q:1}", strings.Repeat("x", 2000))))
	f.Fuzz(func(t *testing.T, text []byte) {
		var h *fit.History
		var err error
		readAllowance.Check(t, len(text), func() { h, err = record.Read(bytes.NewReader(text)) })
		if err != nil {
			require.Less(t, len(err.Error()), 1<<10, "an error must not fill the screen")
			return
		}
		var b bytes.Buffer
		require.NoError(t, record.Write(&b, h), "what was read can be written")
		again, err := record.Read(&b)
		require.NoError(t, err)
		same(t, h, again)
	})
}
