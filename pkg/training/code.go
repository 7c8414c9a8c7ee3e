package training

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// GoCode is a Go program's part that runs this training, given its data as it was before it was prepared.
func (t Training) GoCode() string { return strings.Join(t.goLines(), "\n") }

func (t Training) goLines() []string {
	given := "data"
	if t.Validation.Rows() > 0 {
		given = "data, validation"
	}
	shapes := t.shapes()
	if t.Encodings != nil {
		given += ", " + strings.Join(t.rawNames(), ", ")
		if t.Validation.Rows() > 0 {
			given += ", " + strings.Join(validationNames(t.rawNames()), ", ")
		}
		shapes = t.rawShapes()
	}
	lines := append([]string{given + ", err := yours() // " + shapes}, t.goEncodings()...)
	declared := false
	for _, p := range t.prepared {
		for _, line := range p.goCode {
			if declared {
				line = strings.Replace(line, "scaler, err :=", "scaler, err =", 1)
			}
			declared = declared || strings.HasPrefix(line, "scaler, err :=")
			lines = append(lines, line)
		}
	}
	lines = append(lines, "t := training.Training{")
	field := func(name, value string) {
		lines = append(lines, strings.Split(indented("\t"+name+": "+value+",", "\t"), "\n")...)
	}
	field("Model", nn.GoCode(t.Model))
	field("Data", "data")
	if start := t.Start.goLine(); start != "" {
		lines = append(lines, "\tStart: "+strings.Replace(start, " //", ", //", 1))
	}
	field("Optimizer", t.Optimizer.GoCode())
	field("Loss", loss.GoCode(t.Loss))
	if len(t.Metrics) > 0 {
		field("Metrics", codec.GoLine(t.Metrics))
	}
	number := func(name string, n any, set bool) {
		if set {
			field(name, fmt.Sprint(n))
		}
	}
	number("Epochs", t.Epochs, t.Epochs != 0)
	number("BatchSize", t.BatchSize, t.BatchSize != 0)
	number("ValidationSplit", t.ValidationSplit, t.ValidationSplit != 0)
	number("Validation", "validation", t.Validation.Rows() > 0)
	number("ClassWeight", "map[int]float64{"+t.classWeightCode()+"}", len(t.ClassWeight) > 0)
	number("NoShuffle", true, t.NoShuffle)
	number("StopEarly", t.StopEarly, t.StopEarly != 0)
	number("Seed", t.Seed, t.Seed != 0)
	return append(lines, "}", "m, err := run.New(t, fit.Options{})", "h, err := m.Fit(ctx, t.TrainData(), run.Config(t))")
}

// indented puts an indent in front of each line but the first.
func indented(text, indent string) string { return strings.ReplaceAll(text, "\n", "\n"+indent) }

// KerasCode is a Python program that runs the same training in Keras, given its arrays as they were before they were
// prepared. Keras draws other weights and another order from the seed. What Keras doesn't have, such as an [nn.Func], is an
// error.
func (t Training) KerasCode() (string, error) {
	lines, err := t.kerasLines()
	return strings.Join(lines, "\n"), err
}

func (t Training) kerasLines() ([]string, error) {
	lines := []string{"import keras", "import numpy as np", "from keras import layers", "",
		strings.Join(t.allNames(), ", ") + " = yours  # " + t.shapes()}
	if t.Encodings != nil {
		lines[len(lines)-1] = strings.Join(t.allRawNames(), ", ") + " = yours  # " + t.rawShapes()
		lines = append(lines, t.kerasEncodings()...)
	}
	for _, p := range t.prepared {
		lines = append(lines, p.python...)
	}
	if t.Seed != 0 {
		lines = append(lines, fmt.Sprintf("keras.utils.set_random_seed(%d)", t.Seed))
	}
	batch := 0 // rows of all batches where a layer needs to know
	if _, stateful := nn.FirstStateful(t.Model); stateful {
		if batch = t.BatchSize; batch == 0 {
			batch = 32
		}
	}
	model, err := nn.KerasModelInBatches(batch, t.Model, t.RowShapes()...)
	if err != nil {
		return nil, err
	}
	lines = append(lines, strings.Split(model, "\n")...)
	start := t.Start.kerasLine()
	if _, functional := nn.Bare(t.Model).(nn.Graph); !functional && (start != "" || batch > 0) { // it has no weights yet
		lines = append(lines, "model.build("+pythonShape(batch, t.Data.X.Shape[1:])+")")
	}
	if start != "" {
		lines = append(lines, start)
	}
	optimizer, err := t.Optimizer.KerasCode()
	if err != nil {
		return nil, err
	}
	losses, weights, err := t.kerasLosses()
	if err != nil {
		return nil, err
	}
	lines = append(lines, "model.compile(", "    optimizer="+optimizer+",", "    loss="+losses+",")
	if weights != "" {
		lines = append(lines, "    loss_weights="+weights+",")
	}
	for _, weighted := range []bool{false, true} {
		metrics, err := t.kerasMetrics(weighted)
		if err != nil {
			return nil, err
		}
		if metrics != "" {
			argument := map[bool]string{false: "metrics", true: "weighted_metrics"}[weighted]
			lines = append(lines, "    "+argument+"="+metrics+",")
		}
	}
	lines = append(lines, ")", "model.fit(", "    "+pythonList(t.inputNames())+", "+pythonList(t.outputNames())+",")
	if t.Data.SampleWeight != nil {
		lines = append(lines, "    sample_weight=weights,")
	}
	argument := func(format string, value any, set bool) {
		if set {
			lines = append(lines, fmt.Sprintf("    "+format+",", value))
		}
	}
	argument("epochs=%d", t.Epochs, t.Epochs > 1)
	argument("batch_size=%d", t.BatchSize, t.BatchSize != 0)
	argument("validation_split=%g", t.ValidationSplit, t.ValidationSplit != 0)
	argument("validation_data=(%s)", t.validationTuple(), t.Validation.Rows() > 0)
	argument("class_weight={%s}", t.classWeightCode(), len(t.ClassWeight) > 0)
	argument("shuffle=%s", "False", t.NoShuffle)
	argument("callbacks=[keras.callbacks.EarlyStopping(patience=%d, restore_best_weights=True)]", t.StopEarly, t.StopEarly != 0)
	return append(lines, ")"), nil
}

