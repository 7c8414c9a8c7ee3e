package sweep

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
)

func asked(t *testing.T, method, url, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}

// The page shows what there is, to this machine alone.
func TestPage(t *testing.T) {
	plan, err := Read(written(t, `{training: stuck, space: {learning_rate: [0.1, 0.2], batch_size: [8, 16]}, goal: {monitor: loss}}`))
	require.NoError(t, err)
	page := plan.NewPage()
	url, stop, err := page.Listen(":0")
	require.NoError(t, err)
	defer stop()
	require.True(t, strings.HasPrefix(url, "http://127.0.0.1:"), url)
	status, text := asked(t, http.MethodGet, url, "")
	require.Equal(t, 200, status)
	require.Contains(t, text, "0 of 4 trials.")
	require.NotContains(t, text, "<img")

	for i, p := range plan.Points[:3] {
		settings := p.Settings()
		if i == 2 {
			settings[1].Label = "<script>"
		}
		page.Add(4, explore.Trial{Point: i, Settings: settings, Score: 1 / float64(i+1), Loss: []float64{3, 2, 1 / float64(i+1)}})
	}
	_, text = asked(t, http.MethodGet, url, "")
	require.Contains(t, text, "3 of 4 trials.")
	require.Contains(t, text, "<td>0.3333</td>")
	require.NotContains(t, text, "<script>")
	require.Contains(t, text, `http-equiv="refresh"`)
	for _, name := range []string{"heatmap.png", "curves.png"} {
		status, picture := asked(t, http.MethodGet, url+name, "")
		require.Equal(t, 200, status, picture)
		require.Contains(t, picture[:8], "PNG")
	}
	page.End()
	_, text = asked(t, http.MethodGet, url, "localhost")
	require.NotContains(t, text, `http-equiv="refresh"`)

	status, _ = asked(t, http.MethodGet, url, "evil.example")
	require.Equal(t, http.StatusForbidden, status)
	status, _ = asked(t, http.MethodPost, url, "")
	require.Equal(t, http.StatusMethodNotAllowed, status)
	status, _ = asked(t, http.MethodGet, url+"etc/passwd", "")
	require.Equal(t, http.StatusNotFound, status)
	_, _, err = page.Listen("8080")
	require.ErrorContains(t, err, "missing port")
}
