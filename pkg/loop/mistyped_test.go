package loop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// ofGo is what no error may say: names of Go's types and packages, and what printing has left.
var ofGo = regexp.MustCompile(`%!|Go struct|Go value|Go type|[^.]json: |Recording\.|map\[string|\[\]|interface|\bfloat64\b|<nil>|reflect\.|runtime error|loop\.`)

// Whatever stands in the place of a setting in a recording, the error says it in the words of the file.
func TestErrorsSayNothingOfGo(t *testing.T) {
	folder := unpacked(t, string(Correct))
	for _, name := range []string{File, "step-001.json"} {
		path := filepath.Join(folder, name)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		var whole map[string]any
		require.NoError(t, json.Unmarshal(content, &whole))
		refused := 0
		try := func(at string) {
			changed, err := json.Marshal(whole)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, changed, 0o644))
			if _, err := Read(folder); err != nil {
				refused++
				require.NotRegexp(t, ofGo, err.Error()[len(folder):], at)
			}
		}
		for _, other := range []any{"text", 1.5, -3, true, nil, []any{}, []any{"text"}, []any{[]any{1.5}}, map[string]any{}, map[string]any{"a": []any{1}}} {
			for key, value := range whole {
				whole[key] = other
				try(key)
				whole[key] = value
				var parts []map[string]any
				switch inner := value.(type) {
				case map[string]any:
					parts = append(parts, inner)
				case []any:
					for _, one := range inner[:min(1, len(inner))] {
						if m, is := one.(map[string]any); is {
							parts = append(parts, m)
						}
					}
				}
				for _, part := range parts {
					for k, v := range part {
						part[k] = other
						try(key + "." + k)
						part[k] = v
					}
				}
			}
		}
		require.Greater(t, refused, 20, name)
		for _, cut := range []int{0, 1, len(content) / 2, len(content) - 3} {
			require.NoError(t, os.WriteFile(path, content[:cut], 0o644))
			_, err := Read(folder)
			require.Error(t, err)
			require.NotRegexp(t, ofGo, err.Error()[len(folder):])
		}
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
}
