package keras

import (
	"slices"
	"strconv"
	"strings"
)

// What Keras 2 wrote in other words is read as what it means; what meant something else is refused.

// layerClass is Keras 3's name of a class of layers.
func (o *object) layerClass(class string) string {
	if o.keras2 && (class == "BatchNormalizationV1" || class == "BatchNormalizationV2") { // of TensorFlow 1 and 2
		return "BatchNormalization"
	}
	if constructorOf(layersKind, class) == nil { // somebody else's
		return class
	}
	return otherNames.Replace(class)
}

// otherNames are those under which Keras exports a layer, too. It finds it by them, and writes the first itself.
var otherNames = strings.NewReplacer("AvgPool", "AveragePooling", "MaxPool1", "MaxPooling1", "MaxPool2", "MaxPooling2", "MaxPool3", "MaxPooling3", "Convolution", "Conv")

// checkKeras2 refuses settings of a layer whose default was another one before Keras wrote them down.
func (o *object) checkKeras2(class string) {
	if !o.keras2 {
		return
	}
	if _, there := o.fields["reset_after"]; !there && (class == "GRU" || class == "GRUCell") {
		o.problem("reset_after", "is missing: which of its two meanings GRU had changed in Keras 2; write the one that holds")
	}
}

// isOldOptimizer tells an optimizer that Keras 2.11 replaced by another of its name, by what the later ones write, and one that
// is a mere name by the version.
func (o *object) isOldOptimizer(config map[string]any) bool {
	if legacy, told := config["is_legacy_optimizer"].(bool); told {
		return legacy
	}
	major, minor, known := o.kerasVersion()
	return len(config) > 0 || !known || major < 2 || major == 2 && minor < 11
}

// kerasVersion is that of the Keras which wrote the file; known is false where the file doesn't say.
func (o *object) kerasVersion() (major, minor int, known bool) {
	parts := strings.Split(o.version, ".")
	if len(parts) < 2 {
		return 0, 0, false
	}
	major, err := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	return major, minor, err == nil && err2 == nil
}

// oldOptimizers are those of before Keras 2.11 that compute what Keras 3's do. RMSprop and others add ε elsewhere.
var oldOptimizers = []string{"SGD", "Adam", "Adamax", "Adadelta", "Adagrad"}

// oldOptimizer reads what Keras before 2.11 called otherwise, or meant otherwise.
func (o *object) oldOptimizer(class string) {
	if !o.keras2 || !o.isOldOptimizer(o.fields) {
		return
	}
	if rate, there := o.fields["lr"]; there && !o.hasKey("learning_rate") {
		o.fields["learning_rate"] = rate
		delete(o.fields, "lr")
	}
	if !slices.Contains(oldOptimizers, class) {
		o.add(o.path, "%s of Keras before 2.11 computes other than that of today: not supported", class)
	}
	if class == "Adagrad" && !o.hasKey("initial_accumulator_value") {
		o.problem("initial_accumulator_value", "is missing: it was 0 before Keras wrote it down, and is 0.1 today")
	}
	if v := o.fields["clipnorm"]; v != nil && o.clipsGlobally() {
		o.problem("clipnorm", "of Keras %s is one norm over all weights: write it as global_clipnorm", o.version)
	}
}

func (o *object) hasKey(key string) bool {
	_, there := o.fields[key]
	return there
}

// clipsGlobally tells whether the file is one of Keras by itself, before 2.4 made it TensorFlow's.
func (o *object) clipsGlobally() bool {
	major, minor, known := o.kerasVersion()
	return known && !strings.HasSuffix(o.version, "tf") && (major < 2 || major == 2 && minor < 4)
}

// oldLoss reads what a loss of Keras 2 is made of: its function, which its class says as well, and the reduction that
// training took.
func (o *object) oldLoss() {
	if !o.keras2 {
		return
	}
	o.ignore("fn")
	if o.fields["reduction"] == "auto" {
		o.fields["reduction"] = "sum_over_batch_size"
	}
}
