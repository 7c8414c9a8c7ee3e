package saved

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"example.com/unstuck/internal/boundedfile"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/training"
)

// isTorch reports whether a model is a program of PyTorch's.
func isTorch(path string) bool { return filepath.Ext(path) == ".pt2" }

// readTorch is [Files.Read] of a model.pt2 with its training.json. What of either wasn't understood is in a
// [training.Partial].
func (f Files) readTorch() (training.Training, error) {
	m, err := torch.ReadModel(f.Model)
	var partial *training.Partial
	if err != nil && !errors.As(err, &partial) {
		return training.Training{}, err
	}
	var problems training.Problems
	if partial != nil {
		problems = partial.Problems
	}
	if partial == nil {
		var unread training.Problems
		if m, unread, err = f.withOwnLoss(m); err != nil {
			return training.Training{}, err
		}
		problems = unread
	}
	if f.Fit == "" {
		return training.Training{}, fmt.Errorf("%s: there is no training.json beside it, which says the loss and the optimizer: unstuck.save writes all three", f.Model)
	}
	content, err := boundedfile.Read(f.Fit, maxSettings, "settings")
	if err != nil {
		return training.Training{}, err
	}
	if partial == nil {
		m.Join(content)
	}
	data, err := f.readTorchData(m, content)
	if err != nil && len(problems) > 0 {
		return training.Training{}, errors.Join(fmt.Errorf("%s: %w", f.Model, problems), err)
	}
	if err != nil {
		return training.Training{}, err
	}
	data, reshaped := f.shaped(data)
	d, data, err := m.Describe(content, data)
	if err != nil {
		return training.Training{}, fmt.Errorf("%s: %w", f.Fit, err)
	}
	t := d.Training
	source := m.Source()
	source.Variables, source.Modules = t.Source.Variables, t.Source.Modules
	t.Source = source
	t.Data, t.Model, t.Start = data, m.Layer, training.Start{Weights: m.Weights, From: filepath.Base(f.Model)}
	if partial != nil {
		t.Model, t.Start = partial.Training.Model, training.Start{From: t.From}
	}
	if problems = append(problems, d.Problems...); len(problems) > 0 {
		unread := &training.Partial{Problems: problems, Training: t}
		if err := unread.Validate(); err != nil {
			return training.Training{}, errors.Join(fmt.Errorf("%s: %w", f.Model, problems), fmt.Errorf("%s with %s: %w", f.Model, f.Data, err))
		}
		return training.Training{}, fmt.Errorf("%s: %w", f.Model, unread)
	}
	if reshaped {
		t.Assumed = append(slices.Clone(t.Assumed), training.Assumption{Setting: "targets' shape", Value: shapeText(f.TargetRow), Why: "the loop's losses are of it", OfData: true})
	}
	if noted := d.Noted; noted.Rows > 0 && noted.Eval != nil && !reshaped {
		t.Noted = training.Noted{Rows: noted.Rows, Loss: *noted.Eval}
	}
	if err := t.Validate(); err != nil {
		return training.Training{}, fmt.Errorf("%s with %s: %w", f.Model, f.Data, err)
	}
	return t, nil
}

// shaped are the data with rows of targets in the shape that was asked for.
func (f Files) shaped(d dataset.Data) (dataset.Data, bool) {
	size := 1
	for _, n := range f.TargetRow {
		size *= n
	}
	rows := d.Rows()
	if f.TargetRow == nil || len(d.MoreY) > 0 || len(d.Y.Shape) == 0 || len(d.Y.Values) != rows*size || slices.Equal(d.Y.Shape[1:], f.TargetRow) {
		return d, false
	}
	d.Y.Shape = append([]int{rows}, f.TargetRow...)
	return d, true
}

// shapeText is the shape of targets with such rows, as [n, 1].
func shapeText(row []int) string {
	text := "[n"
	for _, n := range row {
		text += fmt.Sprintf(", %d", n)
	}
	return text + "]"
}

// withOwnLoss is the model with the loss that lies beside it, where one does.
func (f Files) withOwnLoss(m *torch.Model) (*torch.Model, training.Problems, error) {
	path, err := first(filepath.Dir(f.Model), torch.LossFile)
	if err != nil || path == "" {
		return m, nil, err
	}
	with, err := m.WithOwnLoss(path)
	var unread *training.Partial
	if errors.As(err, &unread) {
		return m, unread.Problems, nil
	}
	return with, nil, err
}

// readTorchData reads what the model takes under the names of forward's arguments, "x" where there is one, and the targets
// under "y", or "y_0", "y_1", … where it returns several.
func (f Files) readTorchData(m *torch.Model, description []byte) (dataset.Data, error) {
	if f.Validation != "" && !f.foundPair {
		return dataset.Data{}, fmt.Errorf("%s: rows to validate on beside a .pt2 can't be read; a validation_split in training.json takes the last rows", f.Validation)
	}
	if filepath.Ext(f.Data) != ".npz" {
		return dataset.Data{}, fmt.Errorf("%q: data of a .pt2 must be a .npz", f.Data)
	}
	var inputs []string
	for _, in := range m.Inputs {
		inputs = append(inputs, in.Name)
	}
	targets := make([]string, max(1, len(m.Ranks)))
	if m.Own != nil {
		targets = make([]string, len(m.Own.Targets))
	}
	for i := range targets {
		targets[i] = fmt.Sprintf("y_%d", i)
	}
	if len(inputs) == 1 {
		inputs = []string{"x"}
	}
	if len(targets) == 1 {
		targets = []string{"y"}
	}
	var said struct{ Targets []string }
	if json.Unmarshal(description, &said) == nil && len(said.Targets) == len(targets) {
		targets = said.Targets
	}
	d, err := dataset.ReadNPZNamed(f.Data, inputs, targets)
	if err != nil && len(inputs)+len(targets) > 2 {
		return d, fmt.Errorf("%w; forward takes %q, and of what it returns the targets are %q", err, inputs, targets)
	}
	if err != nil {
		return d, err
	}
	return m.JoinTargets(d)
}
