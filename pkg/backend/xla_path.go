package backend

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// plainPath returns a path of the plugin that go-xla can't misread: it takes what follows a comma for a
// setting, and the words cuda, nvidia and cpu anywhere in the path for the kind of device. Where the path
// could mislead, a link of a plain name stands in until clean is called.
func plainPath(p Plugin) (path string, clean func(), err error) {
	lower := strings.ToLower(p.Path)
	misleads := strings.Contains(lower, "cuda") || strings.Contains(lower, "nvidia") || !strings.Contains(lower, "cpu")
	comma := strings.Contains(p.Path, ",")
	switch {
	case p.Platform == "cuda" && comma:
		// A link would hide the CUDA libraries, which the plugin looks for relative to its own path.
		return "", nil, fmt.Errorf("the plugin %s has a comma in its path, which GoMLX can't express; move the project to a folder without one", p.Path)
	case p.Platform == "cuda", !misleads && !comma:
		return p.Path, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "pjrt-")
	if err != nil {
		return "", nil, fmt.Errorf("the plugin %s needs a link of a plain name: %w", p.Path, err)
	}
	link := filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
	if err := os.Symlink(p.Path, link); err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("the plugin %s needs a link of a plain name: %w", p.Path, err)
	}
	return link, func() { os.RemoveAll(dir) }, nil
}

// setCUDADir tells XLA where the CUDA tools of the plugin's Python environment are, unless the user has
// said so already. XLA reads it once, when the first client opens.
func setCUDADir(plugin string) {
	flags := os.Getenv("XLA_FLAGS")
	if strings.Contains(flags, "xla_gpu_cuda_data_dir") {
		return
	}
	nvidia := filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(plugin))), "nvidia")
	for _, dir := range []string{"cu13", "cuda_nvcc"} {
		if tools := filepath.Join(nvidia, dir); exists(filepath.Join(tools, "nvvm")) {
			os.Setenv("XLA_FLAGS", strings.TrimSpace(flags+" --xla_gpu_cuda_data_dir="+tools))
			return
		}
	}
}

// firstLine keeps the message of an error whose text may carry a stack or a loader's long advice.
func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(line)
}
