package wire_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/exchange/wire"
	"example.com/unstuck/pkg/fit"
)

// A decoder that nothing can be asked of refuses what was set aside.
func TestSetAsideWithoutGet(t *testing.T) {
	var values []float32
	require.ErrorContains(t, wire.Decoder{}.Value([]byte(`{"sha256":"ab","len":3}`), &values), "set aside")
}

func TestNegativeZeroKeepsItsSign(t *testing.T) {
	text, err := (&wire.Encoder{}).Value(fit.Epoch{Loss: math.Copysign(0, -1)})
	require.NoError(t, err)
	var back fit.Epoch
	require.NoError(t, wire.Decoder{}.Value(text, &back))
	require.True(t, math.Signbit(back.Loss), string(text))
}
