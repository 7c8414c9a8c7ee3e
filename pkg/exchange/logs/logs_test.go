package logs_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/curve"
	"example.com/unstuck/pkg/exchange/logs"
)

func find(t *testing.T, log *logs.Log, name string) curve.Series {
	var names []string
	for _, s := range log.Series {
		if s.Name == name {
			return s
		}
		names = append(names, s.Name)
	}
	t.Fatalf("no series %s among %v", name, names)
	return curve.Series{}
}

// What Keras and TensorBoard's writer of PyTorch wrote holds the numbers that they trained with; what is printed for people,
// to the digits that are printed. testdata/make_logs.py writes both.
func TestLogsHoldTheNumbersOfTheirTrainings(t *testing.T) {
	text, err := os.ReadFile("testdata/expected.json")
	require.NoError(t, err)
	var expected map[string]map[string][]float64
	require.NoError(t, json.Unmarshal(text, &expected))
	require.Len(t, expected, 6)
	for file, series := range expected {
		t.Run(file, func(t *testing.T) {
			log, err := logs.Open(filepath.Join("testdata", file))
			require.NoError(t, err)
			require.Empty(t, log.Remarks)
			within := 1e-6
			if strings.HasPrefix(file, "printed") {
				within = 1e-4
			}
			for name, want := range series {
				got := find(t, log, name)
				require.Len(t, got.Values, len(want))
				require.InDeltaSlice(t, want, got.Values, within)
				if file != "history.txt" { // which doesn't say what its numbers are of
					wants := "epoch"
					if file == "writer-events" {
						wants = "step"
					}
					require.Equal(t, wants, got.Axis)
				}
			}
		})
	}
}

// Lightning leaves cells empty, and has a loss by step and one by epoch.
func TestLightning(t *testing.T) {
	log, err := logs.Open("testdata/lightning")
	require.NoError(t, err)
	step, epoch, validation := find(t, log, "train_loss_step"), find(t, log, "train_loss_epoch"), find(t, log, "val_loss")
	require.Equal(t, []string{"step", "epoch", "epoch"}, []string{step.Axis, epoch.Axis, validation.Axis})
	require.Len(t, step.Values, 10)
	require.Equal(t, []float64{0, 1, 2, 3, 4}, epoch.At)
	require.Less(t, validation.Values[4], validation.Values[0])
}

// Of a folder of the Trainer, the newest checkpoint's state is read: the one of the largest number, 32 behind 8.
func TestTrainer(t *testing.T) {
	log, err := logs.Open("testdata/trainer")
	require.NoError(t, err)
	loss, rate := find(t, log, "loss"), find(t, log, "learning_rate")
	require.Len(t, loss.Values, 16)
	require.Equal(t, "step", loss.Axis)
	require.Equal(t, 32.0, loss.At[15])
	require.Less(t, rate.Values[15], rate.Values[0])
	require.Len(t, find(t, log, "eval_loss").Values, 4)
}

