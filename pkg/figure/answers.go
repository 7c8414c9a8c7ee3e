package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Answers shows pictures with what they are and what a model says they are. Wrong answers are framed and in bold words.
type Answers struct {
	Title    string // default: "Pictures and what the model says"
	Subtitle string // default: how many answers are right
	Columns  int    // pictures in a row; 0: 6, or as many as there are; at most 8
	Answers  []Answer
}

// Answer is one picture of [Answers].
type Answer struct {
	Values    [][]float64 // [row from the top][column]; the lowest of all pictures is white, the highest dark
	Target    string      // the name of the class it is
	Predicted string      // of the class that the model takes it for; empty: its prediction is no number
	Share     float64     // the probability that the model gives to this, 0 to 1; 0 and NaN aren't shown
}

// wrongInk is vermillion dark enough for words: 6.1 to 1 on white.
var wrongInk = color.RGBA{R: 0xA6, G: 0x49, B: 0x00, A: 0xFF}

func (a Answers) film() Film {
	f := Film{Title: or(a.Title, "Pictures and what the model says"), Columns: a.Columns, plain: true}
	if f.Columns <= 0 {
		f.Columns = max(1, min(6, len(a.Answers)))
	}
	right := 0
	side, _ := f.side(DefaultWidth - 2*margin)
	for _, one := range a.Answers {
		s := Still{Name: one.Target, Values: one.Values, wrong: one.Predicted != one.Target}
		words, style := "right", textStyle(bodySize, softInk)
		switch {
		case one.Predicted == "":
			words = "NaN"
		case s.wrong:
			words, style = "said "+one.Predicted, boldStyle(bodySize, wrongInk)
		default:
			right++
		}
		s.Detail = words
		if share := one.Share; one.Predicted != "" && share > 0 && !math.IsInf(share, 0) {
			// The class matters more than how sure the model is of it.
			if sure := fmt.Sprintf("%s, %.0f%%", words, 100*share); style.Width(sure) <= side {
				s.Detail = sure
			}
		}
		f.Stills = append(f.Stills, s)
	}
	f.Subtitle = or(a.Subtitle, fmt.Sprintf("Above each what it is. %d of %s right.", right, pluralOf(len(a.Answers), "picture is", "pictures are")))
	if len(a.Answers) == 0 {
		f.Subtitle = a.Subtitle
	}
	return f
}

func (Answers) shaded() {}

// Size implements [Sizer]: it grows with the number of rows.
func (a Answers) Size() (width, height vg.Length) { return a.film().Size() }

// Draw implements [Figure]. It is an error when the rows of a picture differ in length.
func (a Answers) Draw(c draw.Canvas) error { return a.film().Draw(c) }

// Text implements [Figure]: how many are right, and what is wrong of the others.
func (a Answers) Text() string {
	f := a.film()
	lines := []string{f.Title}
	if len(a.Answers) == 0 {
		return f.Title + "\n  no pictures"
	}
	lines = append(lines, "  "+f.Subtitle)
	for i, one := range a.Answers {
		if one.Predicted != one.Target {
			lines = append(lines, fmt.Sprintf("  picture %d is %s, and taken for %s", i+1, one.Target, or(one.Predicted, "NaN")))
		}
	}
	return strings.Join(lines, "\n")
}
