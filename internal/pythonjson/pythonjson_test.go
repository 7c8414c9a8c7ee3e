package pythonjson_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/pythonjson"
)

func TestObject(t *testing.T) {
	number := func(v float64) any { return v }
	fields, err := pythonjson.Object([]byte(`{"a": [NaN, -Infinity], "b": {"c": Infinity}, "NaN": "a \"NaN\" \\"} `), number)
	require.NoError(t, err)
	require.True(t, math.IsNaN(fields["a"].([]any)[0].(float64)))
	require.Equal(t, math.Inf(-1), fields["a"].([]any)[1])
	require.Equal(t, math.Inf(1), fields["b"].(map[string]any)["c"])
	require.Equal(t, `a "NaN" \`, fields["NaN"])
	for text, says := range map[string]string{"{": "not JSON", "{} {}": "something follows", "[NaN]": "isn't an object", "": "not JSON"} {
		_, err := pythonjson.Object([]byte(text), number)
		require.ErrorContains(t, err, says, text)
	}
}