func TestWhatPeoplePaste(t *testing.T) {
	for name, c := range map[string]struct {
		text, series, axis string
		at, wants          []float64
	}{
		"a column":               {"0.7\n0.69\n\n0.69\n", "loss", "point", nil, []float64{0.7, 0.69, 0.69}},
		"a list":                 {"[0.7, 0.69, nan]", "loss", "point", nil, []float64{0.7, 0.69, math.NaN()}},
		"a long list":            {"[0.7,\n 0.69,\n 0.5]\n", "loss", "point", nil, []float64{0.7, 0.69, 0.5}},
		"words with commas":      {"epoch 1 train loss: 2,31 acc: 0,5\nepoch 2 train loss: 1,9 acc: 0,625\n", "train_loss", "epoch", []float64{1, 2}, []float64{2.31, 1.9}},
		"spoken with commas":     {"epoch 1: loss 0,693\nepoch 2: loss 5e-1\nepoch 3: loss 0,25\n", "loss", "epoch", []float64{1, 2, 3}, []float64{0.693, 0.5, 0.25}},
		"numbers in rows":        {"0.7 0.6 0.5\n0.4 0.3 0.2\n", "loss", "point", nil, []float64{0.7, 0.6, 0.5, 0.4, 0.3, 0.2}},
		"counted":                {"1 0.7\n2 0.6\n3 0.5\n", "loss", "step", []float64{1, 2, 3}, []float64{0.7, 0.6, 0.5}},
		"PyTorch's tutorial":     {"[1,  2000] loss: 2.173\n[1,  4000] loss: 1.846\n[2,  2000] loss: 1.7\n", "loss", "point", nil, []float64{2.173, 1.846, 1.7}},
		"epochs":                 {"Epoch 1/3, Train Loss: 0.7, Val Loss: 0.8\nEpoch 2/3, Train Loss: 0.6, Val Loss: 0.9\n", "val_loss", "epoch", []float64{1, 2}, []float64{0.8, 0.9}},
		"epoch in brackets":      {"Epoch [10/100] Loss = 1e-3\nEpoch [20/100] Loss = 9e-4\n", "loss", "epoch", []float64{10, 20}, []float64{1e-3, 9e-4}},
		"tensors":                {"epoch 0 loss tensor(0.6931, grad_fn=<MseLossBackward0>)\nloss: tensor(0.5, device='cuda:0')\n", "loss", "point", nil, []float64{0.6931, 0.5}},
		"words between":          {"epoch 3 loss 0.523\nepoch 4 loss 0.5\n", "loss", "epoch", []float64{3, 4}, []float64{0.523, 0.5}},
		"dictionaries":           {"{'loss': '0.624', 'epoch': '2.25'}\n{'loss': 0.5, 'epoch': 2.5}\n", "loss", "epoch", []float64{2.25, 2.5}, []float64{0.624, 0.5}},
		"JSON lines":             {`{"step": 1, "train": {"loss": NaN}}` + "\n" + `{"step": 2, "train": {"loss": 2.5}}` + "\n" + `{"step": 3, "tr`, "train.loss", "step", []float64{1, 2}, []float64{math.NaN(), 2.5}},
		"a list of rows":         {`[{"loss": 1, "iter": 10}, {"loss": Infinity, "iter": 20}]`, "loss", "step", []float64{10, 20}, []float64{1, math.Inf(1)}},
		"history":                {`{'loss': [0.5, 0.4], 'val_loss': [np.float64(0.6), nan]}`, "val_loss", "point", nil, []float64{0.6, math.NaN()}},
		"decimal commas":         {"Epoche;loss\n1;0,7\n2;0,65\n", "loss", "epoch", []float64{1, 2}, []float64{0.7, 0.65}},
		"pandas' index":          {",loss,val_loss\n0,0.7,0.8\n1,0.6,\n", "loss", "point", nil, []float64{0.7, 0.6}},
		"a named column":         {"loss\n0.7\n0.6\n", "loss", "point", nil, []float64{0.7, 0.6}},
		"lined up":               {"epoch  loss    val_loss\n1      0.7     0.8\n2      0.65    nan\n", "val_loss", "epoch", []float64{1, 2}, []float64{0.8, math.NaN()}},
		"lined up, with commas":  {"\nepoch loss\n1     0,7\n2     0,65\n", "loss", "epoch", []float64{1, 2}, []float64{0.7, 0.65}},
		"pandas, printed":        {"   train_loss  lr\n0        0.70  0.1\n1        0.65  0.1\n", "train_loss", "point", nil, []float64{0.7, 0.65}},
		"names in each line":     {"epoch 1 loss 0.7 val_loss 0.8\nepoch 2 loss 0.65 val_loss 0.9\n", "loss", "epoch", []float64{1, 2}, []float64{0.7, 0.65}},
		"a BOM":                  {"\uFEFFepoch,loss\n0,1\n1,0.5\n", "loss", "epoch", []float64{0, 1}, []float64{1, 0.5}},
		"UTF-16":                 {"\xff\xfel\x00o\x00s\x00s\x00:\x00 \x002\x00\n\x00l\x00o\x00s\x00s\x00:\x00 \x003\x00\n\x00", "loss", "point", nil, []float64{2, 3}},
		"colours":                {"\x1b[32mloss: 0.5\x1b[0m\r\x1b[32mloss: 0.4\x1b[0m\nloss: 0.3\n", "loss", "point", nil, []float64{0.4, 0.3}},
		"a table with NaN":       {"epoch,loss\n0,1\n1,nan\n2,-inf\n", "loss", "epoch", []float64{0, 1, 2}, []float64{1, math.NaN(), math.Inf(-1)}},
		"a half-written end":     {"epoch,loss\n0,1\n1,0.9\n2", "loss", "epoch", []float64{0, 1}, []float64{1, 0.9}},
		"a head that comes back": {"epoch,loss\n0,1\n1,0.9\nepoch,loss\n2,0.8\n", "loss", "epoch", []float64{0, 1, 2}, []float64{1, 0.9, 0.8}},
	} {
		t.Run(name, func(t *testing.T) {
			log, err := logs.Read(strings.NewReader(c.text))
			require.NoError(t, err)
			got := find(t, log, c.series)
			require.Equal(t, c.axis, got.Axis, "%+v", log)
			require.Equal(t, c.at, got.At)
			require.Len(t, got.Values, len(c.wants))
			for i, v := range c.wants {
				require.True(t, v == got.Values[i] || math.IsNaN(v) && math.IsNaN(got.Values[i]), "%v", got.Values)
			}
		})
	}
}

