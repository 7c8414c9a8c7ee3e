package nn

import "example.com/unstuck/internal/codec"

// What any layer may be asked about its settings, and how to change one. None of these functions knows a kind of layer:
// they read the fields.

// Units is the size of a layer's output where that is a setting of it.
func Units(l Layer) (int, bool) {
	for _, s := range codec.Settings[int](l) {
		if s.Field == "Units" {
			return s.Value, true
		}
	}
	return 0, false
}

// FirstDataFormat is where the first layer of a model that has such a setting has the channels: "channels_first" or "channels_last";
// empty: no layer has it. A Flatten doesn't ask.
func FirstDataFormat(model Layer) string {
	for _, p := range Leaves(model) {
		if _, flattens := p.Layer.(Flatten); flattens {
			continue
		}
		for _, s := range codec.Settings[string](p.Layer) {
			if s.Field != "DataFormat" {
				continue
			}
			if s.Value == "" {
				return "channels_last"
			}
			return s.Value
		}
	}
	return ""
}

// Filters is how many filters a convolution has where that is a setting of it: the features of its output.
func Filters(l Layer) (int, bool) {
	for _, s := range codec.Settings[int](l) {
		if s.Field == "Filters" {
			return s.Value, true
		}
	}
	return 0, false
}

// WithFilters is the layer with another number of filters; layers without that setting come back as they are.
func WithFilters(l Layer, filters int) Layer { return with(l, "Filters", filters) }

// KeepsFeatures reports whether a layer gives the values of a row another shape in which so many features, the last axis of its
// input, are still the last.
func KeepsFeatures(l Layer, features int) bool {
	r, is := l.(Reshape)
	if !is || len(r.Target) == 0 {
		return false
	}
	if last := r.Target[len(r.Target)-1]; last > 0 {
		return last == features
	}
	shape, err := r.OutputShape(1, features)
	return err == nil && shape[len(shape)-1] == features && len(r.Target) == 1
}

// WithUnits is the layer with another size of its output; layers without that setting come back as they are.
func WithUnits(l Layer, units int) Layer { return with(l, "Units", units) }

// WithActivation is the layer with another activation; nil: its default. Layers without that setting come back as they
// are.
func WithActivation(l Layer, a Activation) Layer {
	if a == nil {
		return with(l, "Activation", nil)
	}
	return with(l, "Activation", a)
}

func with(l Layer, field string, value any) Layer {
	changed, err := codec.With(l, field, value)
	if err != nil {
		return l
	}
	return changed.(Layer)
}

// WithSettingsOf is the layer to with all settings that it shares with another, by name and type, but those listed.
func WithSettingsOf(to, from Layer, but ...string) Layer {
	return codec.Copy(to, from, but...).(Layer)
}

// Bends reports whether a layer's output isn't a linear function of its input. Other packages' layers may, unseen.
func Bends(l Layer) bool {
	if a := ActivationOf(l); !IsLinear(a) {
		return true
	}
	if o, says := l.(interface{ Bends() bool }); says {
		return o.Bends()
	}
	_, recurrent := l.(Recurrent)
	_, ours := classOf(l)
	return recurrent || !ours
}

// MapInitializers is the layer with every initializer that is set replaced by what f makes of it; f is told what the
// weight does. nil stands for Keras' default.
func MapInitializers(l Layer, f func(Role, Initializer) Initializer) Layer {
	for _, s := range codec.Settings[Initializer](l) {
		if s.Value == nil {
			continue
		}
		if next := f(roleOf(s.Field), s.Value); next == nil {
			l = with(l, s.Field, nil)
		} else {
			l = with(l, s.Field, next)
		}
	}
	return l
}

// roleOf is what a weight does by the name of the field with its initializer.
func roleOf(field string) Role {
	switch field {
	case "KernelInitializer", "DepthwiseInitializer", "PointwiseInitializer":
		return Kernel
	case "RecurrentInitializer":
		return RecurrentKernel
	case "BiasInitializer":
		return Bias
	case "EmbeddingsInitializer":
		return Table
	case "BetaInitializer":
		return Shift
	case "MovingMeanInitializer":
		return MovingMean
	case "MovingVarianceInitializer":
		return MovingVariance
	}
	return Scale
}

