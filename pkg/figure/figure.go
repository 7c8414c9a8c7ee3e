package figure

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"example.com/unstuck/internal/atomicfile"
)

// Figure is a picture that draws itself on any gonum canvas and tells its
// numbers as text.
type Figure interface {
	// Draw fills the canvas, background included.
	Draw(c draw.Canvas) error
	// Text states the numbers that matter in a few lines without a final newline.
	Text() string
}

// Sizer is implemented by figures that ask for a size other than
// [DefaultWidth] by [DefaultHeight].
type Sizer interface {
	Size() (width, height vg.Length)
}

// An A4 page printed from nbconvert's HTML has 5.9 inches beside the prompts,
// and an SVG wider than that is cut, not shrunk. No figure of this package is
// wider, whatever it is made of; none is taller than such a page.
const (
	DefaultWidth  = 5.9 * vg.Inch
	DefaultHeight = 3.4 * vg.Inch

	maxHeight = 9.4 * vg.Inch
)

// Format names a file format of a picture.
type Format string

// The formats every figure can be written in.
const (
	PNG Format = "png" // 144 dots per inch; equal figures give equal bytes
	SVG Format = "svg" // text stays text; fonts are named, not embedded
)

// SizeOf returns the width and height that fig asks for.
func SizeOf(fig Figure) (width, height vg.Length) {
	if s, ok := fig.(Sizer); ok {
		return s.Size()
	}
	return DefaultWidth, DefaultHeight
}

// Render writes fig to w in the given format. The error names the format when
// it is unknown, and the figure when it cannot be drawn.
func Render(w io.Writer, fig Figure, format Format) error {
	if fig == nil {
		return fmt.Errorf("figure: nothing to render: the figure is nil")
	}
	width, height := SizeOf(fig)
	if !(width > 0 && height > 0 && width <= maxSide && height <= maxSide) {
		return fmt.Errorf("figure: size %.3g × %.3g in is outside 0 to %.0f in", inches(width), inches(height), inches(maxSide))
	}
	switch format {
	case PNG:
		return renderPNG(w, fig, width, height)
	case SVG:
		return renderSVG(w, fig, width, height)
	default:
		return fmt.Errorf("figure: unknown format %q: use %q or %q", format, PNG, SVG)
	}
}

// Save writes fig to path; the extension, .png or .svg, decides the format.
// Nothing is written when the extension is another one or the drawing fails.
func Save(path string, fig Figure) error {
	format := Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."))
	var picture strings.Builder
	if err := Render(&picture, fig, format); err != nil {
		return fmt.Errorf("saving %s: %w", path, err)
	}
	err := atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := io.WriteString(w, picture.String())
		return err
	})
	if err != nil {
		return fmt.Errorf("figure: %w", err)
	}
	return nil
}

// maxSide bounds the memory of a picture: 100 in is 830 MB of pixels at most.
const maxSide = 100 * vg.Inch

func inches(l vg.Length) float64 { return float64(l / vg.Inch) }

// drawSafely turns a panic of the drawing library into an error: gonum panics
// while drawing, and a notebook must not lose a finished training to a plot.
func drawSafely(fig Figure, c draw.Canvas) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("figure: drawing %T: %v", fig, r)
		}
	}()
	return fig.Draw(c)
}
