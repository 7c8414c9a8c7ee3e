package doctor

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a treatment did is told in English where a loss is no number, too.
func TestFromTo(t *testing.T) {
	nan := math.NaN()
	require.Equal(t, "Explained -0.5; with the treatment 0.9.", fromTo("", -0.5, 0.9))
	require.Equal(t, "The loss is not a number; with the treatment 0.9 is explained.", fromTo("", nan, 0.9))
	require.Equal(t, "The loss of the worst output, \"a\" at first, is not a number; with the treatment 0.9 is explained.", fromTo(` of the worst output, "a" at first,`, nan, 0.9))
	require.Equal(t, "The loss on validation rows is not a number, and isn't with the treatment.", fromTo(" on validation rows", nan, nan))
	require.Equal(t, "Explained -5.74e5; with the treatment 1e-7.", fromTo("", -574e3, 1e-7))
	require.Equal(t, "Explained 0.1; with the treatment not a number.", fromTo("", 0.1, nan))
}
