// Command logo draws the images of the kernels into kernels/logos. It runs by go generate in kernels.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"example.com/unstuck/kernels"
)

func main() {
	for _, spec := range kernels.Specs() {
		if err := draw(filepath.Join("logos", spec.Name), badges[spec.Name]); err != nil {
			fmt.Fprintln(os.Stderr, "logo:", err)
			os.Exit(1)
		}
	}
}

// draw writes the three images that Jupyter looks for.
func draw(folder string, b badge) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	svg := vgsvg.New(size, size)
	logo(svg, b)
	images := map[string]io.WriterTo{"logo-svg.svg": svg}
	for _, pixels := range []int{32, 64} {
		canvas := vgimg.NewWith(vgimg.UseWH(size, size), vgimg.UseDPI(72*pixels/size), vgimg.UseBackgroundColor(transparent))
		logo(canvas, b)
		images[fmt.Sprintf("logo-%dx%d.png", pixels, pixels)] = vgimg.PngCanvas{Canvas: canvas}
	}
	for name, image := range images {
		var content bytes.Buffer
		if _, err := image.WriteTo(&content); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), content.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// size is the side of the drawing, in points.
const size = 64
