package notebook

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"strings"

	"example.com/unstuck/pkg/figure"
)

// Slider is a slider above a picture, and a picture for each of its places: that of the place in the middle is shown first. [Slide] makes
// one; a cell's last line and [Show] show it.
//
// All pictures are drawn when it is shown, and are in the output: it needs no kernel to be moved, so it works in a notebook that was
// closed and opened again, and in an exported page. Where nothing may run (before a notebook is trusted, on a code-hosting page, on
// paper) the picture in the middle stands there alone, as [Show] would have left it. So pictures say most that show all places and let
// one stand out: figure.LossCurves and figure.Lines have a Focus for that.
type Slider struct {
	Label   string   // what is chosen, such as "learning rate"
	Values  []string // what stands beside the slider at each place
	Picture func(i int) figure.Figure
}

// Slide is a slider over values, written as fmt.Print does, and picture(i) is what it shows at values[i].
//
//	notebook.Slide("learning rate", rates, func(i int) figure.Figure {
//		return figure.LossCurves{Runs: runs, Focus: i + 1}
//	})
func Slide[T any](label string, values []T, picture func(i int) figure.Figure) Slider {
	s := Slider{Label: label, Picture: picture}
	for _, v := range values {
		s.Values = append(s.Values, strings.Join(strings.Fields(fmt.Sprint(v)), " "))
	}
	return s
}

// largestSlider is how much of a notebook, whose limit is a megabyte, one slider may be.
const largestSlider = 512 << 10

// showSlider shows two outputs, the slider and the picture, which is there whatever becomes of the slider.
func showSlider(d Display, s Slider) error {
	if len(s.Values) == 0 || s.Picture == nil {
		return fmt.Errorf("notebook: a slider needs at least one value, and a function for its pictures")
	}
	figures, svgs := make([]figure.Figure, len(s.Values)), make([]string, len(s.Values))
	for i := range figures {
		if figures[i] = s.Picture(i); figures[i] == nil {
			return fmt.Errorf("notebook: the slider's picture at %s %s is nil", s.Label, s.Values[i])
		}
		if _, ok := d.(Terminal); ok {
			continue
		}
		var svg bytes.Buffer
		if err := figure.Render(&svg, figures[i], figure.SVG); err != nil {
			return fmt.Errorf("notebook: the slider's picture at %s %s: %w", s.Label, s.Values[i], err)
		}
		svgs[i] = svg.String()
	}
	b := Bundle{Data: map[string][]byte{Plain: []byte(s.text(figures))}}
	if _, ok := d.(Terminal); ok {
		return d.Show(b)
	}
	middle := len(figures) / 2
	b.Data[HTML] = []byte(s.html(svgs, middle))
	if size := len(b.Data[HTML]); size > largestSlider {
		return fmt.Errorf("notebook: the slider's %d pictures come to %d KB; with more than %d a notebook gets too large to be shown: give it fewer values, or pictures of fewer points",
			len(svgs), size>>10, largestSlider>>10)
	}
	if err := d.Show(b); err != nil {
		return err
	}
	return ShowOn(d, figures[middle])
}

// text has the lines that all pictures share once, and the others behind their value.
func (s Slider) text(figures []figure.Figure) string {
	count := map[string]int{}
	for _, f := range figures {
		seen := map[string]bool{}
		for line := range strings.SplitSeq(f.Text(), "\n") {
			if !seen[line] {
				count[line]++
			}
			seen[line] = true
		}
	}
	var shared, own []string
	for i, f := range figures {
		own = append(own, strings.TrimSpace(s.Label+" "+s.Values[i]))
		for line := range strings.SplitSeq(f.Text(), "\n") {
			switch {
			case len(figures) > 1 && count[line] < len(figures):
				own = append(own, "  "+strings.TrimSpace(line))
			case i == 0:
				shared = append(shared, line)
			}
		}
	}
	return strings.Join(append(shared, own...), "\n")
}

//go:embed slide.js
var slideMove string

//go:embed slide.css
var slideStyle string

// html is the slider. Its pictures are attributes, of which nothing is left where a page takes out what may run. It is hidden until its
// style is loaded, which is told where things may run alone: there is no slider that can't be moved.
func (s Slider) html(svgs []string, at int) string {
	lines, pictures := byLines(svgs)
	var b strings.Builder
	attribute := func(name, text string) { fmt.Fprintf(&b, " %s=\"%s\"", name, html.EscapeString(text)) }
	long := func(name string, lines []string) { // in single quotes, as SVG is full of the others
		text := strings.NewReplacer("&", "&amp;", "'", "&#39;").Replace(strings.Join(lines, "\n"))
		fmt.Fprintf(&b, " %s='%s'", name, text)
	}
	b.WriteString(`<div class="unstuck-slider">`)
	b.WriteString(`<style onload="this.parentElement.querySelector('input').type = 'range'">` + slideStyle + `</style>`)
	b.WriteString(`<label>` + html.EscapeString(s.Label) + ` <input type="hidden" autocomplete="off" min="0"`)
	// JupyterLab would go to another cell at an arrow key; its other keys, such as that for saving, stay its own.
	attribute("onkeydown", "if (/^(Arrow|Page|Home|End)/.test(event.key)) event.stopPropagation()")
	attribute("max", fmt.Sprint(len(svgs)-1))
	attribute("value", fmt.Sprint(at))
	attribute("aria-valuetext", s.Values[at])
	attribute("oninput", slideMove)
	long("data-values", s.Values)
	long("data-pictures", pictures)
	long("data-lines", lines)
	b.WriteString(`></label> <output>` + html.EscapeString(s.Values[at]) + `</output></div>`)
	return b.String()
}

// byLines takes pictures apart into their lines, each of which is kept once: most of what a slider's pictures show they all show. A
// picture is the numbers of its lines.
func byLines(svgs []string) (lines, pictures []string) {
	place := map[string]int{}
	for _, svg := range svgs {
		var numbers []string
		for line := range strings.SplitSeq(svg, "\n") {
			at, known := place[line]
			if !known {
				at = len(lines)
				place[line] = at
				lines = append(lines, line)
			}
			numbers = append(numbers, fmt.Sprint(at))
		}
		pictures = append(pictures, strings.Join(numbers, " "))
	}
	return lines, pictures
}
