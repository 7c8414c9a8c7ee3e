package callback_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/fit/fittest"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

func TestCallbackContract(t *testing.T) {
	path := filepath.Join(t.TempDir(), "best")
	for name, make := range map[string]func() fit.Callback{
		"EarlyStopping":            func() fit.Callback { return &callback.EarlyStopping{Patience: 2, MinDelta: 0.01} },
		"EarlyStoppingRestoreBest": func() fit.Callback { return &callback.EarlyStopping{Patience: 2, RestoreBest: true} },
		"ReduceLROnPlateau":        func() fit.Callback { return &callback.ReduceLROnPlateau{Patience: 1, Factor: 0.5} },
		"LearningRateSchedule": func() fit.Callback {
			return callback.LearningRateSchedule(func(epoch int, _ float64) float64 { return 0.1 / float64(epoch+1) })
		},
		"TerminateOnNaN": func() fit.Callback { return &callback.TerminateOnNaN{} },
		"BestCheckpoint": func() fit.Callback { return &callback.BestCheckpoint{Path: path} },
		"CSVLog":         func() fit.Callback { return &callback.CSVLog{Path: path + ".csv"} },
		"OnEpochEnd":     func() fit.Callback { return fit.OnEpochEnd(func(*fit.Run) error { return nil }) },
	} {
		t.Run(name, func(t *testing.T) { fittest.TestCallback(t, make) })
	}
}

func TestUnknownMonitor(t *testing.T) {
	for _, c := range []fit.Callback{
		&callback.EarlyStopping{Monitor: "val_accuracy"},
		&callback.ReduceLROnPlateau{Monitor: "val_accuracy"},
		&callback.BestCheckpoint{Monitor: "val_accuracy", Path: filepath.Join(t.TempDir(), "best")},
	} {
		m := compile(t, small(), optim.SGD(0.1), fit.Options{Metrics: []loss.Metric{loss.Accuracy{}}})
		_, err := m.Fit(ctx, noise(t, 20), fit.Config{Callbacks: []fit.Callback{c}})
		require.ErrorContains(t, err, `there is nothing named "val_accuracy" to monitor; this training has loss, accuracy`)
		_, err = m.Fit(ctx, noise(t, 20), fit.Config{Callbacks: []fit.Callback{c}, ValidationSplit: 0.2})
		if err != nil {
			require.NotContains(t, err.Error(), "monitor")
		}
	}
}