func TestTheLastOfSeveralTrainingsIsRead(t *testing.T) {
	log, err := logs.Read(strings.NewReader("epoch,loss\n0,1\n1,0.9\n2,0.8\n0,5\n1,4\n"))
	require.NoError(t, err)
	require.Equal(t, []float64{5, 4}, find(t, log, "loss").Values)
	require.Equal(t, []string{"the log holds several trainings behind each other: the last is read, from row 4 on"}, log.Remarks)
}

func TestWhatIsNoLogIsToldAsThat(t *testing.T) {
	for name, c := range map[string]struct{ text, wants string }{
		"empty":         {"", "there is nothing in it"},
		"prose":         {"It all began when my loss did not move.\n", "there are no numbers of a training in it"},
		"binary":        {"\x7fELF\x00\x00\x01", "neither text nor an event file"},
		"a JSON string": {`{"loss": "low"}`, "no numbers"},
		"broken JSON":   {`{"loss": [1, 2`, "as JSON"},
		"names alone":   {"epoch,loss\n", "no numbers"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := logs.Read(strings.NewReader(c.text))
			require.ErrorContains(t, err, c.wants)
		})
	}
	_, err := logs.Open(t.TempDir())
	require.ErrorContains(t, err, "no metrics.csv, trainer_state.json or event file")
}

// Event files of two trainings in one folder are not taken for one.
func TestSeveralRunsMustBeNamed(t *testing.T) {
	dir := t.TempDir()
	events, err := filepath.Glob("testdata/writer-events/*")
	require.NoError(t, err)
	text, err := os.ReadFile(events[0])
	require.NoError(t, err)
	for _, run := range []string{"adam", "sgd"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, run), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, run, "events.out.tfevents.1"), text, 0o644))
	}
	_, err = logs.Open(dir)
	require.ErrorContains(t, err, "name one of adam, sgd")
	log, err := logs.Open(filepath.Join(dir, "sgd"))
	require.NoError(t, err)
	require.Len(t, find(t, log, "Loss/train").Values, 12)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "sgd", "events.out.tfevents.1"), text[:len(text)-7], 0o644))
	log, err = logs.Open(filepath.Join(dir, "sgd", "events.out.tfevents.1"))
	require.NoError(t, err)
	require.Contains(t, log.Remarks[0], "the file breaks off")
}

// Whatever is in a file: numbers or an error, and no more memory than a few times its size.
func FuzzRead(f *testing.F) {
	for _, file := range []string{"csvlogger.csv", "history.txt", "printed-bar.txt", "printed-lines.txt", "lightning/metrics.csv", "trainer/checkpoint-8/trainer_state.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(f, err)
		f.Add(text)
	}
	events, err := filepath.Glob("testdata/writer-events/*")
	require.NoError(f, err)
	more, err := filepath.Glob("testdata/keras-events/*/*")
	require.NoError(f, err)
	events = append(events, more...)
	require.NotEmpty(f, events)
	for _, file := range events {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		log, err := logs.Read(strings.NewReader(string(text)))
		if err != nil {
			require.Less(t, len(err.Error()), 2000)
			return
		}
		for _, s := range log.Series {
			require.NotEmpty(t, s.Values)
			require.True(t, len(s.At) == 0 || len(s.At) == len(s.Values))
		}
		if r, err := curve.Read(t.Context(), log.Series); err == nil {
			require.NotContains(t, r.Text(), "healthy")
		}
	})
}
