package notebook

import (
	"os"
	"sync"
)

// The MIME types this package sends.
const (
	Plain = "text/plain"
	HTML  = "text/html"
	PNG   = "image/png"
	SVG   = "image/svg+xml"
)

// Bundle is one output in several forms; whoever shows it picks the best form
// it can show. Plain should always be among them.
type Bundle struct {
	// Data maps a MIME type to its content.
	Data map[string][]byte
	// Width and Height are those at which the image is shown, in CSS pixels; 0
	// leaves it to the image.
	Width, Height int
	// ID, when not empty, names an output that a later bundle of the same ID
	// replaces in place.
	ID string
}

// Display shows bundles: a notebook, a terminal, or a [Recorder]. Show must be
// safe for use by several goroutines.
type Display interface {
	Show(Bundle) error
}

// Live is implemented by displays on which an output can be replaced several
// times a second.
type Live interface {
	Live() bool
}

func isLive(d Display) bool {
	l, ok := d.(Live)
	return ok && l.Live()
}

// InNotebook reports whether the program is a cell run by GoNB.
func InNotebook() bool { return os.Getenv("GONB_PIPE") != "" }

// Default returns the display of the process: the notebook's, else the
// terminal's on standard output.
func Default() Display { return defaultDisplay() }

var defaultDisplay = sync.OnceValue(func() Display {
	if InNotebook() {
		return gonb{}
	}
	return Terminal{}
})
