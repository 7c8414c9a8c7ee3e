package wire

import (
	"fmt"
	"reflect"
	"sync"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/text"
)

// unregistered are the types that stand in interfaces of a training and that no registry of Keras' classes has.
var unregistered = []any{
	nn.Sequential{}, nn.Graph{}, nn.Frozen{}, nn.Renamed{}, nn.ActivityRegularized{}, nn.Fixed{}, nn.Parameter{},
	optim.Chain{}, optim.AdaptiveClip{}, optim.ClipByGlobalNorm{}, optim.ClipByNorm{}, optim.ClipByValue{}, optim.L2Decay{},
	optim.LossScale{}, optim.Maximize{}, optim.SkipNonFinite{},
	optim.ConstantRate{}, optim.CosineAnnealing{}, optim.Cyclic{}, optim.Join{}, optim.OneCycle{}, optim.PerEpoch{}, optim.Product{},
	optim.RateTable{}, optim.Warmup{},
	loss.Broadcast{}, loss.MeanByWeight{}, loss.Outputs{}, loss.Reported{}, loss.Summed{},
	text.HashedCrossing{}, text.Hashing{}, text.IntegerLookup{}, text.StringLookup{}, text.TextVectorization{},
	torch.OwnLoss{},
}

// known are the types that an interface may hold, by their names.
var known = sync.OnceValue(func() map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for _, t := range codec.Types() {
		all[t.String()] = t
	}
	for _, v := range unregistered {
		t := reflect.TypeOf(v)
		all[t.String()] = t
	}
	return all
})

func typeNamed(name string, wanted reflect.Type) (reflect.Type, error) {
	t, ok := known()[name]
	switch {
	case !ok:
		return nil, fmt.Errorf("%.60q is no type that is known here: are both programs of one version?", name)
	case !t.Implements(wanted):
		return nil, fmt.Errorf("%s is no %s", name, wanted)
	}
	return t, nil
}
