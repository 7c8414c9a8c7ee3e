package lab_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goVersion is a go command of this version that can fetch no other.
func goVersion(version string) string {
	return `#!/bin/sh
[ "$(pwd)" = / ] || { echo "go: toolchain not available" >&2; exit 1; }
case $1 in
version) echo "go version go` + version + ` linux/amd64" ;;
env) echo cc ;;
esac
`
}

const (
	somePython   = "#!/bin/sh\nexit 0\n"
	oldPython    = "#!/bin/sh\ncase \"$*\" in *version_info*) exit 1 ;; --version) echo Python 3.9.2 ;; esac\n"
	venvless     = "#!/bin/sh\ncase \"$*\" in *ensurepip*) exit 1 ;; esac\n"
	someCompiler = "#!/bin/sh\ncat >/dev/null\n"
	headerless   = "#!/bin/sh\necho stdlib.h: No such file or directory >&2\nexit 1\n"
)

func TestPrerequisites(t *testing.T) {
	good := map[string]string{"go": goVersion("1.99.0"), "python3": somePython, "cc": someCompiler}
	for name, test := range map[string]struct {
		change map[string]string // "" removes the command
		want   []string          // what the one line names; nothing: all is well
	}{
		"all there":               {},
		"no go":                   {map[string]string{"go": ""}, []string{"Missing: Go 1.", "go.dev/dl", "brew install go"}},
		"go without toolchains":   {map[string]string{"go": goVersion("1.19.8")}, []string{"go is 1.19.8 here", "brew install go"}},
		"go that cannot fetch":    {map[string]string{"go": goVersion("1.24.4")}, []string{"could not fetch the newer one"}},
		"no python":               {map[string]string{"python3": ""}, []string{"Missing: Python 3.10", "apt-get install python3 python3-venv", "brew install python"}},
		"old python":              {map[string]string{"python3": oldPython}, []string{"Python 3.9.2 found", "apt-get install python3"}},
		"python without venv":     {map[string]string{"python3": venvless}, []string{"venv module", "apt-get install python3-venv"}},
		"no compiler":             {map[string]string{"cc": ""}, []string{"C compiler", "apt-get install gcc", "xcode-select --install"}},
		"compiler without a libc": {map[string]string{"cc": headerless}, []string{"C library's headers", "libc6-dev"}},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := prerequisites(t, good, test.change)
			if len(test.want) == 0 {
				assert.NoError(t, err)
				assert.Empty(t, output)
				return
			}
			var failed *exec.ExitError
			require.ErrorAs(t, err, &failed)
			assert.Regexp(t, `^Missing: [^\n]*\n$`, output, "one line")
			for _, part := range test.want {
				assert.Contains(t, output, part)
			}
		})
	}
}

func TestPrerequisitesNamesAllThatAreMissing(t *testing.T) {
	output, err := prerequisites(t, nil, nil)
	require.Error(t, err)
	for _, part := range []string{"Missing: Go", "Missing: Python", "Missing: a C compiler"} {
		assert.Contains(t, output, part)
	}
}

// prerequisites runs the script on a PATH that holds these commands, changed, and otherwise only what the script is made of.
func prerequisites(t *testing.T, commands, change map[string]string) (string, error) {
	t.Helper()
	bin := t.TempDir()
	for name, text := range commands {
		if changed, ok := change[name]; ok {
			text = changed
		}
		if text != "" {
			require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755))
		}
	}
	for _, name := range []string{"awk", "bash", "cat", "dirname", "head", "sh", "sort"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skipf("skipped: the script needs %s", name)
		}
		require.NoError(t, os.Symlink(path, filepath.Join(bin, name)))
	}
	command := exec.CommandContext(t.Context(), filepath.Join(bin, "bash"), "prerequisites.sh")
	command.Env = []string{"PATH=" + bin}
	output, err := command.CombinedOutput()
	return string(output), err
}
