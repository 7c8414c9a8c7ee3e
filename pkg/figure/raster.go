package figure

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// rasterPixels is how many pixels the longer side of a raster has at least, so that cells keep sharp edges where a browser smooths.
const rasterPixels = 240

// drawRaster fills a rectangle with coloured cells, rows from the top. It is drawn as one image: as polygons, thousands of cells would
// make an SVG of megabytes.
func drawRaster(c draw.Canvas, r vg.Rectangle, rows, columns int, at func(row, column int) color.RGBA) {
	if rows > 0 && columns > 0 {
		c.DrawImage(r, withPalette(raster(rows, columns, rasterPixels, at), 0))
	}
}

// raster makes an image of cells, each of as many pixels as gives its longer side the least number of them.
func raster(rows, columns, least int, at func(row, column int) color.RGBA) *image.RGBA {
	scale := max(1, (least+max(rows, columns)-1)/max(rows, columns))
	picture := image.NewRGBA(image.Rect(0, 0, columns*scale, rows*scale))
	for y := range rows {
		for x := range columns {
			tint := at(y, x)
			for dy := range scale {
				for dx := range scale {
					picture.SetRGBA(x*scale+dx, y*scale+dy, tint)
				}
			}
		}
	}
	return picture
}

// paintDot puts a dot with an edge on an image.
func paintDot(on *image.RGBA, x, y, radius float64, tint, edge color.RGBA) {
	for py := int(y - radius - 2); py <= int(y+radius+2); py++ {
		for px := int(x - radius - 2); px <= int(x+radius+2); px++ {
			if !(image.Point{X: px, Y: py}).In(on.Rect) {
				continue
			}
			far := math.Hypot(float64(px)+0.5-x, float64(py)+0.5-y)
			under := on.RGBAAt(px, py)
			under = mixed(under, edge, clamp(radius+1.5-far, 0, 1))
			on.SetRGBA(px, py, mixed(under, tint, clamp(radius-far, 0, 1)))
		}
	}
}

// mixed is a share of b over a.
func mixed(a, b color.RGBA, share float64) color.RGBA {
	mix := func(u, v uint8) uint8 { return uint8(float64(u)*(1-share) + float64(v)*share + 0.5) }
	return color.RGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 0xFF}
}
