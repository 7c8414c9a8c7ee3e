package kernels

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// environment returns the variables that GoNB, its tools and the notebook's cells run with: those of base with these
// changed.
//
//   - PATH starts with the folder of the pinned tools.
//   - GOFLAGS builds fast, see [GOFLAGS]: a cell that links XLA takes half the time. It keeps the user's other flags,
//     except -mod, which a workspace refuses.
//   - GOWORK is unset, because GoNB's own workspace must be the one that counts.
//   - GOMLX_BACKEND is the kernel's backend. Where the project's Python environment holds its plugin,
//     PJRT_PLUGIN_LIBRARY_PATH leads there, and GOMLX_NO_AUTO_INSTALL keeps a cell that imports GoMLX's auto-installer from the network.
//   - UNSTUCK_HOME is the project, so that package backend finds its environment from any notebook's folder.
//   - TMPDIR is temp, a folder of this kernel's own that goes when the kernel goes.
//   - UNSTUCK_CARRIED is the folder in there with the values that cells leave to later ones.
//   - GOCACHE is a folder that can be written, where the user's own can't: see [writableCache].
func environment(base []string, p Project, backend, tools, temp string, user goSettings) []string {
	env := map[string]string{
		"PATH":          tools + string(os.PathListSeparator) + lookup(base, "PATH"),
		"GOFLAGS":       GOFLAGS(user.flags),
		"GOWORK":        "",
		"GOMLX_BACKEND": backend,
		"UNSTUCK_HOME":  p.Root,
		"TMPDIR":        temp,
		carryFolder:     carried(temp),
	}
	if cache := writableCache(user.cache, filepath.Join(p.lab(), "cache", "go-build"), filepath.Join(temp, "go-build")); cache != user.cache {
		env["GOCACHE"] = cache
	}
	if plugin := p.plugin(backend); plugin != "" {
		env["GOMLX_NO_AUTO_INSTALL"] = "1"
		env["PJRT_PLUGIN_LIBRARY_PATH"] = filepath.Dir(plugin)
		if known := lookup(base, "PJRT_PLUGIN_LIBRARY_PATH"); known != "" {
			env["PJRT_PLUGIN_LIBRARY_PATH"] += string(os.PathListSeparator) + known
		}
	}
	var result []string
	for _, entry := range base {
		name, _, _ := strings.Cut(entry, "=")
		if _, changed := env[name]; !changed {
			result = append(result, entry)
		}
	}
	for name, value := range env {
		result = append(result, name+"="+value)
	}
	return result
}

// lookup returns the value of a variable in a list like os.Environ's; the last entry counts.
func lookup(env []string, name string) string {
	value := ""
	for _, entry := range env {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}

// fastLink leaves symbol tables out (-s implies -w). On linux/amd64, where it was tried, Go's own linker also does what
// it leaves to the C compiler's otherwise, because GoMLX's XLA binding is C: 1.0 s in place of 1.4 s for a cell with all
// packages. A cell that links other C code which Go's linker can't take says %goflags -ldflags=-s.
var fastLink = fastLinkFor(runtime.GOOS, runtime.GOARCH)

func fastLinkFor(system, architecture string) string {
	if system == "linux" && architecture == "amd64" {
		return "'-ldflags=-s -linkmode=internal'" // quoted as GOFLAGS wants a flag with a space in it
	}
	return "-ldflags=-s"
}

// fastCompile leaves out what describes the program to a debugger, which the linker would read and drop: 0.7 s in place
// of 0.8 s for a cell with all packages. Traces of a panic don't need it. What was compiled without that flag is
// compiled once more, so lab/setup.sh builds with it too.
const fastCompile = "-gcflags=all=-dwarf=false"

// GOFLAGS is what cells are built with where the user's own GOFLAGS are goflags: it adds the flags that build fast,
// except those that the user chose, and drops -mod, which a workspace refuses.
func GOFLAGS(goflags string) string {
	var flags []string
	for _, flag := range strings.Fields(goflags) {
		if !strings.HasPrefix(strings.TrimLeft(flag, "-"), "mod=") {
			flags = append(flags, flag)
		}
	}
	return withFlag(withFlag(strings.Join(flags, " "), fastCompile), fastLink)
}

// withFlag adds a flag to the user's GOFLAGS, unless it is there with another value.
func withFlag(goflags, flag string) string {
	for _, known := range strings.Fields(goflags) {
		if flagName(known) == flagName(flag) {
			return goflags
		}
	}
	return strings.TrimSpace(goflags + " " + flag)
}

// flagName is the name of a flag as GOFLAGS writes it, in quotes where its value has a space.
func flagName(flag string) string {
	name, _, _ := strings.Cut(strings.TrimLeft(flag, `'"-`), "=")
	return name
}
