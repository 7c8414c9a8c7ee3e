package keras

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/keras/internal/h5"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// A legacy .h5, as Keras 2 saved models and Keras 3 still can: the model's JSON is the attribute model_config, how it was
// compiled training_config; weights lie under the layers' names, in lists of names.
const (
	modelConfig      = "model_config"
	modelWeights     = "model_weights"
	optimizerWeights = "optimizer_weights"
	weightNames      = "weight_names"
)

// isH5 tells an HDF5 file by its first bytes.
func isH5(r io.ReaderAt) bool {
	const signature = "\x89HDF\r\n\x1a\n"
	head := make([]byte, len(signature))
	n, _ := r.ReadAt(head, 0)
	return string(head[:n]) == signature
}

// readLegacy is readArchive for an .h5.
func readLegacy(r io.ReaderAt, size int64) (*Description, error) {
	if size > MaxWeights {
		return nil, fmt.Errorf("the file has %d bytes, more than %d: %w", size, MaxWeights, ErrNotKeras)
	}
	data := make([]byte, size)
	if n, err := r.ReadAt(data, 0); int64(n) < size {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	f, err := h5.Parse(data)
	if err != nil {
		return nil, err
	}
	version, err := legacyVersion(f)
	if err != nil {
		return nil, err
	}
	fields, err := legacyJSON(f, modelConfig)
	if errors.Is(err, h5.ErrNotFound) {
		return nil, fmt.Errorf("the file has no %s, so no description of a model, only weights perhaps: save with model.save, not with save_weights: %w", modelConfig, ErrNotKeras)
	}
	if err != nil {
		return nil, err
	}
	report := reportOf(version, fields)
	report.legacy = true
	var compile *object
	switch compiled, err := legacyJSON(f, trainingConfig); {
	case err == nil:
		compile = newObject(trainingConfig, compiled, report)
	case !errors.Is(err, h5.ErrNotFound):
		return nil, err
	}
	d, err := describeObject(newObject(modelConfig, fields, report), compile)
	var partial *training.Partial
	if err != nil && (!errors.As(err, &partial) || !d.modelRead(partial.Problems)) {
		return nil, err
	}
	if e := d.readLegacyWeights(f); e != nil {
		return nil, errors.Join(err, e)
	}
	if partial != nil {
		partial.Training = d.Training
		return nil, err
	}
	d.readLegacyMemory(f, compile)
	return d, nil
}

// legacyVersion is the version of the Keras that wrote the file. Keras 1 didn't say.
func legacyVersion(f *h5.File) (string, error) {
	for _, group := range []string{"", modelWeights} {
		texts, err := f.Texts(group, "keras_version")
		if err == nil && len(texts) == 1 {
			return texts[0], nil
		}
		if err != nil && !errors.Is(err, h5.ErrNotFound) {
			return "", err
		}
	}
	return "1", nil
}

// legacyJSON reads an attribute of the file that holds a JSON object.
func legacyJSON(f *h5.File, attribute string) (map[string]any, error) {
	texts, err := f.Texts("", attribute)
	if err != nil {
		return nil, err
	}
	if len(texts) != 1 {
		return nil, fmt.Errorf("the attribute %s has %d texts: %w", attribute, len(texts), ErrNotKeras)
	}
	fields, err := decode(strings.NewReader(texts[0]), MaxConfig)
	if err != nil {
		return nil, fmt.Errorf("the attribute %s: %w", attribute, err)
	}
	return fields, nil
}

// legacyNames reads a list of names, which Keras splits up where it is too long for one attribute.
func legacyNames(f *h5.File, group string) ([]string, error) {
	names, err := f.Texts(group, weightNames)
	if !errors.Is(err, h5.ErrNotFound) {
		return names, err
	}
	var all []string
	for i := 0; ; i++ {
		part, err := f.Texts(group, fmt.Sprintf("%s%d", weightNames, i))
		if errors.Is(err, h5.ErrNotFound) && i > 0 {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if all = append(all, part...); len(all) > MaxLayers*16 {
			return nil, fmt.Errorf("%s has more than %d names: %w", group, MaxLayers*16, ErrNotKeras)
		}
	}
}

// readLegacyWeights reads the weights of each layer: those that are trained, then the others.
func (d *Description) readLegacyWeights(f *h5.File) error {
	found, room := map[string]Weight{}, MaxWeights/4
	for _, l := range d.Layers {
		all := weightPaths("", []Layer{l})
		if len(all) == 0 {
			continue
		}
		if err := readLegacyLayer(f, l, legacyOrder(all, trainedPaths("", []Layer{l}, nn.IsFrozen(d.Model))), found, &room); err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	d.Weights = []Weight{}
	for _, p := range d.WeightPaths() {
		d.Weights = append(d.Weights, found[p])
	}
	return nil
}

// legacyOrder has the trained weights first.
func legacyOrder(all, trained []string) []string {
	others := slices.DeleteFunc(slices.Clone(all), func(p string) bool { return slices.Contains(trained, p) })
	return append(slices.Clone(trained), others...)
}

func readLegacyLayer(f *h5.File, l Layer, paths []string, found map[string]Weight, room *int) error {
	group := modelWeights + "/" + l.Name
	names, err := legacyNames(f, group)
	if errors.Is(err, h5.ErrNotFound) {
		return fmt.Errorf("%w; save the model with its weights, once it is built", err)
	}
	if err != nil {
		return err
	}
	if len(names) != len(paths) {
		return fmt.Errorf("the file has %d weights in %s where the layer has %d", len(names), group, len(paths))
	}
	for i, p := range paths {
		name, _, _ := strings.Cut(path.Base(names[i]), ":") // "kernel:0" in Keras 2
		if want := path.Base(p); !strings.HasPrefix(name, want) {
			return fmt.Errorf("weight %d of %s is %q where the layer has %q", i, group, names[i], want)
		}
		shape, values, err := f.Float32s(group + "/" + names[i])
		if err != nil {
			return err
		}
		if *room -= len(values); *room < 0 {
			return fmt.Errorf("the weights have more than %d values in all", MaxWeights/4)
		}
		found[p] = Weight{Path: p, Array: dataset.Array{Shape: shape, Values: values}}
	}
	return nil
}

// readLegacyMemory takes the optimizer's state over, or notes why it can't.
func (d *Description) readLegacyMemory(f *h5.File, compile *object) {
	var err error
	switch {
	case compile != nil && beforeKeras211(compile):
		err = errors.New("the optimizers of Keras before 2.11 kept it in another order: train on with a fresh optimizer")
	default:
		d.Memory, err = d.memory(f, func() ([]string, error) {
			names, err := legacyNames(f, optimizerWeights)
			var variables []string
			for _, name := range names {
				if base, _, _ := strings.Cut(path.Base(name), ":"); base != "learning_rate" {
					variables = append(variables, optimizerWeights+"/"+name)
				}
			}
			return variables, err
		})
	}
	if err != nil {
		d.NoMemory = err.Error()
	}
}

// beforeKeras211 tells whether an optimizer is one of those that Keras 2.11 replaced.
func beforeKeras211(compile *object) bool {
	if !compile.keras2 {
		return false
	}
	o, _ := compile.fields["optimizer_config"].(map[string]any)
	config, _ := o["config"].(map[string]any)
	return compile.isOldOptimizer(config)
}

// maxSteps is the most updates that an optimizer may have made.
const maxSteps = math.MaxInt32
