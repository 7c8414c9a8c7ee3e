package notebook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/unstuck/pkg/fit"
)

// trained is what [KeepModel] keeps.
type trained struct {
	State   []byte // as fit.Model.Save writes it
	History fit.History
}

// KeepModel trains m the first time and keeps the result under name: its weights, the optimizer's memory, how far it
// came, and the History. Later, and in later cells, it gives m that state and returns that History; train is not called.
//
//	m := notebook.Must(fit.Compile(net, optim.Adam(rate), loss.MSE{}, fit.Options{Seed: 1}))
//	h := notebook.Must(notebook.KeepModel("low", m, func() (*fit.History, error) { return m.Fit(ctx, data, config) }, net, rate, config))
//
// What it follows, and inputs, are those of [Keep]: in a function, pass the parameters that the training depends on (an
// [nn.Func] has no content to compare). A kept state that doesn't fit m is computed again like one of other inputs.
//
// [Forget] removes it. Errors, and a full disk, are dealt with as by Keep.
//
// [nn.Func]: https://pkg.go.dev/example.com/unstuck/pkg/nn#Func
func KeepModel(name string, m *fit.Model, train func() (*fit.History, error), inputs ...any) (*fit.History, error) {
	here := false // m has the state already
	compute := func() (trained, error) {
		h, err := train()
		if err != nil {
			return trained{}, err
		}
		here = true
		state, err := stateOf(m)
		return trained{State: state, History: *h}, err
	}
	kept, err := Keep(name, compute, inputs...)
	if err == nil && !here && restoreState(m, kept.State) != nil {
		if err = Forget(name); err == nil {
			kept, err = Keep(name, compute, inputs...)
		}
	}
	if err != nil {
		return nil, err
	}
	return &kept.History, nil
}

// stateOf returns the content of the file that m.Save writes.
func stateOf(m *fit.Model) (state []byte, err error) {
	err = inTemporaryFile(func(path string) error {
		if err := m.Save(path); err != nil {
			return err
		}
		state, err = os.ReadFile(path)
		return err
	})
	return state, err
}

func restoreState(m *fit.Model, state []byte) error {
	return inTemporaryFile(func(path string) error {
		if err := os.WriteFile(path, state, 0o600); err != nil {
			return err
		}
		if err := m.Restore(path); err != nil {
			return errors.New(strings.ReplaceAll(err.Error(), path, "it")) // the file is gone when this is read
		}
		return nil
	})
}

func inTemporaryFile(use func(path string) error) error {
	folder, err := os.MkdirTemp("", "model-")
	if err != nil {
		return fmt.Errorf("notebook: keeping a model: %w", err)
	}
	defer os.RemoveAll(folder)
	return use(filepath.Join(folder, "model"))
}
