package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/nn"
)

// The rules on validation rows are followed where the training learns its own rows.

var sortedSplit = &Rule{
	Cause:  SortedSplit,
	Doc:    "The rows are in an order that makes the validation rows, the last ones, unlike those trained on.",
	Source: "Keras' documentation of validation_split: the last rows, before shuffling",
	Suspect: func(p *Patient) *Suspicion {
		train, validation := statsOf(twoAxes(p.Case.training().Y)), statsOf(twoAxes(p.Case.validation().Y))
		largest := 0.0
		for j := range train.mean {
			if train.deviation[j] > 0 {
				largest = max(largest, math.Abs(train.mean[j]-validation.mean[j])/train.deviation[j])
			}
		}
		return &Suspicion{Strength: Likely,
			Symptoms: []Symptom{{Gauge: "distance of the targets' means, training to validation rows, in deviations", Got: largest, Limit: "below 0.5",
				Text: fmt.Sprintf("the validation rows' mean target is %.2g deviations from that of the training rows", largest)}},
			Treatments: []Treatment{shuffleRows},
		}
	},
}

var shuffleRows = Treatment{
	Text:  "shuffle the rows before the last ones are split off",
	Go:    "data, err = data.Shuffle(seed) // before ValidationSplit",
	Keras: "order = np.random.permutation(len(x)); x, y = x[order], y[order]  # before model.fit(validation_split=…)",
	Apply: func(c Case) (Case, error) {
		var err error
		c.Data, err = c.Data.Shuffle(c.Seed)
		return c, err
	},
}

var overfitting = &Rule{
	Cause:  Overfitting,
	Doc:    "The model learns its rows by heart; what it learns doesn't hold for other rows.",
	Source: "Prechelt 1998 (early stopping); Srivastava et al. 2014 (dropout)",
	Suspect: func(p *Patient) *Suspicion {
		o := p.Before
		return &Suspicion{Strength: Strong,
			Symptoms: []Symptom{{Gauge: "explained on training rows minus validation rows", Got: o.Explained - o.ValidationExplained, Limit: "below 0.5",
				Text: fmt.Sprintf("%.2f is explained of the rows trained on, %.2f of the validation rows", o.Explained, o.ValidationExplained)}},
			Treatments: []Treatment{stopEarly, sparseInputs(0.003), sparseInputs(0.01), sparseInputs(0.03), smaller, dropHalf},
		}
	},
}

var stopEarly = Treatment{
	Text:  "stop at the epoch of the lowest validation loss",
	Go:    "fit.Config{Callbacks: []fit.Callback{&fit.EarlyStopping{RestoreBest: true}}}",
	Keras: "keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)",
	Apply: func(c Case) (Case, error) {
		c.StopEarly = 10
		return c, nil
	},
}

// sparseInputs puts an L1 penalty on the first layer's kernel, which drops features that say nothing.
func sparseInputs(l1 float64) Treatment {
	return Treatment{
		Text:  fmt.Sprintf("an L1 penalty of %g on the first layer, and stop at the lowest validation loss", l1),
		Go:    fmt.Sprintf("nn.Dense{…, KernelRegularizer: nn.L1L2{L1: %g}} // first layer; fit.EarlyStopping{RestoreBest: true}", l1),
		Keras: fmt.Sprintf("keras.layers.Dense(…, kernel_regularizer=keras.regularizers.L1(%g))  # first layer; EarlyStopping(restore_best_weights=True)", l1),
		Apply: func(c Case) (Case, error) {
			done := false
			c.Model = mapLayers(c.Model, func(l nn.Layer) nn.Layer {
				if d, ok := l.(nn.Dense); ok && !done {
					d.KernelRegularizer, done = nn.L1L2{L1: l1}, true
					return d
				}
				return l
			})
			c.StopEarly = 20
			return c, nil
		},
	}
}

