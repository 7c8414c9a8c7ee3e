package lab_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The commands that a set-up calls, made up: each notes when it begins and when it ends, and takes its time.
const (
	noting = `#!/bin/sh
note() {
	echo "$1 begins" >>"$SETUP_LOG"
	sleep 0.3
	while [ -e "$SETUP_LOG.$1-hangs" ]; do sleep 0.05; done
	echo "$1 ends" >>"$SETUP_LOG"
}
`
	setupPython = noting + `case "$*" in
*_base_executable*) echo "$0" ;;
*fcntl*) exec "$REAL_PYTHON" "$@" ;;
--version) echo Python 3.12.0 ;;
"-m venv"*) note venv; mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
"-m pip"*) note pip ;;
esac
`
	setupGo = noting + `case "$*" in
version) echo go version go1.99.0 linux/amd64 ;;
"env CC") echo cc ;;
"build -gcflags="*" -o "*unstuck*) note unstuck; printf '#!/bin/sh\n' >"$4" && chmod +x "$4" ;;
"build -gcflags="*" -o "*) note tools ;;
esac
`
)

// setUp is a project that can be set up without a network, and how to start a set-up.
func setUp(t *testing.T) (start func(arguments ...string) *exec.Cmd, log string) {
	t.Helper()
	real, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is missing: the lock is taken with it")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is missing")
	}
	root, commands := filepath.Join(t.TempDir(), "Übung [1]"), t.TempDir()
	log = filepath.Join(t.TempDir(), "log")
	for _, name := range []string{"go.mod", "go.sum", "lab/setup.sh", "lab/environment.sh", "lab/prerequisites.sh",
		"lab/requirements/lab.txt", "lab/requirements/plugin.txt", "lab/requirements/test.txt"} {
		content, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
	for name, script := range map[string]string{"python3": setupPython, "go": setupGo, "cc": someCompiler} {
		require.NoError(t, os.WriteFile(filepath.Join(commands, name), []byte(script), 0o755))
	}
	return func(arguments ...string) *exec.Cmd {
		command := exec.Command("bash", append([]string{filepath.Join(root, "lab", "setup.sh")}, arguments...)...)
		command.Env = append(os.Environ(), "PATH="+commands+":"+os.Getenv("PATH"), "PYTHON="+filepath.Join(commands, "python3"),
			"REAL_PYTHON="+real, "SETUP_LOG="+log, "CC=", "GOFLAGS=")
		return command
	}, log
}

func noted(t *testing.T, log string) []string {
	t.Helper()
	text, err := os.ReadFile(log)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// Two set-ups at once: the second waits, and then finds nothing left to do but the program itself.
func TestTwoSetUpsAtOnce(t *testing.T) {
	start, log := setUp(t)
	ended := make(chan string, 2)
	for range 2 {
		go func() {
			output, err := start().CombinedOutput()
			if err != nil {
				output = append(output, err.Error()...)
				ended <- string(output)
				return
			}
			ended <- ""
		}()
	}
	for range 2 {
		require.Empty(t, <-ended)
	}
	assert.Equal(t, []string{
		"venv begins", "venv ends", "pip begins", "pip ends", "tools begins", "tools ends", "unstuck begins", "unstuck ends",
		"unstuck begins", "unstuck ends",
	}, noted(t, log))
}

// A set-up that was killed half-way is done again by the next, which need not wait for it.
func TestSetUpAfterOneThatWasKilled(t *testing.T) {
	start, log := setUp(t)
	hangs := log + ".pip-hangs"
	require.NoError(t, os.WriteFile(hangs, nil, 0o644))
	first := start()
	require.NoError(t, first.Start())
	require.Eventually(t, func() bool { return len(noted(t, log)) > 2 }, time.Minute, 5*time.Millisecond, "pip is at work")
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())
	require.NoError(t, os.Remove(hangs))
	output, err := start().CombinedOutput()
	require.NoError(t, err, string(output))
	got := noted(t, log)
	assert.Equal(t, []string{"venv begins", "venv ends", "pip begins"}, got[:3])
	assert.Equal(t, []string{
		"venv begins", "venv ends", "pip begins", "pip ends", "tools begins", "tools ends", "unstuck begins", "unstuck ends",
	}, got[len(got)-8:])
}

// "make setup" ends in what to do next; a set-up that another command goes on from doesn't.
func TestSetUpSaysWhatIsNext(t *testing.T) {
	start, _ := setUp(t)
	output, err := start("--next").CombinedOutput()
	require.NoError(t, err, string(output))
	assert.Regexp(t, `(?m)^Done\. Next: 'make lab' .*'make test'.*\n\z`, string(output))
	output, err = start().CombinedOutput()
	require.NoError(t, err, string(output))
	assert.NotContains(t, string(output), "Next:")
}

// A set-up says at each step how many there are, what it does and how long that takes; the next one only what is left to do.
func TestSetUpSaysWhatItDoes(t *testing.T) {
	start, _ := setUp(t)
	steps := regexp.MustCompile(`(?m)^(\d of \d): .+; .*(?:seconds|minutes?)\b.*$`)
	said := func(arguments ...string) (numbers []string) {
		output, err := start(arguments...).Output()
		require.NoError(t, err)
		for _, m := range steps.FindAllStringSubmatch(string(output), -1) {
			numbers = append(numbers, m[1])
		}
		assert.Len(t, numbers, strings.Count(string(output), "\n"), "a line a step, each with its time: %s", output)
		return numbers
	}
	assert.Equal(t, []string{"1 of 4", "2 of 4", "3 of 4", "4 of 4"}, said())
	assert.Equal(t, []string{"4 of 4"}, said())
	assert.Equal(t, []string{"4 of 5", "5 of 5"}, said("--test"))
}
