package loop

import (
	"fmt"
	"slices"
	"strings"
)

// Source is what was found in the user's program around the loop, without running it: see places.py of the Python package.
type Source struct {
	Places []Place           `json:"places"`
	Names  map[string]string `json:"names"` // of model, optimizer, x and y, as the loop has them
}

// Place is a statement of the user's that may be a fault, or that one is mended by.
type Place struct {
	Kind string `json:"kind"` // "zero_grad", "backward", "step", "optimizer", …
	Line
	Told
	Last      int    `json:"last"`
	Column    int    `json:"column"`     // orders what stands on one line; 0 in older recordings
	Enclosed  bool   `json:"enclosed"`   // the whole is more than the statement, perhaps on the same line
	Sole      bool   `json:"sole"`       // without the whole, what is around it would have no statement
	Whole     [2]int `json:"whole"`      // lines of the largest statement with nothing else in it
	WholeHead string `json:"whole_head"` // the first of these lines
	Loops     []int  `json:"loops"`      // lines of the loops around it, the outermost first
	Function  int    `json:"function"`   // the line of the function around it; 0: none
	Forward   bool   `json:"forward"`    // of a model
	Of        string `json:"of"`         // what it is called on
	How       string `json:"how"`
	Whose     string `json:"whose"` // "model", "part" of it, "optimizer", "other"; empty: not known
	Clears    bool   `json:"clears"`
	Calls     int    `json:"calls"` // the line of the function of the user's that is called
	// Statement is its text; the others are the statement as it would be, and what it has to do with.
	Statement   string            `json:"statement"`
	Without     string            `json:"without"`
	Given       string            `json:"given"`
	Around      []string          `json:"around"`
	Bound       string            `json:"bound"`
	Names       []string          `json:"names"`
	Pairs       map[string]string `json:"pairs"`
	Set         string            `json:"whole_text"`
	Targets     []string          `json:"targets"`
	Own         string            `json:"own"`
	Turned      string            `json:"turned"`
	Unscaled    string            `json:"unscaled"`
	Mean        string            `json:"mean"`
	Name        string            `json:"name"`
	Call        []string          `json:"call"`
	Inside      string            `json:"inside"`
	Conditional bool              `json:"conditional"`
	Counted     bool              `json:"counted"`
	Over        string            `json:"over"`
	Body        int               `json:"body"`
	BodyText    string            `json:"body_text"`
	BodyTold    Told              `json:"body_told"`
	Listed      string            `json:"listed"` // "groups" or "parameters" of an optimizer's list; empty: it isn't one that is written out
	NamesHere   map[string]string `json:"names_here"`
}

// Told is what the first line of a statement doesn't say of it.
type Told struct {
	Code  string `json:"code"`  // empty: that line
	Among bool   `json:"among"` // its lines hold other statements as well
}

// code is a statement as it is moved elsewhere.
func (p *Place) code() string {
	if p.Code != "" {
		return p.Code
	}
	return withoutComment(p.Line.Text)
}

// Edit is a change of the user's program.
type Edit struct {
	Where string `json:"where"` // "in place of", "ahead of", "behind", "behind the loop of" or "delete"
	File  string `json:"file"`
	Line  int    `json:"line"`
	Last  int    `json:"last"`
	Text  string `json:"text"` // of the line
	With  string `json:"with"` // the new lines, as far to the left as the old
	// Part is the statement that is meant, where the lines hold others, too, which stay; empty: the lines are meant.
	Part string `json:"part,omitempty"`
}

// String is the edit as a comment and the new lines.
func (e Edit) String() string {
	lines := fmt.Sprintf("line %d", e.Line)
	if e.Last > e.Line && e.Where != "behind the loop of" && e.Where != "behind" {
		lines = fmt.Sprintf("lines %d to %d", e.Line, e.Last)
	}
	text := fmt.Sprintf("# %s %s %s, %s", e.Where, e.File, lines, e.Text)
	if e.Part != "" {
		what := e.Where
		if what == "delete" {
			what = "take out"
		}
		text = fmt.Sprintf("# in %s %s, %s `%s`", e.File, lines, what, e.Text)
	}
	if e.Last > e.Line {
		text += " …"
	}
	if e.With == "" {
		return text
	}
	return strings.TrimSuffix(text, ":") + ":\n" + e.With
}

func edit(where string, at *Place, with string) Edit {
	e := Edit{Where: where, File: at.File, Line: at.Line.Line, Last: at.Last, Text: at.Line.Text, With: with}
	if at.Among {
		e.Part = at.code()
	}
	return e
}

// instead puts lines in the place of a statement; those of the whole of it where nothing is left.
func instead(at *Place, with string) Edit {
	if with == "" {
		return gone(at)
	}
	return edit("in place of", at, with)
}

// gone deletes a statement, with what has nothing else in it.
func gone(at *Place) Edit {
	e := edit("delete", at, "")
	if at.Sole {
		e.Where, e.With = "in place of", "pass"
	}
	if at.Enclosed || at.Whole[0] > 0 && at.Whole[0] != at.Line.Line || at.Whole[1] > at.Last {
		e.Line, e.Last, e.Part = at.Whole[0], at.Whole[1], ""
		if at.WholeHead != "" {
			e.Text = at.WholeHead
		}
	}
	return e
}

func ahead(at *Place, with string) Edit  { return edit("ahead of", at, with) }
func behind(at *Place, with string) Edit { return edit("behind", at, with) }

// of are the places of some kinds that are in the loop's code, and not in a model's.
func (s *Source) of(kinds ...string) (found []*Place) {
	for i := range s.Places {
		if p := &s.Places[i]; !p.Forward && slices.Contains(kinds, p.Kind) {
			found = append(found, p)
		}
	}
	return found
}

// at is the place of a kind at a recorded line; nil: it isn't known.
func (s *Source) at(kind string, line *Line) *Place {
	if line == nil {
		return nil
	}
	for _, p := range s.of(kind) {
		if p.File == line.File && p.Line.Line <= line.Line && line.Line <= p.Last {
			return p
		}
	}
	return nil
}

func (p *Place) beside(q *Place) bool { return p.File == q.File && p.Function == q.Function }

// behind reports whether a place stands behind another one of the same file, on the same line perhaps.
func (p *Place) behind(q *Place) bool {
	return p.Line.Line > q.Last || p.Line.Line == q.Line.Line && p.Column > q.Column
}

func (p *Place) sameLoop(q *Place) bool { return p.beside(q) && slices.Equal(p.Loops, q.Loops) }

// called is a name of the place's own scope, or else of the loop's.
func (s *Source) called(p *Place, what string) string {
	if name := p.NamesHere[what]; name != "" {
		return name
	}
	return s.Names[what]
}

// one is the only element; nil: there are none or several.
func one(places []*Place) *Place {
	if len(places) == 1 {
		return places[0]
	}
	return nil
}

func where(places []*Place, is func(p *Place) bool) (found []*Place) {
	for _, p := range places {
		if is(p) {
			found = append(found, p)
		}
	}
	return found
}

// apart are places on different lines, the first of each line, but for those in statements of their own on it.
func apart(places []*Place) (found []*Place) {
	for _, p := range places {
		if !slices.ContainsFunc(found, func(q *Place) bool {
			return p.File == q.File && p.Line.Line == q.Line.Line && !(p.Among && q.Among && p.code() != q.code())
		}) {
			found = append(found, p)
		}
	}
	return found
}

// changes are edits as text.
func changes(edits []Edit) string {
	var all []string
	for _, e := range edits {
		all = append(all, e.String())
	}
	return strings.Join(all, "\n")
}
