package fit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// String says in a few lines what the model is made of and how far it was trained:
//
//	fit.Model, trained for 20 epochs
//	  model      nn.Sequential{…}
//	  optimizer  optim.Adam(0.01)
//	  loss       mse
//
// Layers, shapes and numbers of weights are in [nn.Summarize].
func (m *Model) String() string {
	if m == nil || m.net == nil {
		return "fit.Model, not compiled: fit.Compile makes one"
	}
	trained := "not trained yet"
	switch n := m.progress.epochs; n {
	case 0:
	case 1:
		trained = "trained for 1 epoch"
	default:
		trained = fmt.Sprintf("trained for %d epochs", n)
	}
	optimizer := fmt.Sprintf("%T", m.optimizer)
	if o, told := m.optimizer.(interface{ GoCode() string }); told {
		optimizer = o.GoCode()
	}
	lines := []string{"fit.Model, " + trained, "  model      " + strings.ReplaceAll(nn.GoCode(m.net), "\n", "\n  "), "  optimizer  " + optimizer, "  loss       " + fmt.Sprint(m.loss)}
	var metrics []string
	for _, metric := range m.options.Metrics {
		metrics = append(metrics, fmt.Sprint(metric))
	}
	if len(metrics) > 0 {
		lines = append(lines, "  metrics    "+strings.Join(metrics, ", "))
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\t", "  ")
}

// String is "loss 0.25, accuracy 0.9".
func (r Result) String() string {
	text := fmt.Sprintf("loss %.4g", r.Loss)
	for _, name := range slices.Sorted(maps.Keys(r.Metrics)) {
		text += fmt.Sprintf(", %s %.4g", name, r.Metrics[name])
	}
	return text
}

// String is the epoch as one line, "epoch 3: loss 0.25, val_loss 0.3".
func (e Epoch) String() string {
	text := fmt.Sprintf("epoch %d: %s", e.Number, Result{e.Loss, e.Metrics})
	if v := e.Validation; v != nil {
		text += fmt.Sprintf(", val_loss %.4g", v.Loss)
		for _, name := range slices.Sorted(maps.Keys(v.Metrics)) {
			text += fmt.Sprintf(", val_%s %.4g", name, v.Metrics[name])
		}
	}
	return text
}

// String is the first and the last epoch, and why the training ended early where it did.
func (h *History) String() string {
	if h == nil || len(h.Epochs) == 0 {
		return "fit.History of no epoch"
	}
	lines := []string{h.Epochs[0].String()}
	if n := len(h.Epochs); n > 1 {
		lines = append(lines, h.Epochs[n-1].String())
	}
	if h.Stopped != "" {
		lines = append(lines, "stopped: "+h.Stopped)
	}
	return strings.Join(lines, "\n")
}
