package backend

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// place is a folder that may hold plugins. A Python environment keeps them inside packages; any other
// folder holds them itself.
type place struct {
	dir     string
	origin  string
	python  bool
	project string
}

// places lists where plugins are looked for, in order of preference: what a variable names outright comes
// before what merely is there.
func (e environment) places(options Options) []place {
	var found []place
	add := func(dir, origin string, python bool) {
		if dir == "" || slices.ContainsFunc(found, func(p place) bool { return p.dir == dir }) {
			return
		}
		found = append(found, place{dir: dir, origin: origin, python: python})
	}
	for _, dir := range filepath.SplitList(e.getenv("PJRT_PLUGIN_LIBRARY_PATH")) {
		if abs, err := filepath.Abs(dir); dir != "" && err == nil {
			add(abs, "PJRT_PLUGIN_LIBRARY_PATH", false)
		}
	}
	if project := e.project(options.Project); project != "" {
		add(filepath.Join(project, ".lab", "venv"), "the project's environment", true)
		found[len(found)-1].project = project
	}
	add(e.getenv("VIRTUAL_ENV"), "the Python environment of VIRTUAL_ENV", true)
	add(e.getenv("CONDA_PREFIX"), "the Python environment of CONDA_PREFIX", true)
	for _, dir := range e.installed() {
		add(dir, "GoMLX's own installation", false)
	}
	return found
}

// installed lists the folders that GoMLX's installer uses.
func (e environment) installed() []string {
	var dirs []string
	if e.home != "" {
		library := filepath.Join(e.home, ".local", "lib", "go-xla")
		if e.goos == "darwin" {
			library = filepath.Join(e.home, "Library", "Application Support", "go-xla")
		}
		dirs = append(dirs, library, filepath.Join(library, "nvidia"))
	}
	system := filepath.Join(e.system, "usr", "local", "lib", "go-xla")
	return append(dirs, system, filepath.Join(system, "nvidia"))
}

// patterns of plugin files inside a Python environment. The package that this project pins comes first;
// lib is where venv and conda put packages.
var pythonPatterns = []string{
	"lib/python3*/site-packages/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.*",
	"lib/python3*/site-packages/*/pjrt_c_api_cpu_*plugin.*",
	"lib/python3*/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.*",
	"lib/python3*/site-packages/jax_plugins/xla_cuda12/xla_cuda_plugin.*",
}

// patterns of plugin files in a plain folder, as go-xla names them and as the wheels do.
var folderPatterns = []string{
	"pjrt_c_api_cpu_*plugin.*", "pjrt[-_]plugin[-_]cpu*.*",
	"pjrt_c_api_cuda*_plugin.*", "pjrt[-_]plugin[-_]cuda*.*", "xla_cuda_plugin.*",
}

// plugins lists the plugin files in all places, in order of preference. It opens none of them.
func (e environment) plugins(options Options) []Plugin {
	var found []Plugin
	for _, at := range e.places(options) {
		patterns := folderPatterns
		if at.python {
			patterns = pythonPatterns
		}
		for _, pattern := range patterns {
			matches, _ := filepath.Glob(filepath.Join(quoteGlob(at.dir), pattern)) // the pattern is well-formed
			for _, path := range matches {
				if !e.isLibrary(path) || slices.ContainsFunc(found, func(p Plugin) bool { return p.Path == path }) {
					continue
				}
				found = append(found, describe(path, at))
			}
		}
	}
	return found
}

func describe(path string, at place) Plugin {
	p := Plugin{Platform: platformOf(path), Path: path, Origin: at.origin, project: at.project}
	if info, err := os.Stat(path); err == nil {
		p.Size = info.Size()
	}
	p.Package, p.Version = wheelOf(path)
	return p
}

func (e environment) isLibrary(path string) bool {
	if e.goos == "darwin" && filepath.Ext(path) == ".dylib" {
		return true
	}
	return filepath.Ext(path) == ".so"
}

// quoteGlob makes a folder's own name safe inside a pattern: folders may be called "[old] lab".
func quoteGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `*`, `\*`, `?`, `\?`).Replace(dir)
}

// wheelOf reads package and version from the metadata folder that pip leaves beside a package, such as
// lammps_jax_pjrt_cpu-0.11.2.dist-info. Both are empty outside a Python environment.
func wheelOf(path string) (name, version string) {
	packages := filepath.Dir(filepath.Dir(path))
	wheel := filepath.Base(filepath.Dir(path))
	if filepath.Base(packages) == "jax_plugins" {
		packages = filepath.Dir(packages)
		wheel = strings.Replace(wheel, "xla_", "jax_", 1) + "_pjrt"
	}
	matches, _ := filepath.Glob(filepath.Join(quoteGlob(packages), wheel+"-*.dist-info"))
	if len(matches) == 0 {
		return "", ""
	}
	_, version, _ = strings.Cut(strings.TrimSuffix(filepath.Base(matches[0]), ".dist-info"), "-")
	return strings.ReplaceAll(wheel, "_", "-"), version
}
