package figure

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// svgFonts are metric-compatible with Liberation Sans, with which the layout
// was measured: one of them is on practically every machine with a browser.
const svgFonts = `font-family:'Liberation Sans',Arimo,Arial,Helvetica,sans-serif`

var svgProlog = regexp.MustCompile(`(?s)^<\?xml.*?<svg`)

// renderSVG writes a picture that can stand in a page as it is: no XML prolog,
// fonts with fallbacks, round line joins as in the PNG, and the numbers as the
// label that screen readers speak.
func renderSVG(w io.Writer, fig Figure, width, height vg.Length) error {
	canvas := vgsvg.New(width, height)
	if err := drawSafely(fig, draw.New(canvas)); err != nil {
		return err
	}
	var raw bytes.Buffer
	if _, err := canvas.WriteTo(&raw); err != nil {
		return fmt.Errorf("figure: writing SVG: %w", err)
	}
	label := html.EscapeString(strings.ToValidUTF8(fig.Text(), "\uFFFD"))
	head := []byte(fmt.Sprintf(`<svg role="img" aria-label="%s" stroke-linejoin="round"`, label))
	out := svgProlog.ReplaceAllLiteral(raw.Bytes(), head)
	out = bytes.ReplaceAll(out, []byte("font-family:Liberation Sans"), []byte(svgFonts))
	_, err := w.Write(out)
	return err
}
