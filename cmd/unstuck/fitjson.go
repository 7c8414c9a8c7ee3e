package main

import (
	"github.com/spf13/cobra"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/training"
)

// fitResult is what fit prints as JSON.
type fitResult struct {
	Start          string                `json:"start,omitempty"` // the weights that it starts from, where they are given
	Assumed        []training.Assumption `json:"assumed"`
	Contradictions []string              `json:"contradictions"` // of the description in itself
	Asked          int                   `json:"epochs_asked"`
	Epochs         []fitEpoch            `json:"epochs"`
	Stopped        string                `json:"stopped,omitempty"` // why it ended before the last epoch
	Interrupted    bool                  `json:"interrupted,omitempty"`
}

type fitEpoch struct {
	Epoch        int                    `json:"epoch"`
	Loss         loop.Number            `json:"loss"`
	Metrics      map[string]loop.Number `json:"metrics"`
	Validation   *fitValidation         `json:"validation,omitempty"`
	LearningRate loop.Number            `json:"learning_rate"`
	Seconds      loop.Number            `json:"seconds"`
}

type fitValidation struct {
	Loss    loop.Number            `json:"loss"`
	Metrics map[string]loop.Number `json:"metrics"`
}

// EpochEnd implements [fit.EpochEnder]: it keeps the epochs, so that those before an interruption are known.
func (r *fitResult) EpochEnd(run *fit.Run) error {
	e := run.History.Epochs[len(run.History.Epochs)-1]
	r.Asked = run.Epochs
	told := fitEpoch{
		Epoch: run.Epoch, Loss: loop.Number(e.Loss), Metrics: jsonMetrics(e.Metrics),
		LearningRate: loop.Number(e.LearningRate), Seconds: loop.Number(e.Duration.Seconds()),
	}
	if v := e.Validation; v != nil {
		told.Validation = &fitValidation{loop.Number(v.Loss), jsonMetrics(v.Metrics)}
	}
	r.Epochs = append(r.Epochs, told)
	return nil
}

func jsonMetrics(metrics map[string]float64) map[string]loop.Number {
	told := map[string]loop.Number{}
	for name, v := range metrics {
		told[name] = loop.Number(v)
	}
	return told
}

// fitJSON trains and prints the history; what is interrupted the epochs until then, where there is one.
func fitJSON(cmd *cobra.Command, m *fit.Model, t training.Training, config fit.Config, contradictions []string) error {
	r := &fitResult{Assumed: append([]training.Assumption{}, t.Assumed...), Contradictions: append([]string{}, contradictions...), Epochs: []fitEpoch{}}
	if t.Started() {
		r.Start = t.StartText()
	}
	config.Callbacks = append(config.Callbacks, r)
	h, err := m.Fit(cmd.Context(), t.TrainData(), config)
	if h != nil {
		r.Stopped = h.Stopped
	}
	switch {
	case err == nil:
		return writeJSON(cmd.OutOrStdout(), "history", r)
	case cmd.Context().Err() == nil || len(r.Epochs) == 0:
		return err
	}
	r.Interrupted = true
	if failed := writeJSON(cmd.OutOrStdout(), "history", r); failed != nil {
		return failed
	}
	return said{err}
}
