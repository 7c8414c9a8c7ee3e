package keras

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

// Every layer that Keras exports is read, or refused with what to do instead: none is merely unknown.
func TestAllLayersAreReadOrRefusedWithAReason(t *testing.T) {
	all := slices.Sorted(maps.Keys(known().classes[layersKind]))
	require.Greater(t, len(all), 150, "run testdata/make_defaults.py")
	all = append(all, "Layer", "Wrapper", "JaxLayer", "FlaxLayer", "TFSMLayer", "TorchModuleWrapper") // which have no settings to know
	elsewhere := []string{"InputLayer", "Activation", "RNN"}
	read := 0
	for _, class := range all {
		o := newObject("", map[string]any{}, &report{})
		_, here := nn.Class(o.layerClass(class))
		is := here || slices.Contains(elsewhere, class) || isLookup(class) || modelReaders[class] != nil
		assert.NotEqual(t, is, refusedLayers[class] != "", "%s is neither read nor refused with a reason, or both", class)
		if is {
			read++
			continue
		}
		_, err := ReadConfig(strings.NewReader(sequential(layer(class, `"name": "it"`), "")))
		assert.ErrorContains(t, err, "layers of class "+class+" are not supported: ", class)
	}
	assert.GreaterOrEqual(t, read, 135)
	for class := range refusedLayers {
		assert.Contains(t, all, class)
	}
}
