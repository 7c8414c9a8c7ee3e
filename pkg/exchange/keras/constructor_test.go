package keras

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// minimal are settings that a class needs, beside those it has defaults for.
var minimal = map[string]string{
	"filters": "2", "kernel_size": "[1]", "pool_size": "[1]", "output_size": "[1]", "height": "2", "width": "2",
	"units": "3", "rate": "0.5", "target_shape": "[4]", "input_dim": "5", "output_dim": "2", "activation": `"relu"`, "value": "0.3", "stddev": "0.5", "n": "3", "dims": "[1]", "scale": "0.5",
	"initial_learning_rate": "0.1", "decay_steps": "10", "first_decay_steps": "10", "decay_rate": "0.5", "inner_optimizer": `"sgd"`, "boundaries": "[1]", "values": "[0.1, 0.2]",
	"layer":    `{"module": "keras.layers", "class_name": "Dense", "config": {"name": "inner", "units": 2}}`,
	"equation": `"ab,bc->ac"`, "output_shape": "[3]", "factor": "1", "height_factor": "0.5", "width_factor": "0.5",
	"data_format": `"channels_last"`, "value_range": "[0, 1]",
}

// requiredArguments are settings without which a class can't be, though its constructor has a default for them.
var requiredArguments = map[string]map[string]string{
	"CategoryEncoding": {"num_tokens": "3"}, "Discretization": {"bin_boundaries": "[0.5]"},
}

// configWith is a config.json with the settings of one class in its place.
func configWith(k kind, class, settings string) string {
	object := fmt.Sprintf(`{"module": "keras.%s", "class_name": %q, "config": {%s}}`, k, class, settings)
	switch k {
	case layersKind:
		before := ""
		switch {
		case class == "SimpleRNN" || class == "GRU" || class == "LSTM" || class == "TimeDistributed" || strings.Contains(class, "1D"):
			before = layer("Reshape", `"target_shape": [2, 2]`) + ","
		case strings.HasPrefix(class, "Random") || slices.Contains([]string{"AutoContrast", "Solarization", "MixUp", "CutMix", "RandAugment", "AugMix", "Equalization", "ContrastLimitedAdaptiveHistogramEqualization"}, class):
			before = layer("Dense", `"units": 12`) + "," + layer("Reshape", `"target_shape": [2, 2, 3]`) + ","
		case strings.Contains(class, "2D") || class == "Resizing" || class == "CenterCrop":
			before = layer("Reshape", `"target_shape": [2, 1, 2]`) + ","
		case strings.Contains(class, "3D"):
			before = layer("Reshape", `"target_shape": [1, 2, 1, 2]`) + ","
		}
		return sequential(before+object, "")
	case initializersKind:
		return sequential(layer("Dense", `"units": 4, "kernel_initializer": `+object), "")
	case regularizersKind:
		return sequential(layer("Dense", `"units": 4, "kernel_regularizer": `+object), "")
	case constraintsKind:
		return sequential(layer("Dense", `"units": 4, "kernel_constraint": `+object), "")
	case lossesKind:
		return sequential(layer("Dense", `"units": 4`), `{"optimizer": "sgd", "loss": `+object+`}`)
	case optimizersKind:
		return sequential(layer("Dense", `"units": 4`), `{"optimizer": `+object+`, "loss": "mse"}`)
	case schedulesKind:
		object = strings.Replace(object, "keras.schedules", "keras.optimizers.schedules", 1)
		return configWith(optimizersKind, "SGD", `"learning_rate": `+object)
	}
	panic(k)
}

// A key that is absent means what Keras' own default means, for each class and key of Keras' signatures; a null
// where that isn't the default is refused by its path, but for an activation's; a required key must be there.
func TestAbsentKeysAndNulls(t *testing.T) {
	keys, nulls := 0, 0
	var left []string
	for k, classes := range known().classes {
		for class, c := range classes {
			if k == modelsKind || k == constraintsKind || class == "InputLayer" {
				continue
			}
			if k == layersKind && !alone(class) {
				continue
			}
			settings := map[string]string{}
			for _, key := range c.Required {
				require.NotEmpty(t, minimal[key], "%s needs %s: a value for it", class, key)
				settings[key] = minimal[key]
			}
			for key, value := range requiredArguments[class] {
				settings[key] = value
			}
			if k != initializersKind && k != regularizersKind && k != constraintsKind { // which have no name of their own, or one that isn't read
				settings["name"] = `"it"`
			}
			if _, err := ReadConfig(strings.NewReader(configWith(k, class, join(settings)))); err != nil && strings.Contains(err.Error(), "don't fit together") {
				left = append(left, class) // with its defaults it needs other rows than these
				continue
			}
			base := read(t, configWith(k, class, join(settings)))
			for _, key := range c.Required {
				before := settings[key]
				delete(settings, key)
				_, err := ReadConfig(strings.NewReader(configWith(k, class, join(settings))))
				assert.ErrorContains(t, err, "."+key+": is missing", "%s %s", class, key)
				settings[key] = before
			}
			for key, value := range c.Defaults {
				before, had := settings[key]
				if had {
					continue
				}
				text, err := json.Marshal(value)
				require.NoError(t, err)
				settings[key] = string(text)
				if d, err := ReadConfig(strings.NewReader(configWith(k, class, join(settings)))); assert.NoError(t, err, "%s %s", class, key) {
					assert.True(t, sameMeaning(base, d), "%s: an absent %s isn't read as its default, %s", class, key, text)
					keys++
				}
				if value != nil && !strings.HasSuffix(key, "activation") && !harmless[key] {
					settings[key] = "null"
					_, err := ReadConfig(strings.NewReader(configWith(k, class, join(settings))))
					assert.ErrorContains(t, err, "."+key+": null is not supported", "%s %s", class, key)
					nulls++
				}
				delete(settings, key)
				if had {
					settings[key] = before
				}
			}
		}
	}
	assert.LessOrEqual(t, len(left), 6, "%v", left)
	assert.Greater(t, keys, 350)
	assert.Greater(t, nulls, 100)
	t.Logf("%d defaults, %d nulls", keys, nulls)
}

