package torch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A name without an overload is looked up without the lines under its ends, so one that has them would never be found.
func TestNamesOfOperationsCanBeFound(t *testing.T) {
	for name := range operations {
		if !strings.Contains(name, ".") {
			require.True(t, operations[operationName(name)] != nil, name)
		}
	}
}
