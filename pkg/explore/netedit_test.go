package explore

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// marked stands out among the activations of random nets.
var marked = nn.ELU{Alpha: 0.77}

// leavesOf lists a net's layers without what is around them.
func leavesOf(net nn.Sequential) []nn.Layer {
	var all []nn.Layer
	for _, l := range net {
		for wrapped := true; wrapped; {
			switch w := l.(type) {
			case nn.Frozen:
				l = w.Layer
			case nn.Renamed:
				l = w.Layer
			default:
				wrapped = false
			}
		}
		if inner, ok := l.(nn.Sequential); ok {
			all = append(all, leavesOf(inner)...)
		} else {
			all = append(all, l)
		}
	}
	return all
}

// randomNet is a net of hidden Dense layers and a head, with what may stand between and behind them, wrapped at random.
func randomNet(rng *rand.Rand) nn.Sequential {
	activations := []nn.Activation{nil, nn.ReLU{}, nn.Tanh{}, nn.Sigmoid{}, nn.Softmax{}}
	activation := func() nn.Activation { return activations[rng.IntN(len(activations))] }
	var flat []nn.Layer
	extras := func(count int) {
		for range rng.IntN(count) {
			switch rng.IntN(5) {
			case 0:
				flat = append(flat, nn.Dropout{Rate: 0.1})
			case 1:
				if a := activation(); a != nil {
					flat = append(flat, a)
				}
			case 2:
				flat = append(flat, nn.BatchNormalization{})
			case 3:
				flat = append(flat, nn.Flatten{})
			case 4:
				flat = append(flat, nn.LayerNormalization{})
			}
		}
	}
	for range 1 + rng.IntN(4) {
		extras(3)
		flat = append(flat, nn.Dense{Units: 1 + rng.IntN(9), Activation: activation()})
	}
	extras(4)
	return wrap(rng, flat, 0)
}

func wrap(rng *rand.Rand, layers []nn.Layer, depth int) nn.Sequential {
	var out nn.Sequential
	for i := 0; i < len(layers); {
		n := 1
		l := layers[i]
		if depth < 3 && rng.IntN(3) == 0 {
			n = 1 + rng.IntN(len(layers)-i)
			l = wrap(rng, layers[i:i+n], depth+1)
		}
		if rng.IntN(4) == 0 {
			l = nn.Frozen{Layer: l}
		}
		if rng.IntN(4) == 0 {
			l = nn.Renamed{Name: string(rune('a'+depth)) + string(rune('a'+i)), Layer: l}
		}
		out = append(out, l)
		i += n
	}
	return out
}

// TestActivationsAreThoseOfTheHiddenLayers replaces activations in random nets: every one before the last layer with
// weights of its own, wherever it stands, and none from there on.
func TestActivationsAreThoseOfTheHiddenLayers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		net := randomNet(rng)
		before := leavesOf(net)
		head := 0
		for i, l := range before {
			if _, dense := l.(nn.Dense); dense {
				head = i
			}
		}
		want := make([]nn.Layer, len(before))
		changes := 0
		for i, l := range before {
			if d, dense := l.(nn.Dense); dense && i < head && d.Activation != nil {
				d.Activation = marked
				l, changes = d, changes+1
			} else if _, activation := l.(nn.Activation); activation && i < head {
				l, changes = marked, changes+1
			}
			want[i] = l
		}
		edited, err := withModel(training.Training{Model: net}, replaceActivations(marked))
		if changes == 0 {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err, "%#v", net)
		require.Equal(t, want, leavesOf(edited.Model.(nn.Sequential)), "%#v", net)
		require.Equal(t, shapeOfWrapping(net), shapeOfWrapping(edited.Model.(nn.Sequential)), "wrappings are kept")
	}
}

// TestInitializersReachEveryKernel replaces initializers in random nets, those of frozen layers too.
func TestInitializersReachEveryKernel(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		net := randomNet(rng)
		edited, err := withModel(training.Training{Model: net}, replaceInitializers(nn.HeNormal{}))
		require.NoError(t, err)
		for i, l := range leavesOf(edited.Model.(nn.Sequential)) {
			if d, dense := l.(nn.Dense); dense {
				require.Equal(t, nn.HeNormal{}, d.KernelInitializer, "layer %d of %#v", i, net)
			}
		}
	}
}

// shapeOfWrapping is a net's nesting: the types of its layers, in their places.
func shapeOfWrapping(l nn.Layer) any {
	switch l := l.(type) {
	case nn.Sequential:
		var all []any
		for _, inner := range l {
			all = append(all, shapeOfWrapping(inner))
		}
		return all
	case nn.Frozen:
		return []any{"frozen", shapeOfWrapping(l.Layer)}
	case nn.Renamed:
		return []any{l.Name, shapeOfWrapping(l.Layer)}
	case nn.Activation:
		return "activation"
	}
	return reflect.TypeOf(l).String()
}
