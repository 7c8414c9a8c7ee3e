package loss

import (
	"fmt"
	"slices"
	"strings"
)

// byName holds Keras' names and aliases.
var byName = map[string]Loss{
	"mse": MSE{}, "mean_squared_error": MSE{}, "MeanSquaredError": MSE{}, "MSE": MSE{},
	"mae": MAE{}, "mean_absolute_error": MAE{}, "MeanAbsoluteError": MAE{}, "MAE": MAE{},
	"huber": Huber{}, "Huber": Huber{},
	"log_cosh": LogCosh{}, "LogCosh": LogCosh{},
	"poisson": Poisson{}, "Poisson": Poisson{},
	"binary_crossentropy": BinaryCrossentropy{}, "BinaryCrossentropy": BinaryCrossentropy{}, "bce": BinaryCrossentropy{}, "BCE": BinaryCrossentropy{},
	"categorical_crossentropy": CategoricalCrossentropy{}, "CategoricalCrossentropy": CategoricalCrossentropy{},
	"sparse_categorical_crossentropy": SparseCategoricalCrossentropy{}, "SparseCategoricalCrossentropy": SparseCategoricalCrossentropy{},
}

// ByName returns the loss that Keras' model.compile(loss=name) would use, with its defaults. Class names
// ("MeanSquaredError") work too. An unknown name is an error that lists the known ones.
func ByName(name string) (Loss, error) {
	if l, ok := byName[name]; ok {
		return l, nil
	}
	return nil, fmt.Errorf("there is no loss %q; known are %s", name, strings.Join(names(), ", "))
}

// names are the names that losses print, sorted.
func names() []string {
	var all []string
	for _, l := range byName {
		all = append(all, l.String())
	}
	slices.Sort(all)
	return slices.Compact(all)
}