var smaller = Treatment{
	Text:  "a quarter of the hidden units, and stop at the lowest validation loss",
	Go:    "nn.Dense{Units: units / 4} // hidden layers; fit.EarlyStopping{RestoreBest: true}",
	Keras: "keras.layers.Dense(units // 4)  # hidden layers; EarlyStopping(restore_best_weights=True)",
	Apply: func(c Case) (Case, error) {
		h, ok := headOf(c.Model)
		if !ok {
			return c, fmt.Errorf("the model doesn't end in a Dense layer")
		}
		hidden := mapLayers(c.Model[:h.at], func(l nn.Layer) nn.Layer {
			if d, is := l.(nn.Dense); is {
				d.Units = max(2, d.Units/4)
				return d
			}
			return l
		})
		c.Model, c.StopEarly = append(hidden, c.Model[h.at:]...), 10
		return c, nil
	},
}

var dropHalf = Treatment{
	Text:  "dropout of one half after every hidden layer, and stop at the lowest validation loss",
	Go:    "nn.Dense{…}, nn.Dropout{Rate: 0.5} // hidden layers; fit.EarlyStopping{RestoreBest: true}",
	Keras: "keras.layers.Dense(…), keras.layers.Dropout(0.5)  # hidden layers; EarlyStopping(restore_best_weights=True)",
	Apply: func(c Case) (Case, error) {
		h, ok := headOf(c.Model)
		if !ok {
			return c, fmt.Errorf("the model doesn't end in a Dense layer")
		}
		names, err := c.Model.Names()
		if err != nil {
			return c, err
		}
		var out nn.Sequential
		for i, l := range c.Model {
			out = append(out, l)
			next := h.at
			if i+1 < len(c.Model) {
				next = i + 1
			}
			_, activationNext := bare(c.Model[next]).(nn.Activation)
			if _, dense := bare(l).(nn.Dense); dense && i < h.at && !activationNext {
				out = append(out, nn.Dropout{Name: names[i] + "_dropout", Rate: 0.5})
			}
			if _, activation := bare(l).(nn.Activation); activation && i < h.at {
				out = append(out, nn.Dropout{Name: names[i] + "_dropout", Rate: 0.5})
			}
		}
		c.Model, c.StopEarly = out, 10
		return c, nil
	},
}

// examineValidation tells an unlucky order of the rows from learning by heart.
func (e *examination) examineValidation() error {
	e.report.OnValidation = true
	sorted := suspicion{sortedSplit.Suspect(e.patient), sortedSplit}
	memory := suspicion{overfitting.Suspect(e.patient), overfitting}
	e.report.Symptoms = append(symptomsOf([]suspicion{sorted, memory}), e.report.Symptoms...)
	a, err := e.tryHeld(sorted, shuffleRows)
	if err != nil {
		return err
	}
	if a.Cures {
		e.concludeHeld(a, true)
		return nil
	}
	var best *Attempt
	for _, t := range memory.Treatments {
		a, err := e.tryHeld(memory, t)
		if err != nil {
			return err
		}
		if a.After != nil && (best == nil || score(a.After.ValidationProgress) > score(best.After.ValidationProgress)) {
			best = a
		}
		if a.Cures {
			break
		}
	}
	e.concludeHeld(best, best != nil && best.Cures)
	if best == nil || !best.Cures {
		e.report.Remark = "The settings tried help little: more rows are what it needs."
	}
	return nil
}

func (e *examination) tryHeld(s suspicion, t Treatment) (*Attempt, error) {
	a, err := e.try([]suspicion{s}, []Treatment{t})
	a.Cures = a.After != nil && score(a.After.ValidationProgress) > curedAt
	return a, err
}

func (e *examination) concludeHeld(a *Attempt, verified bool) {
	if a == nil {
		e.report.Cause = Overfitting
		return
	}
	f := e.finding(a.suspicions[0], a, 0, verified)
	f.Confidence = max(f.Confidence, 0.8)
	f.Before = e.patient.Before.ValidationExplained
	if a.After != nil {
		f.After = a.After.ValidationExplained
	}
	e.report.Findings = append(e.report.Findings, f)
	e.report.Cause, e.report.After, e.report.Treated = a.Causes[0], a.After, a
}
