package kernels

import (
	"slices"
)

// pluginPatterns tell where a Python package in the project's environment puts the PJRT plugin of a backend.
var pluginPatterns = map[string]string{
	"xla:cpu":  "lib/python3*/site-packages/*/pjrt_c_api_cpu_plugin.*",
	"xla:cuda": "lib/python3*/site-packages/jax_plugins/xla_cuda*/xla_cuda_plugin.so",
}

// plugin returns the path of the backend's PJRT plugin in the project's Python environment, or "" where there is none
// or the backend needs none.
func (p Project) plugin(backend string) string {
	pattern, ok := pluginPatterns[backend]
	if !ok {
		return ""
	}
	// The environment's own path may hold characters that mean something in a pattern, so only the rest is one.
	found := glob(p.Python(), pattern)
	if len(found) == 0 {
		return ""
	}
	return slices.Max(found)
}
