package optim

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestByName(t *testing.T) {
	o, err := ByName("ADAM", 0.1)
	require.NoError(t, err)
	require.Equal(t, Adam(0.1), o)
	for _, c := range classes {
		o, err := ByName(c.name, 0.5)
		require.NoError(t, err)
		require.Equal(t, of(c.name, 0.5), o)
	}
	_, err = ByName("madam", 0.1)
	require.ErrorContains(t, err, `unknown optimizer "madam": known are adadelta, `)
}
