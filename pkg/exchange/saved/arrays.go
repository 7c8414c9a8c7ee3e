package saved

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// pairs are names under which programs save inputs and targets, in small letters, those to train on first.
var pairs = [][2]string{
	{"x", "y"}, {"x_train", "y_train"}, {"xtrain", "ytrain"}, {"train_x", "train_y"}, {"x_tr", "y_tr"}, {"train_images", "train_labels"}, {"train_data", "train_labels"}, {"train_data", "train_targets"},
	{"features", "labels"}, {"features", "targets"}, {"features", "target"}, {"inputs", "targets"}, {"inputs", "labels"}, {"inputs", "outputs"}, {"images", "labels"}, {"data", "labels"}, {"data", "target"},
	{"data", "targets"}, {"x", "labels"}, {"x", "target"}, {"texts", "labels"}, {"arr_0", "arr_1"},
}

// heldPairs are those of rows to validate on.
var heldPairs = [][2]string{
	{"x_val", "y_val"}, {"x_valid", "y_valid"}, {"x_validation", "y_validation"}, {"val_x", "val_y"}, {"x_test", "y_test"}, {"xtest", "ytest"}, {"test_x", "test_y"}, {"test_images", "test_labels"}, {"test_data", "test_labels"},
	{"test_data", "test_targets"},
}

// pairIn is the first pair of which a file has both, as the file writes it.
func pairIn(names []string, of [][2]string) (pair [2]string, found bool) {
	for _, p := range of {
		for k, name := range p {
			at := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
			if found = at >= 0; !found {
				break
			}
			pair[k] = names[at]
		}
		if found {
			return pair, true
		}
	}
	return pair, false
}

// readArrays reads x and y of a model with one input and one output, or what else they are called, and rows to validate on beside them.
func (f Files) readArrays(c *training.Training, as *labels) (dataset.Data, error) {
	sources, outputs := Sources(*c), as.sources("y")
	names, err := dataset.NamesOfNPZ(f.Data)
	pair, found := pairIn(names, pairs)
	if err != nil || !found || pair == [2]string{"x", "y"} || len(sources) != 1 || len(sources[0].Arrays) != 1 {
		return dataset.ReadNPZFrom(f.Data, sources, outputs)
	}
	sources = slices.Clone(sources)
	sources[0].Arrays = []string{pair[0]}
	d, err := dataset.ReadNPZFrom(f.Data, sources, as.sources(pair[1]))
	if err != nil {
		return d, err
	}
	c.Assumed = append(c.Assumed, training.Assumption{Setting: "arrays", Value: fmt.Sprintf("%q as x and %q as y", pair[0], pair[1]), Why: "there is no x and y", Flag: "numpy.savez(path, x=…, y=…) says which", OfData: true})
	if held, is := pairIn(names, heldPairs); is {
		sources[0].Arrays = []string{held[0]}
		if c.Validation, err = dataset.ReadNPZFrom(f.Data, sources, as.sources(held[1])); err != nil {
			return d, err
		}
		c.Assumed = append(c.Assumed, training.Assumption{Setting: heldArrays, Value: fmt.Sprintf("%q and %q", held[0], held[1]), Why: "no validation_split is given", Flag: "one in fit.json takes the last rows instead", OfData: true})
	}
	return d, nil
}

const heldArrays = "validation rows"

// settleValidation leaves the rows to validate on out where settings hold others out, and says nothing of a split where there are some.
func (f Files) settleValidation(c *training.Training) {
	if c.Validation.Rows() == 0 {
		return
	}
	if f.Validation != "" && !f.foundPair && c.ValidationSplit != 0 { // they were asked for
		given := fmt.Sprintf("the last %g", c.ValidationSplit)
		c.ValidationSplit = 0
		c.AssumeInstead(heldArrays, "those of --validation", given)
		return
	}
	other := training.ValidationSplitSetting
	if c.ValidationSplit != 0 {
		c.Validation, other = dataset.Data{}, heldArrays
	}
	c.Assumed = slices.DeleteFunc(slices.Clone(c.Assumed), func(a training.Assumption) bool { return a.Setting == other })
}
