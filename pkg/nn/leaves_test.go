package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/unstuck/pkg/nn"
)

func TestLeavesAreFoundInTheirWrappings(t *testing.T) {
	net := nn.Sequential{
		nn.Frozen{Layer: nn.Sequential{nn.Dense{Units: 4}, nn.Renamed{Name: "bend", Layer: nn.ReLU{}}}},
		nn.Renamed{Name: "out", Layer: nn.Frozen{Layer: nn.Dense{Units: 2}}},
		nn.Sequential{nn.Dropout{Rate: 0.5}, nn.Softmax{}},
	}
	var names []string
	for i, l := range nn.Leaves(net) {
		assert.Equal(t, i, l.At)
		names = append(names, l.Name)
	}
	assert.Equal(t, []string{"dense", "bend", "out", "dropout", "softmax"}, names)
	assert.Equal(t, 2, nn.OutputAt(net))
	assert.Equal(t, -1, nn.OutputAt(nn.Sequential{nn.ReLU{}, nn.Flatten{}}))

	same := nn.MapLeaves(net, func(l nn.Leaf) nn.Edit { return nn.Edit{Layer: l.Layer} })
	assert.Equal(t, net, same)

	edited := nn.MapLeaves(net, func(l nn.Leaf) nn.Edit {
		switch l.At {
		case 1:
			return nn.Edit{}
		case 2:
			return nn.Edit{Before: []nn.Layer{nn.Tanh{}}, Layer: nn.Dense{Units: 3}, Behind: []nn.Layer{nn.Sigmoid{}}}
		}
		return nn.Edit{Layer: l.Layer}
	})
	assert.Equal(t, nn.Sequential{
		nn.Frozen{Layer: nn.Sequential{nn.Dense{Units: 4}}},
		nn.Tanh{}, nn.Renamed{Name: "out", Layer: nn.Frozen{Layer: nn.Dense{Units: 3}}}, nn.Sigmoid{},
		nn.Sequential{nn.Dropout{Rate: 0.5}, nn.Softmax{}},
	}, edited)
}
