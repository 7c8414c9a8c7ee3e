package notebook

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnew(t *testing.T) {
	var said bytes.Buffer
	tellAnew(&said, "net", 5, "a function can't be put into a file")
	require.Equal(t, "net has its first value again: what cell [5] made of it isn't kept, as a function can't be put into a file. Return it from the function instead, or fill it in the cell that uses it.\n", said.String())
}
