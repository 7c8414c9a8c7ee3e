package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// augments changes images at random in training, each by draws of its own, and leaves them in inference, as Keras' layers of
// image augmentation do. x is [batch, height, width, channels] for change, whatever the format. What is drawn is told of
// [Dropout]; the distributions are Keras', the numbers are not.
func augments(l Layer, scope *model.Scope, x *graph.Node, format string, change imageChange) *graph.Node {
	if err := augmentable(l, format, x.Shape().Dimensions); err != nil {
		panic(err)
	}
	x = asFloat(x)
	key := drawKey(scope, x.Graph())
	if key == nil {
		return x
	}
	last, back := channelsToLast(x, format)
	return back(change(last, draws{key: key, rows: x.Shape().Dim(0), made: new(uint32)}))
}

// imageChange changes images [batch, height, width, channels] by what it draws.
type imageChange func(x *graph.Node, d draws) *graph.Node

// augmentable says why a layer can't take images of that shape.
func augmentable(l Layer, format string, input []int) error {
	if err := codec.Check(l); err != nil {
		return err
	}
	_, err := spatialAxes(typeName(l), format, 2, input)
	return err
}

// draws are the numbers that a layer draws in a step.
type draws struct {
	key  *graph.Node
	rows int
	made *uint32 // how many kinds of numbers were drawn
}

// next is the key of numbers of their own.
func (d draws) next() *graph.Node {
	*d.made++
	return scramble(graph.Add(d.key, word(d.key, *d.made*0x9e3779b9)))
}

// each draws a number for each image, [batch, 1, 1, 1], evenly from low to below high.
func (d draws) each(low, high float64) *graph.Node {
	u := uniform(d.key.Graph(), d.next(), []int{d.rows, 1, 1, 1})
	return graph.AddScalar(graph.MulScalar(u, high-low), low)
}

// once draws a number for the whole batch, evenly from low to below high.
func (d draws) once(low, high float64) *graph.Node {
	u := graph.Reshape(uniform(d.key.Graph(), d.next(), []int{1}))
	return graph.AddScalar(graph.MulScalar(u, high-low), low)
}

// happens is true for each image with a probability that is itself drawn from low to high.
func (d draws) happens(low, high float64) *graph.Node {
	likely := d.each(low, high)
	return graph.LessThan(d.each(0, 1), likely)
}

// sign is 1 or −1 for each image, as likely as not.
func (d draws) sign() *graph.Node {
	return graph.AddScalar(graph.MulScalar(graph.ConvertDType(graph.GreaterThan(d.each(0, 1), d.scalar(0.5)), dtypes.Float32), -2), 1)
}

func (d draws) scalar(v float64) *graph.Node {
	return graph.BroadcastToDims(graph.Scalar(d.key.Graph(), dtypes.Float32, v), d.rows, 1, 1, 1)
}

// where takes images that are changed for those of which a condition [batch, 1, 1, 1] holds.
func where(condition, changed, x *graph.Node) *graph.Node {
	return graph.Where(graph.BroadcastToDims(condition, x.Shape().Dimensions...), changed, x)
}

// like brings [batch, 1, 1, 1] to the shape of images.
func like(each, x *graph.Node) *graph.Node {
	return graph.BroadcastToDims(each, x.Shape().Dimensions...)
}

// between cuts values to a range.
func between(x *graph.Node, values []float64) *graph.Node {
	return graph.ClipScalar(x, values[0], values[1])
}

// ranged are the lowest and the highest of a setting, the fallback where it is nil. It panics where they aren't two.
func ranged(setting string, given []float64, fallback ...float64) []float64 {
	if given == nil {
		given = fallback
	}
	if len(given) != 2 || !(given[0] <= given[1]) {
		panic(fmt.Errorf("%s is %v, must be the lowest and the highest", setting, given))
	}
	return given
}

// from255 is the range of colors that Keras takes where none is given.
func from255(setting string, given []float64) []float64 { return ranged(setting, given, 0, 255) }

// spread is what Keras makes of a factor that is one number f: from −f, or the lowest that makes sense, to f.
func spread(lowest float64, fields ...string) codec.Option {
	return codec.Settled(spreading(lowest, fields...))
}

func spreading(lowest float64, fields ...string) func(from codec.Source, value any) any {
	return func(from codec.Source, value any) any {
		for _, s := range codec.Settings[[]float64](value) {
			if !slices.Contains(fields, s.Field) {
				continue
			}
			f := slices.Clone(s.Value)
			switch len(f) {
			case 0:
				continue
			case 1:
				size := max(f[0], -f[0])
				f = []float64{max(-size, lowest), size}
			case 2:
				slices.Sort(f)
			default:
				from.Problem(s.Key, "%v is neither one number nor two", f)
				continue
			}
			if changed, err := codec.With(value, s.Field, f); err == nil {
				value = changed
			}
		}
		return value
	}
}

// torchAugment is nothing, with a word about it: PyTorch itself has no layer that changes images in training.
func torchAugment(l Layer) ([]TorchStep, error) {
	return []TorchStep{{Forward: "{x}", Note: typeName(l) + " changes images in training, for which PyTorch has no module: do it with the data, by torchvision.transforms for one."}}, nil
}
