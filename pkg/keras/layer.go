package keras

import (
	"regexp"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// Layer is a layer of the file and what became of it.
type Layer struct {
	Name    string   // in Keras and in the Model: weights are found under it
	Class   string   // Keras' class, "Dense"
	Path    string   // where in the file, "config.layers[1]"
	Weights []string // names of its weights, in Keras' order: "kernel", "bias"

	value nn.Layer
	cell  bool // Keras keeps the weights in a cell of the layer
}

// layerReaders make layers of Keras' classes. Each reads all settings that its class has; l holds the
// name, and takes the names of the weights.
var layerReaders = map[string]func(c *object, l *Layer) nn.Layer{
	"Dense":                  dense,
	"Dropout":                dropout,
	"BatchNormalization":     batchNormalization,
	"LayerNormalization":     layerNormalization,
	"Flatten":                flatten,
	"Reshape":                reshape,
	"Embedding":              embedding,
	"PReLU":                  prelu,
	"SimpleRNN":              simpleRNN,
	"GRU":                    gru,
	"LSTM":                   lstm,
	"GlobalAveragePooling1D": globalAveragePooling1D,
}

// layer reads one entry of a model's layers; nil when it couldn't, which is reported. rank is the number of its input's
// axes without the batch, 0 where that isn't known.
func (o *object) layer(rank int) *Layer {
	l := &Layer{Class: o.text("class_name"), Path: o.path}
	c := o.child("config")
	if c != nil {
		l.Name = c.text("name")
	}
	label := strings.TrimSpace(l.Class + " " + show(l.Name))
	place := o.path + " (" + label + ")"
	if !o.ownClass(l.Class, layersKind) {
		return nil
	}
	activation, isActivation := activationLayers[l.Class]
	read, known := layerReaders[l.Class]
	if !known && !isActivation {
		o.add(place, "layers of class %s are not supported", orUnnamed(l.Class))
		return nil
	}
	if c == nil {
		o.add(place, "has no config")
		return nil
	}
	if len(l.Name) > MaxName {
		o.add(place, "a layer's name must not have more than %d bytes", MaxName)
		return nil
	}
	if strings.ContainsAny(l.Name, "/\x00") {
		o.add(place, "a layer's name must not contain %q", "/")
		return nil
	}
	c.of = constructorOf(layersKind, l.Class)
	c.lastAxisNumber = rank
	if rank == 0 {
		c.lastAxisNumber = o.builtRank() - 1
	}
	trainable := c.common()
	if isActivation {
		l.value = nn.Renamed{Name: l.Name, Layer: activation(c)}
	} else {
		l.value = read(c, l)
	}
	c.done()
	if !trainable {
		l.value = nn.Frozen{Layer: l.value}
	}
	return l
}

// builtFor checks the shape that a layer was built for when it was saved: Keras builds it for that one again,
// whatever comes in. shape is the input's without the batch, nil where it isn't known.
func (o *object) builtFor(shape []int) {
	build := o.child("build_config")
	if build == nil {
		return
	}
	if _, there := build.fields["input_shape"]; !there {
		return
	}
	v := build.get("input_shape")
	built := shapeOf(v)
	fits := built != nil && (shape == nil || len(shape) == len(built))
	for i := range shape {
		fits = fits && (shape[i] < 1 || shape[i] == built[i])
	}
	if !fits {
		build.problem("input_shape", "%s doesn't fit the layer's input, %v behind the batch", show(v), shape)
	}
}

// builtRank is the number of axes that the layer's input had when it was saved, 0 when the file doesn't say.
func (o *object) builtRank() int {
	build := o.child("build_config")
	if build == nil {
		return 0
	}
	return len(build.list("input_shape"))
}

// common reads what all layers have, and returns whether the layer is trained.
func (o *object) common() (trainable bool) {
	o.text("name")
	o.ignore("batch_shape", "batch_input_shape", "input_shape")
	o.only("autocast", true)
	o.dtype("dtype", "float32")
	o.only("activity_regularizer")
	o.only("quantization_config")
	return o.flag("trainable")
}

// dtype refuses a policy other than float32 or those allowed in addition.
func (o *object) dtype(key string, allowed ...string) {
	s, ok := o.serialized(key, policiesKind)
	if !ok {
		return
	}
	name := s.class
	if s.config != nil {
		if s.class != "DTypePolicy" && !(o.keras2 && s.class == "Policy") {
			o.problem(key, "the number type %s is not supported (only DTypePolicy)", show(s.class))
			return
		}
		s.config.ignore("source_name", "quantization_mode")
		name = s.config.text("name")
	}
	for _, a := range allowed {
		if name == a {
			return
		}
	}
	o.problem(key, "%q is not supported (only %q)", name, allowed[0])
}

func orUnnamed(class string) string {
	if class == "" {
		return "without a name"
	}
	return class
}

var (
	wordBreak = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	caseBreak = regexp.MustCompile(`([a-z])([A-Z])`)
)

// snakeCase is Keras' name for a class in its weights files: "SimpleRNN" becomes "simple_rnn".
func snakeCase(class string) string {
	s := wordBreak.ReplaceAllString(class, "${1}_${2}")
	return strings.ToLower(caseBreak.ReplaceAllString(s, "${1}_${2}"))
}
