package saved

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"example.com/unstuck/internal/boundedfile"
	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// readFit reads the settings of model.fit, at most 1 MiB of them and 10⁹ epochs. What isn't given, all of it where the
// path is empty, stays open; Examine assumes something.
func readFit(c *training.Training, path string) error {
	if path == "" {
		c.Assumed = append(c.Assumed, training.Assumption{
			Setting: training.ValidationSplitSetting, Value: "0", Why: "there is no fit.json, and Keras holds no rows out",
			Flag: `write yours into one: {"epochs": …, "batch_size": …, "validation_split": …}`,
		})
		return nil
	}
	content, err := boundedfile.Read(path, maxSettings, "settings")
	if err != nil {
		return err
	}
	if err := takeFit(c, content); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// maxSettings bounds the bytes of a fit.json.
const maxSettings = 1 << 20

// fitSettings are the names in a fit.json.
type fitSettings struct {
	Epochs          *int     `json:"epochs"`
	BatchSize       *int     `json:"batch_size"`
	ValidationSplit *float64 `json:"validation_split"`
	Seed            *int64   `json:"seed"`
	Shuffle         *bool    `json:"shuffle"`
	// Of model.fit's dictionary, whose keys are numbers, json.dump makes strings.
	ClassWeight map[int]float64 `json:"class_weight"`
}

// names are those that a fit.json may have.
func (fitSettings) names() []string {
	var all []string
	for field := range reflect.TypeFor[fitSettings]().Fields() {
		all = append(all, field.Tag.Get("json"))
	}
	return all
}

// takeFit takes over the settings in content; what it doesn't name stays as it is.
func takeFit(c *training.Training, content []byte) error {
	var settings fitSettings
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if len(bytes.TrimSpace(content)) == 0 {
		return errors.New("is empty: give settings, {} where all are Keras' defaults")
	}
	if err := decoder.Decode(&settings); err != nil {
		text := excerpt.Of(inJSON(err), 200) // it may quote a name of any length
		// The decoder has no error of its own for it.
		if strings.HasPrefix(err.Error(), unknownField) {
			text += fmt.Sprintf(": the settings are %s", listed(settings.names()))
		}
		return errors.New(text)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("there is something behind the settings")
	}
	if settings.Epochs != nil {
		if c.Epochs = *settings.Epochs; c.Epochs < 1 || c.Epochs > training.MaxEpochs {
			return fmt.Errorf("epochs is %d, must be from 1 to %d", c.Epochs, training.MaxEpochs)
		}
	}
	if settings.BatchSize != nil {
		fixed := c.BatchSize
		if c.BatchSize = *settings.BatchSize; c.BatchSize < 1 {
			return fmt.Errorf("batch_size is %d, must be at least 1", c.BatchSize)
		}
		if layer, stateful := nn.FirstStateful(c.Model); stateful && fixed != c.BatchSize {
			return fmt.Errorf("batch_size is %d, but the layer %s is stateful and the model made for batches of %d rows: give that", c.BatchSize, layer, fixed)
		}
	}
	if settings.ValidationSplit != nil {
		c.ValidationSplit = *settings.ValidationSplit
	} else {
		c.Assume(training.ValidationSplitSetting, "0", "no rows are held out, as in Keras")
	}
	if settings.Seed != nil {
		c.Seed = *settings.Seed
	}
	for class, w := range settings.ClassWeight {
		if w < 0 {
			return fmt.Errorf("class_weight of class %d is %g, must not be negative", class, w)
		}
	}
	if settings.ClassWeight != nil {
		c.ClassWeight = settings.ClassWeight
	}
	c.NoShuffle = settings.Shuffle != nil && !*settings.Shuffle
	return nil
}

// unknownField begins what encoding/json says of a name that isn't among those of the settings.
const unknownField = "json: unknown field "

// inJSON says what is wrong in JSON's words, not in Go's.
func inJSON(err error) string {
	var mistyped *json.UnmarshalTypeError
	if !errors.As(err, &mistyped) {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return "ends in the middle of the settings"
		}
		if name, unknown := strings.CutPrefix(err.Error(), unknownField); unknown {
			return "there is no setting " + name
		}
		return err.Error()
	}
	want := map[reflect.Kind]string{
		reflect.Struct: "an object of settings, {…}", reflect.Map: "an object of class numbers and weights, {\"0\": 1, \"1\": 5}",
		reflect.Bool: "true or false", reflect.Float64: "a number",
	}[mistyped.Type.Kind()]
	if want == "" {
		want = "a whole number"
	}
	if mistyped.Field == "" {
		return fmt.Sprintf("holds %s, must be %s", withArticle(mistyped.Value), want)
	}
	return fmt.Sprintf("%s is %s, must be %s", mistyped.Field, withArticle(mistyped.Value), want)
}

// withArticle is what was found: "array" is an array; "number 1.5" is told as it is.
func withArticle(found string) string {
	switch found {
	case "array", "object":
		return "an " + found
	case "string", "number", "bool":
		return "a " + found
	}
	return found
}
