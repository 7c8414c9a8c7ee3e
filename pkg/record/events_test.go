package record_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/probe"
	"example.com/unstuck/pkg/record"
)

var now = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// tensorboardPython is a Python that has TensorBoard: that of the project's environments, or the one that
// the variable UNSTUCK_PYTHON names.
func tensorboardPython(t *testing.T) string {
	t.Helper()
	pythons := []string{os.Getenv("UNSTUCK_PYTHON"), "../../.lab/venv/bin/python", "../../.lab/peers/bin/python"}
	for _, python := range pythons {
		if python != "" && exec.Command(python, "-c", "import tensorboard").Run() == nil {
			return python
		}
	}
	t.Skip("needs a Python with TensorBoard: make bench-peers, or UNSTUCK_PYTHON=/path/to/python")
	return ""
}

// board is what testdata/read_events.py prints.
type board struct {
	Scalars    map[string][][3]any // step, value, wall time
	Histograms map[string][]struct {
		Step               int
		Min, Max, Num, Sum float64
		Limits, Buckets    []float64
	}
}

func open(t *testing.T, dir string) (b board) {
	t.Helper()
	out, err := exec.Command(tensorboardPython(t), "testdata/read_events.py", dir).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("%s", exit.Stderr)
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &b))
	return b
}

func TestTensorBoardFindsEverything(t *testing.T) {
	tensorboardPython(t)
	for name, h := range map[string]*fit.History{"training": training(t), "strange": strange()} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			_, err := record.SaveEvents(dir, h, now)
			require.NoError(t, err)
			b := open(t, dir)
			want := wantedScalars(h)
			require.Len(t, b.Scalars, len(want))
			for tag, points := range want {
				require.Len(t, b.Scalars[tag], len(points), tag)
				for i, p := range points {
					requirePoint(t, p, b.Scalars[tag][i], tag)
				}
			}
		})
	}
}

type point struct {
	step  int
	value float32
}

func requirePoint(t *testing.T, want point, got [3]any, tag string) {
	t.Helper()
	require.Equal(t, float64(want.step), got[0], tag)
	switch v := float64(want.value); {
	case math.IsNaN(v):
		require.Equal(t, "nan", got[1], tag)
	case math.IsInf(v, 0):
		require.Equal(t, map[bool]string{true: "inf", false: "-inf"}[v > 0], got[1], tag)
	default:
		require.Equal(t, v, got[1], tag)
	}
	wall := got[2].(float64)
	require.GreaterOrEqual(t, wall, float64(now.Unix()))
	require.LessOrEqual(t, wall, float64(now.Unix()+3601))
}

func wantedScalars(h *fit.History) map[string][]point {
	all := map[string][]point{}
	add := func(tag string, step int, v float64) { all[tag] = append(all[tag], point{step, float32(v)}) }
	for i, l := range h.Steps {
		add("loss/step", i+1, float64(l))
	}
	for _, e := range h.Epochs {
		add("loss/epoch", e.Number, e.Loss)
		add("learning rate", e.Number, e.LearningRate)
		for name, v := range e.Metrics {
			add(name+"/epoch", e.Number, v)
		}
		if e.Validation != nil {
			add("loss/validation", e.Number, e.Validation.Loss)
			for name, v := range e.Validation.Metrics {
				add(name+"/validation", e.Number, v)
			}
		}
	}
	for _, s := range probe.AllSeries(h) {
		for k, step := range s.Steps {
			add(s.Name, step, s.Values[k])
		}
	}
	return all
}

func TestTensorBoardFindsHistograms(t *testing.T) {
	tensorboardPython(t)
	h := training(t)
	dir := t.TempDir()
	_, err := record.SaveEvents(dir, h, time.Time{})
	require.NoError(t, err)
	b := open(t, dir)
	require.Len(t, b.Histograms, 2+4)
	outputs, err := probe.ReadHistograms(h, probe.Outputs)
	require.NoError(t, err)
	for i, layer := range outputs.Layers {
		got := b.Histograms["outputs/"+layer]
		require.Len(t, got, len(outputs.Steps))
		for k, step := range outputs.Steps {
			require.Equal(t, step, got[k].Step)
			require.Equal(t, outputs.Edges, got[k].Limits[:9])
			require.Equal(t, outputs.Below[i][k], got[k].Buckets[0])
			require.Equal(t, outputs.Counts[i][k], got[k].Buckets[1:9])
			require.Equal(t, outputs.Above[i][k], got[k].Buckets[9])
			total := 0.0
			for _, n := range got[k].Buckets {
				total += n
			}
			require.Equal(t, total, got[k].Num)
			require.Less(t, got[k].Min, got[k].Max)
		}
	}
}

func TestSaveEventsNamesWhatFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := record.SaveEvents(file, strange(), now)
	require.ErrorContains(t, err, "record: ")
	bad := strange()
	bad.Readings.Steps = nil
	_, err = record.SaveEvents(t.TempDir(), bad, now)
	require.ErrorContains(t, err, fmt.Sprintf("events.out.tfevents.%d", now.Unix()))
}
