package kernels

import (
	"embed"
	"path"
)

//go:generate go run ./internal/logo

//go:embed logos
var logos embed.FS

// logoNames are the images that Jupyter looks for in a kernelspec.
var logoNames = []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"}

// logo returns one of the kernel's images.
func (s Spec) logo(name string) ([]byte, error) {
	return logos.ReadFile(path.Join("logos", s.Name, name))
}
