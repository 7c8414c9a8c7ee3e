package exponent

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShort(t *testing.T) {
	for in, want := range map[string]string{
		"1e-05": "1e-5", "learning rate 0.01 instead of 1e-05": "learning rate 0.01 instead of 1e-5", "2.5e+07, 1e+10 and 1e-12": "2.5e7, 1e10 and 1e-12",
		"-1e-08": "-1e-8", "1e+100": "1e100", "the 0 and e-05": "the 0 and e-05", "": "",
	} {
		require.Equal(t, want, Short(in))
	}
	for e := -300; e <= 300; e += 3 { // the number stays the same
		text := fmt.Sprintf("1.5e%+03d", e)
		was, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		is, err := strconv.ParseFloat(Short(text), 64)
		require.NoError(t, err)
		require.Equal(t, was, is, text)
	}
}

func ExampleShort() {
	fmt.Println(Short(fmt.Sprintf("learning rate %.3g instead of %.3g", 0.01, 1e-5)))
	// Output: learning rate 0.01 instead of 1e-5
}
