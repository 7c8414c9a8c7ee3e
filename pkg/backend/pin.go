package backend

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// pins holds the SHA-256 of the plugin files that this project installs, by package and version. The
// wheel's own digest is pinned in the requirements file; this one guards the file as it lies on disk,
// every time before it is loaded. When the requirement moves on, this table moves with it.
var pins = map[string]string{
	"jax-cuda13-pjrt 0.11.2 linux/amd64":     "43d3efd6fd43d8a5d9aa67176e830d81e4ad5fc19fda4ad09cdcc4aebd9f3920",
	"lammps-jax-pjrt-cpu 0.11.2 linux/amd64": "ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2",
}

// pinFor returns the digest that the plugin must have, and false where this project has no opinion.
func pinFor(p Plugin, goos, goarch string) (string, bool) {
	digest, ok := pins[fmt.Sprintf("%s %s %s/%s", p.Package, p.Version, goos, goarch)]
	return digest, ok
}

// pinned tells whether a digest is that of any pinned plugin, wherever the file lies.
func pinned(digest string) bool {
	for _, pin := range pins {
		if pin == digest {
			return true
		}
	}
	return false
}

func digestOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the plugin can't be read: %w", err)
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("the plugin can't be read: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
