package kernels

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSpecsAreWhatJupyterTakes(t *testing.T) {
	valid := regexp.MustCompile(`^[a-z0-9._-]+$`) // https://jupyter-client.readthedocs.io/en/stable/kernels.html
	var shown []string
	for _, spec := range Specs() {
		assert.Regexp(t, valid, spec.Name)
		shown = append(shown, spec.DisplayName)
	}
	assert.Equal(t, []string{"Go (unstuck · XLA CPU)", "Go (unstuck · XLA CUDA)", "Go (unstuck · pure Go)"}, shown)
}

func TestSelect(t *testing.T) {
	all, err := Select(nil)
	require.NoError(t, err)
	assert.Equal(t, Specs(), all)

	some, err := Select([]string{"unstuck-go", "unstuck-xla-cpu"})
	require.NoError(t, err)
	assert.Equal(t, []Spec{Specs()[0], Specs()[2]}, some)

	_, err = Select([]string{"unstuck-tpu"})
	assert.EqualError(t, err, `no kernel is called "unstuck-tpu": there are unstuck-xla-cpu, unstuck-xla-cuda, unstuck-go`)
}

func TestKernelJSON(t *testing.T) {
	content, err := Specs()[0].render("/opt/my lab/unstuck", "/home/zoë/my project").encode()
	require.NoError(t, err)
	var read map[string]any
	require.NoError(t, json.Unmarshal(content, &read))
	assert.Equal(t, []any{
		"/opt/my lab/unstuck", "kernel", "start", "--backend", "xla:cpu", "--project", "/home/zoë/my project", "{connection_file}",
	}, read["argv"])
	assert.Equal(t, "Go (unstuck · XLA CPU)", read["display_name"])
	assert.Equal(t, "go", read["language"])
	assert.Equal(t, "signal", read["interrupt_mode"])
}
