package figure

import (
	"image/color"
	"image/png"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// DPI is the resolution of PNG pictures: twice the 72 points per inch of
// print, and sharp on a screen where one CSS pixel is 1.5 device pixels.
const DPI = 144

func renderPNG(w io.Writer, fig Figure, width, height vg.Length) error {
	img := vgimg.NewWith(
		vgimg.UseWH(width, height),
		vgimg.UseDPI(DPI),
		vgimg.UseBackgroundColor(color.White),
	)
	if err := drawSafely(fig, draw.New(img)); err != nil {
		return err
	}
	greys := 0
	if isShaded(fig) {
		greys = inkShades
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return encoder.Encode(w, withPalette(img.Image(), greys))
}