// alone reports whether a class of layers is read, and works on one input.
func alone(class string) bool {
	c, known := nn.Class(class)
	if !known {
		return class == "Activation"
	}
	_, several := reflect.Zero(c.Type).Interface().(nn.Multi)
	return !several
}

// described is what this program knows of a class of Keras.
func described(k kind, class string) (*codec.Class, bool) {
	switch k {
	case layersKind:
		return nn.Class(class)
	case regularizersKind:
		return nn.RegularizerClass(class)
	case constraintsKind:
		return nn.ConstraintClass(class)
	case lossesKind:
		return loss.Class(class)
	case optimizersKind:
		return optim.RuleClass(class)
	case schedulesKind:
		return optim.ScheduleClass(class)
	}
	return nil, false
}

// What the tags of fields name as Keras' default is what Keras' signature says, of all that describes itself by them.
func TestTagsNameKerasDefaults(t *testing.T) {
	found := map[kind]int{}
	for k, classes := range known().classes {
		for class, c := range classes {
			if d, ok := described(k, class); ok {
				found[k]++
				tagsNameKerasDefaults(t, class, c, d)
			}
		}
	}
	assert.GreaterOrEqual(t, found[lossesKind], 22)
	assert.GreaterOrEqual(t, found[optimizersKind], 14)
	assert.GreaterOrEqual(t, found[schedulesKind], 6)
}

func tagsNameKerasDefaults(t *testing.T, class string, c *constructor, described *codec.Class) {
	for _, s := range described.Settings {
		value, has := c.Defaults[s.Key]
		switch {
		case s.Key == "" || s.Required || s.Key == "rms_scaling": // which Keras takes without naming it
			continue
		case !has:
			if class != "L1" && class != "L2" { // which are of one type with L1L2
				t.Errorf("%s.%s: Keras has no argument %q with a default", class, s.Field, s.Key)
			}
			continue
		}
		want := ""
		switch v := value.(type) {
		case bool:
			want = fmt.Sprint(v)
		case json.Number:
			want = string(v)
		case string:
			want = v
		}
		got := s.Default
		if k := s.Type.Kind(); got == "" && (k == reflect.Float64 || k == reflect.Int) && s.Missing() != 0 {
			got = fmt.Sprint(s.Missing())
		}
		if s.Type.Kind() == reflect.Bool {
			got = fmt.Sprint(s.Not)
		}
		if len(s.OneOf) > 0 {
			got = s.OneOf[0]
		}
		if got == "" && (want == "0" || want == "0.0") || got == "linear" && want == "" ||
			got == "channels_last" && want == "" || // what a machine is set to, which is this where nobody has changed it
			s.Type.Kind() == reflect.Slice || strings.EqualFold(got, want) {
			continue
		}
		x, err1 := strconv.ParseFloat(got, 64)
		y, err2 := strconv.ParseFloat(want, 64)
		if !(err1 == nil && err2 == nil && x == y) && !sameName(got, want) {
			t.Errorf("%s.%s: the tag says %q, Keras %q", class, s.Field, got, want)
		}
	}
}

// sameName reports whether two strings stand for one initializer: Keras has several for some.
func sameName(a, b string) bool {
	x, err1 := nn.InitializerByName(a)
	y, err2 := nn.InitializerByName(b)
	return err1 == nil && err2 == nil && x == y
}

// harmless are keys whose value isn't read: it doesn't change what is computed.
var harmless = map[string]bool{
	"ema_momentum": true, "renorm_momentum": true, "synchronized": true, "zero_output_for_mask": true, "use_cudnn": true,
}

func join(settings map[string]string) string {
	var all []string
	for key, value := range settings {
		all = append(all, fmt.Sprintf("%q: %s", key, value))
	}
	return strings.Join(all, ",")
}
