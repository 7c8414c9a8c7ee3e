package doctor

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// randomNet is a chain of hidden layers, a Dense head and what may stand behind it: flat, and the same wrapped at
// random in nn.Frozen, nn.Renamed and nested Sequentials.
func randomNet(rng *rand.Rand) (flat, wrapped nn.Sequential) {
	activations := []nn.Activation{nil, nn.ReLU{}, nn.Tanh{}, nn.Sigmoid{}, nn.Softmax{}, nn.Linear{}}
	activation := func() nn.Activation { return activations[rng.IntN(len(activations))] }
	for range rng.IntN(4) {
		switch rng.IntN(6) {
		case 0:
			flat = append(flat, nn.Dropout{Rate: 0.1})
		case 1:
			flat = append(flat, nn.ReLU{})
		case 2:
			flat = append(flat, nn.BatchNormalization{})
		default:
			flat = append(flat, nn.Dense{Units: 8 * (1 + rng.IntN(9)), Activation: activation()})
		}
	}
	flat = append(flat, nn.Dense{Units: 1 + rng.IntN(9), Activation: activation()})
	for range rng.IntN(3) {
		if a := activation(); a != nil && rng.IntN(2) == 0 {
			flat = append(flat, a)
		} else {
			flat = append(flat, nn.Dropout{Rate: 0.2})
		}
	}
	return flat, wrap(rng, flat, 0)
}

func wrap(rng *rand.Rand, layers nn.Sequential, depth int) nn.Sequential {
	var out nn.Sequential
	for i := 0; i < len(layers); {
		n, l := 1, layers[i]
		if depth < 3 && rng.IntN(3) == 0 {
			n = 1 + rng.IntN(len(layers)-i)
			l = wrap(rng, layers[i:i+n], depth+1)
		}
		if rng.IntN(4) == 0 {
			l = nn.Frozen{Layer: l}
		}
		if rng.IntN(4) == 0 {
			l = nn.Renamed{Name: fmt.Sprintf("%c%d", 'a'+depth, i), Layer: l}
		}
		out = append(out, l)
		i += n
	}
	return out
}

// flattened takes all wrappings off.
func flattened(model nn.Layer) nn.Sequential {
	var all nn.Sequential
	for _, p := range nn.Leaves(model) {
		all = append(all, p.Layer)
	}
	return all
}

// TestWrappingsChangeNothing compares what the doctor reads in a model, and what its treatments make of it, with the
// same on the flat model: where a layer stands must not matter.
func TestWrappingsChangeNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		flat, wrapped := randomNet(rng)
		want, ok := headOf(flat, 0)
		require.True(t, ok)
		got, ok := headOf(wrapped, 0)
		require.True(t, ok, "%#v", wrapped)
		require.Equal(t, want, got, "%#v", wrapped)
		require.Equal(t, hiddenReLU(flat), hiddenReLU(wrapped))
		require.Equal(t, squashes(flat), squashes(wrapped))
		require.Equal(t, hiddenDense(flat), hiddenDense(wrapped))
		require.Equal(t, endsInDropout(flat), endsInDropout(wrapped))
		for _, treatment := range []Treatment{leakyForReLU, reluForSquashing, smaller, widen, dropHalf, batchNormalization, sparseInputs(0.5), withoutRegularization, unfreeze} {
			plain, err := treatment.Apply(training.Training{Model: flat})
			require.NoError(t, err)
			treated, err := treatment.Apply(training.Training{Model: wrapped})
			require.NoError(t, err)
			require.Equal(t, nameless(flattened(plain.Model)), nameless(flattened(treated.Model)), "%s: %#v", treatment.Text, wrapped)
		}
		plain, err := withHead(flat, 0, 77, nn.Softplus{})
		require.NoError(t, err)
		treated, err := withHead(wrapped, 0, 77, nn.Softplus{})
		require.NoError(t, err)
		require.Equal(t, flattened(plain), flattened(treated))
	}
}

// nameless drops the names of layers that a treatment added: they come from where the layers stand.
func nameless(net nn.Sequential) nn.Sequential {
	for i, l := range net {
		switch l := l.(type) {
		case nn.BatchNormalization:
			l.Name = ""
			net[i] = l
		case nn.Dropout:
			l.Name = ""
			net[i] = l
		case nn.Dense:
			l.Name = ""
			net[i] = l
		}
	}
	return net
}

// outputFrom is the place of the layer that makes the output, and behind the last where none does.
func outputFrom(net nn.Sequential) int {
	if heads, err := nn.Heads(net); err == nil {
		return heads[0].At
	}
	return len(nn.Leaves(net))
}

// TestTreatmentsLeaveTheOutputAlone treats random nets: whatever is done to hidden layers, the layers from the output
// on stay what they were.
func TestTreatmentsLeaveTheOutputAlone(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	tails := []nn.Layer{nn.Flatten{}, nn.Reshape{Target: []int{-1, 1}}, nn.LayerNormalization{}, nn.Sigmoid{}, nn.ReLU{}, nn.Tanh{}, nn.PReLU{}}
	for range 3000 {
		flat, _ := randomNet(rng)
		for range rng.IntN(3) {
			flat = append(flat, tails[rng.IntN(len(tails))])
		}
		wrapped := wrap(rng, flat, 0)
		output := flat[outputFrom(flat):]
		for _, treatment := range []Treatment{leakyForReLU, reluForSquashing, smaller, widen, dropHalf, batchNormalization} {
			treated, err := treatment.Apply(training.Training{Model: wrapped})
			if err != nil {
				continue
			}
			now := flattened(treated.Model)
			require.GreaterOrEqual(t, len(now), len(output))
			require.Equal(t, output, now[len(now)-len(output):], "%s: %#v", treatment.Text, wrapped)
		}
		if treated, err := withHead(wrapped, 0, 77, nil); err == nil {
			count := 0
			for _, l := range flattened(treated) {
				if _, is := l.(nn.Dropout); is {
					count++
				}
			}
			for _, l := range flat {
				if _, is := l.(nn.Dropout); is {
					count--
				}
			}
			require.Zero(t, count, "another head is one change: dropouts stay")
		}
	}
}

// TestFrozenIsFoundEverywhere finds and thaws frozen layers in random nets.
func TestFrozenIsFoundEverywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		_, wrapped := randomNet(rng)
		s := frozenWeights.Suspect(&Patient{Training: training.Training{Model: wrapped}})
		require.Equal(t, frozenInside(wrapped, false), s != nil, "%#v", wrapped)
		if s != nil {
			treated, err := s.Treatments[0].Apply(training.Training{Model: wrapped})
			require.NoError(t, err)
			require.False(t, frozenInside(treated.Model, false))
		}
	}
}

// frozenInside tells whether weights are frozen somewhere in l.
func frozenInside(l nn.Layer, frozen bool) bool {
	switch l := l.(type) {
	case nn.Frozen:
		return frozenInside(l.Layer, true)
	case nn.Renamed:
		return frozenInside(l.Layer, frozen)
	case nn.Sequential:
		for _, inner := range l {
			if frozenInside(inner, frozen) {
				return true
			}
		}
		return false
	case nn.Dense, nn.BatchNormalization:
		return frozen
	}
	return false
}
