package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who wrote PyTorch reads PyTorch, in each of the forms that a report has, and Go for the asking.
func TestReportOfPyTorch(t *testing.T) {
	folder := "../../examples/stuck-pytorch"
	html, markdown := filepath.Join(t.TempDir(), "report.html"), filepath.Join(t.TempDir(), "report.md")
	out, err := execute(t, "diagnose", "--json", folder, "--html", html, "--markdown", markdown)
	require.NoError(t, err)
	var result struct{ Findings []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.Len(t, result.Findings, 2)
	require.Contains(t, result.Findings[0]["torch"], "# in place of make.py line 24, return F.softmax(self.fc2(x), dim=1):\nreturn self.fc2(x)")
	require.Contains(t, result.Findings[1]["torch"], "optimizer = torch.optim.Adam(model.parameters(), lr=0.01)")
	texts := []string{out}
	for _, path := range []string{html, markdown} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		require.Contains(t, text, "return self.fc2(x)")
		for _, foreign := range []string{"Keras", "keras", "nn.Dense", "optim.Adam(0.01)", "In Go", `"go":`} {
			require.NotContains(t, text, foreign)
		}
	}
	out, err = execute(t, "diagnose", folder, "--in", "torch,go")
	require.NoError(t, err)
	require.Contains(t, out, "     Torch: # in place of make.py line 24")
	require.Contains(t, out, "     Go:    // without")
	require.NotContains(t, out, "Keras")
	_, err = execute(t, "diagnose", folder, "--in", "jax")
	require.ErrorContains(t, err, `--in "jax": must be go, keras or torch`)
}