// Penalties are the regularizers that are set.
func Penalties(l Layer) []Regularizer {
	var all []Regularizer
	for _, s := range codec.Settings[Regularizer](l) {
		if s.Value != nil {
			all = append(all, s.Value)
		}
	}
	return all
}

// WithoutPenalties is the layer without regularizers.
func WithoutPenalties(l Layer) Layer {
	for _, s := range codec.Settings[Regularizer](l) {
		l = with(l, s.Field, nil)
	}
	return l
}

// Constraints are the constraints that are set.
func Constraints(l Layer) []Constraint {
	var all []Constraint
	for _, s := range codec.Settings[Constraint](l) {
		if s.Value != nil {
			all = append(all, s.Value)
		}
	}
	return all
}

// WithoutConstraints is the layer without constraints.
func WithoutConstraints(l Layer) Layer {
	for _, s := range codec.Settings[Constraint](l) {
		l = with(l, s.Field, nil)
	}
	return l
}

// WithPenalty is the layer with a regularizer on its kernel; layers without one come back as they are.
func WithPenalty(l Layer, r Regularizer) Layer { return with(l, "KernelRegularizer", r) }

// WithKernelInitializer is the layer with another initializer of its kernel; layers without one come back as they are.
func WithKernelInitializer(l Layer, i Initializer) Layer { return with(l, "KernelInitializer", i) }

// HasSetting reports whether the layer has a field of that name which may be set.
func HasSetting(l Layer, field string) bool {
	c, ok := classOf(l)
	return ok && c.Has(field)
}

// Dropping is implemented by layers that set a share of their inputs to zero in training.
type Dropping interface {
	Layer
	DropRate() float64          // the share
	WithDropRate(float64) Layer // the same with another
}

// Usual reports whether an initializer is one that weights of that role are usually drawn from: scaled to the layer's
// size for kernels, constants that change nothing for the others.
func Usual(init Initializer, role Role) bool {
	if role == Table {
		switch init.(type) {
		case Zeros, Ones, Constant:
			return false
		}
		return true
	}
	switch i := init.(type) {
	case GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal:
		return role == Kernel || role == RecurrentKernel
	case Orthogonal:
		return i.Gain == 0 || i.Gain == 1
	case Identity:
		return role == RecurrentKernel
	case Zeros:
		return role != Kernel && role != RecurrentKernel
	case Ones:
		return role == Scale || role == MovingVariance || role == Shift || role == MovingMean
	}
	return false
}

// HasWeights reports whether a layer has weights of its own. Layers of other packages and functions may, unseen: it is
// true for those that say nothing.
func HasWeights(l Layer) bool {
	l = Bare(l)
	if _, ok := l.(Weighted); ok {
		return true
	}
	_, ours := classOf(l)
	return !ours
}

// HasKernel reports whether a layer looks at its inputs through a kernel or a table, as a normalization doesn't. It is
// true for layers of other packages that say nothing.
func HasKernel(l Layer) bool {
	l = Bare(l)
	w, ok := l.(Weighted)
	if !ok {
		return HasWeights(l)
	}
	for _, weight := range w.Weights(anyShape()...) {
		if weight.Role == Kernel || weight.Role == Table {
			return true
		}
	}
	return false
}

// anyShape has more axes than a layer can name: the names and roles of weights don't depend on the input's shape.
func anyShape() []int {
	shape := make([]int, 33)
	for i := range shape {
		shape[i] = 1
	}
	return shape
}

// TrainedWeightNames are those of [WeightNames] that gradients move, as long as the layer isn't frozen.
func TrainedWeightNames(l Layer) []string {
	var names []string
	for _, w := range WeightsOf(l, anyShape()...) {
		if w.Trained() {
			names = append(names, w.Name)
		}
	}
	return names
}

// StoredPlaces say for each of [WeightNames] what [Weight.Stored] does; nil when all lie by their places.
func StoredPlaces(l Layer) []string {
	all := WeightsOf(l, anyShape()...)
	places := make([]string, len(all))
	some := false
	for i, w := range all {
		places[i] = w.Stored
		some = some || w.Stored != ""
	}
	if !some {
		return nil
	}
	return places
}

// WeightNames are the names of a layer's own weights, in Keras' order.
func WeightNames(l Layer) []string {
	var names []string
	for _, w := range WeightsOf(l, anyShape()...) {
		names = append(names, w.Name)
	}
	return names
}