// pythonShape is the shape of a batch of such rows, of any size where that is 0: (None, 8).
func pythonShape(batch int, row []int) string {
	text := "(None,"
	if batch > 0 {
		text = fmt.Sprintf("(%d,", batch)
	}
	for i, n := range row {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %d", n)
	}
	return text + ")"
}

// kerasLosses are the losses of all outputs and their weights, empty where all are 1.
func (t Training) kerasLosses() (losses, weights string, err error) {
	all, several := t.Loss.(loss.Outputs)
	if !several {
		losses, err = loss.KerasCode(t.Loss)
		return losses, "", err
	}
	var each, factors []string
	weighed := false
	for _, o := range all {
		code := "None"
		if o.Loss != nil {
			if code, err = loss.KerasCode(o.Loss); err != nil {
				return "", "", err
			}
		}
		each, factors = append(each, code), append(factors, fmt.Sprint(o.Factor()))
		weighed = weighed || o.Factor() != 1
	}
	if len(each) == 1 {
		losses = each[0]
	} else {
		losses = "[" + strings.Join(each, ", ") + "]"
	}
	if weighed {
		weights = "[" + strings.Join(factors, ", ") + "]"
	}
	return losses, weights, nil
}

// kerasMetrics are the metrics of weighted rows or the others, of several outputs a list for each; empty without any.
func (t Training) kerasMetrics(weighted bool) (string, error) {
	outputs := nn.OutputNames(t.Model)
	each, any := make([][]string, len(outputs)), false
	for i, m := range t.Metrics {
		at := 0
		on, _ := m.(loss.Reported)
		if on.Weighted != weighted {
			continue
		}
		any = true
		if on.Output != "" {
			if at = slices.Index(outputs, on.Output); at < 0 {
				return "", fmt.Errorf("metric %d is of output %q; there are %q", i, on.Output, outputs)
			}
		}
		code, err := loss.MetricKerasCode(m)
		if err != nil {
			return "", err
		}
		each[at] = append(each[at], code)
	}
	if !any {
		return "", nil
	}
	lists := make([]string, len(each))
	for i, codes := range each {
		lists[i] = "[" + strings.Join(codes, ", ") + "]"
	}
	return pythonList(lists), nil
}

// validationTuple is what Keras takes as validation data.
func (t Training) validationTuple() string {
	parts := []string{pythonList(validationNames(t.inputNames())), pythonList(validationNames(t.outputNames()))}
	if t.Validation.SampleWeight != nil {
		parts = append(parts, validationName("weights"))
	}
	return strings.Join(parts, ", ")
}

// allNames are the names of all arrays in Python, those of the validation data last.
func (t Training) allNames() []string {
	names := t.namesOf(t.Data)
	if t.Validation.Rows() > 0 {
		names = append(names, validationNames(t.namesOf(t.Validation))...)
	}
	return names
}

// pythonList is x, or [left, right].
func pythonList(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// shapes says what the arrays are like.
func (t Training) shapes() string {
	names, arrays := t.arrayNames(), append(t.Data.Inputs(), t.Data.Outputs()...)
	texts := make([]string, len(arrays))
	for i, a := range arrays {
		texts[i] = fmt.Sprintf("%s: rows × %v", names[i], a.Shape[1:])
	}
	if t.Data.SampleWeight != nil {
		texts = append(texts, "weights: rows")
	}
	return strings.Join(texts, ", ")
}
