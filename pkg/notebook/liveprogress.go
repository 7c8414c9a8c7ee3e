package notebook

import (
	"fmt"
	"html"
)

// liveProgress replaces one output of a notebook. Its HTML has no script and
// no colour of text, so that it takes the theme's.
type liveProgress struct {
	display Display
	id      string
	onlyEnd bool // the display cannot replace an output
	title   string
}

func (l *liveProgress) begin(title string, s State) error {
	l.title = title
	if l.onlyEnd {
		return nil
	}
	return l.show("starting …", 0)
}

func (l *liveProgress) update(s State, now bool) error {
	if l.onlyEnd || !now {
		return nil
	}
	return l.show(s.line(), s.Done())
}

func (l *liveProgress) end(s State) error { return l.show(s.summary(), s.Done()) }

func (l *liveProgress) show(text string, done float64) error {
	text = titled(l.title, text)
	const track = `<div style="max-width:40em;height:6px;border-radius:3px;background:rgba(128,128,128,0.25)">` +
		`<div style="width:%.1f%%;height:6px;border-radius:3px;background:#0072B2"></div></div>` +
		`<div style="font-variant-numeric:tabular-nums">%s</div>`
	return l.display.Show(Bundle{ID: l.id, Data: map[string][]byte{
		Plain: []byte(text),
		HTML:  []byte(fmt.Sprintf(track, 100*done, html.EscapeString(text))),
	}})
}
